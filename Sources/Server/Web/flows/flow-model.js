/**
 * A flow as it is edited: plain values that are never changed, and commands that make new ones of them.
 *
 * A graph is `{components, edges, inputs?, output? or outputs?}`; a flow is a graph with a name, a body of a component
 * is a graph as well. A command takes a graph and gives another; what it did not touch stays the same object.
 */
import { plainText } from "../shell/plain-text.js";

const definitionKeys = ["name", "description", "inputs", "components", "edges", "output", "outputs"];
const libraryKeys = ["id", "version", "latest", "published", "endpoint", "project", "tags", "shared", "created_at",
  "updated_at", "faults", "editable", "fault_count"];
const nodeKeys = ["id", "type", "title", "position", "parameters", "bodies", "timeout_seconds", "attempts",
  "backoff_seconds"];

/** What a save sends: the flow without what the library knows of it. */
export const definitionOf = (flow) =>
  Object.fromEntries(Object.entries(flow).filter(([key]) => !libraryKeys.includes(key)));

/** Parts of a flow that this editor does not know, so that it must not save it: `["format", "components.x.lane"]`. */
export function unknownParts(flow) {
  const found = Object.keys(flow).filter((key) => !definitionKeys.includes(key) && !libraryKeys.includes(key));
  for (const node of flow.components ?? []) {
    for (const key of Object.keys(node)) if (!nodeKeys.includes(key)) found.push(`${node.id}: ${key}`);
  }
  return found;
}

/** A flow with everything that a graph needs. */
export const wholeFlow = (flow) => ({
  ...flow, name: flow.name ?? "", description: flow.description ?? "",
  components: flow.components ?? [], edges: flow.edges ?? [],
});

/** `["embed", "vector"]` of `embed.vector`. */
export function portParts(port) {
  const at = port.indexOf(".");
  return at < 0 ? [port, ""] : [port.slice(0, at), port.slice(at + 1)];
}

export const edgeKey = (edge) => `${edge.from} → ${edge.to}`;
export const nodeNamed = (graph, id) => graph.components.find((node) => node.id === id);
/** What a component is called on the screen. */
export const titleOfNode = (node) => plainText(node.title || node.type);

/** `base`, or `base-2`, …: an id that no component has. */
export function freeID(graph, base, taken = []) {
  const used = new Set([...graph.components.map((node) => node.id), ...taken, "input"]);
  const plain = base.replace(/[./\s]+/g, "-").replace(/-+\d+$/, "").slice(0, 80) || "component";
  let id = plain;
  for (let n = 2; used.has(id); n += 1) id = `${plain}-${n}`;
  return id;
}

/** Outputs as a list: `[{name, port}]`. */
export function outputsOf(graph) {
  if (graph.output !== undefined) return [{ name: "output", port: graph.output }];
  return Object.entries(graph.outputs ?? {}).map(([name, port]) => ({ name, port }));
}

export function withOutputs(graph, list) {
  const { output, outputs, ...rest } = graph;
  if (list.length === 1 && list[0].name === "output") return { ...rest, output: list[0].port };
  return { ...rest, outputs: Object.fromEntries(list.map(({ name, port }) => [name, port])) };
}

export function withNodes(graph, nodes, edges = []) {
  return { ...graph, components: [...graph.components, ...nodes], edges: [...graph.edges, ...edges] };
}

export function withoutNodes(graph, ids) {
  const gone = new Set(ids);
  const stays = (port) => !gone.has(portParts(port)[0]);
  const kept = {
    ...graph,
    components: graph.components.filter((node) => !gone.has(node.id)),
    edges: graph.edges.filter((edge) => stays(edge.from) && stays(edge.to)),
  };
  const outputs = outputsOf(graph);
  const left = outputs.filter(({ port }) => stays(port));
  return left.length === outputs.length ? kept : withOutputs(kept, left);
}

export function withNode(graph, id, change) {
  return {
    ...graph,
    components: graph.components.map((node) => (node.id === id ? { ...node, ...change(node) } : node)),
  };
}

/** A parameter set, or with `undefined` left to its standard value. */
export function withParameter(graph, id, name, value) {
  return withNode(graph, id, (node) => {
    const { [name]: before, ...others } = node.parameters ?? {};
    return { parameters: value === undefined ? others : { ...node.parameters, [name]: value } };
  });
}

/** `places`: a map of ids to `{x, y}`. */
export function withPlaces(graph, places) {
  return {
    ...graph,
    components: graph.components.map((node) => (places.has(node.id)
      ? { ...node, position: { x: Math.round(places.get(node.id).x), y: Math.round(places.get(node.id).y) } } : node)),
  };
}

export function withRenamed(graph, id, next) {
  const moved = (port) => (portParts(port)[0] === id ? `${next}.${portParts(port)[1]}` : port);
  const renamed = {
    ...withNode(graph, id, () => ({ id: next })),
    edges: graph.edges.map((edge) => (moved(edge.from) === edge.from && moved(edge.to) === edge.to
      ? edge : { ...edge, from: moved(edge.from), to: moved(edge.to) })),
  };
  return withOutputs(renamed, outputsOf(graph).map(({ name, port }) => ({
    name: name === id ? next : name, port: moved(port),
  })));
}

export const withEdge = (graph, from, to) => ({ ...graph, edges: [...graph.edges, { from, to }] });
export const withoutEdges = (graph, keys) =>
  ({ ...graph, edges: graph.edges.filter((edge) => !keys.has(edgeKey(edge))) });

/** The graph at `path`, a list of `[component, body]`; null when there is none any more. */
export function graphAt(flow, path) {
  let graph = flow;
  for (const [id, body] of path) {
    graph = nodeNamed(graph, id)?.bodies?.[body];
    if (!graph?.components) return null;
  }
  return graph;
}

/** The flow with the graph at `path` replaced. */
export function withGraphAt(flow, path, graph) {
  if (!path.length) return graph;
  const [[id, body], ...rest] = path;
  return withNode(flow, id, (node) => ({
    bodies: { ...node.bodies, [body]: withGraphAt(node.bodies[body], rest, graph) },
  }));
}
