/** What is different between two states of a flow, for the eye on the canvas and in words. Moves do not count. */
import { edgeKey, outputsOf } from "./flow-model.js";
import { sameValue, valueInWords } from "./flow-values.js";

const policyKeys = ["timeout_seconds", "attempts", "backoff_seconds"];

/** `{nodes, edges, fields, union, count}`: maps of ids and keys to “added”, “removed”, “changed”. */
export function differenceOf(before, after) {
  const nodes = new Map();
  const edges = new Map();
  const fields = [];
  const old = new Map(before.components.map((node) => [node.id, node]));
  const now = new Map(after.components.map((node) => [node.id, node]));
  const change = (id, field, from, to) => {
    if (sameValue(from, to)) return;
    fields.push({ id, field, from, to });
    if (id) nodes.set(id, "changed");
  };
  for (const [id, node] of now) {
    const past = old.get(id);
    if (!past) { nodes.set(id, "added"); continue; }
    change(id, "component", past.type, node.type);
    change(id, "title", past.title, node.title);
    for (const key of policyKeys) change(id, key.replaceAll("_", " "), past[key], node[key]);
    const names = new Set([...Object.keys(past.parameters ?? {}), ...Object.keys(node.parameters ?? {})]);
    for (const name of names) change(id, name, past.parameters?.[name], node.parameters?.[name]);
    for (const name of new Set([...Object.keys(past.bodies ?? {}), ...Object.keys(node.bodies ?? {})])) {
      change(id, `body ${name}`, withoutMoves(past.bodies?.[name]), withoutMoves(node.bodies?.[name]));
    }
  }
  for (const id of old.keys()) if (!now.has(id)) nodes.set(id, "removed");
  const oldEdges = new Set(before.edges.map(edgeKey));
  const newEdges = new Set(after.edges.map(edgeKey));
  for (const key of newEdges) if (!oldEdges.has(key)) edges.set(key, "added");
  for (const key of oldEdges) if (!newEdges.has(key)) edges.set(key, "removed");
  change(null, "name", before.name, after.name);
  change(null, "description", before.description, after.description);
  change(null, "outputs", outputsOf(before).map((output) => output.port).join(", "), outputsOf(after).map((output) => output.port).join(", "));
  const union = {
    ...after,
    components: [...after.components, ...before.components.filter((node) => !now.has(node.id))],
    edges: [...after.edges, ...before.edges.filter((edge) => !newEdges.has(edgeKey(edge)))],
  };
  return { nodes, edges, fields, union, before, after, count: [...nodes.values()].filter((word) => word !== "changed").length + edges.size + fields.length };
}

function withoutMoves(body) {
  if (!body?.components) return body;
  return { ...body, components: body.components.map(({ position, ...node }) => ({ ...node, bodies: node.bodies && Object.fromEntries(Object.entries(node.bodies).map(([name, inner]) => [name, withoutMoves(inner)])) })) };
}

/** A difference as sentences. */
export function differenceInWords({ nodes, edges, fields }) {
  const of = (map, word) => [...map].filter(([, change]) => change === word).map(([key]) => key);
  return [
    ...of(nodes, "added").map((id) => ({ change: "added", text: `${id} was added` })),
    ...of(nodes, "removed").map((id) => ({ change: "removed", text: `${id} was removed` })),
    ...fields.map(({ id, field, from, to }) => ({ change: "changed", text: `${id ? `${id}: ` : ""}${field}`, from: valueInWords(from, 400), to: valueInWords(to, 400), id })),
    ...of(edges, "added").map((key) => ({ change: "added", text: `connection ${key}` })),
    ...of(edges, "removed").map((key) => ({ change: "removed", text: `connection ${key}` })),
  ];
}
