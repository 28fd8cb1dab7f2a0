/** Copies of parts of a flow, as text that can be pasted into another one, or into a file. */
import { freeID, portParts, withNodes } from "./flow-model.js";

/** The chosen components with the edges between them, as JSON. */
export function copiedPart(graph, ids) {
  const chosen = new Set(ids);
  const within = (port) => chosen.has(portParts(port)[0]);
  return JSON.stringify({
    millrace: "part of a flow",
    components: graph.components.filter((node) => chosen.has(node.id)),
    edges: graph.edges.filter((edge) => within(edge.from) && within(edge.to)),
  }, null, 2);
}

/** What was copied, or null for any other text. A whole flow counts as a part. */
export function readPart(text) {
  let value;
  try { value = JSON.parse(text); } catch { return null; }
  const nodes = value?.components;
  const isNode = (node) => typeof node?.id === "string" && typeof node?.type === "string" && !/[./]/.test(node.id);
  if (!Array.isArray(nodes) || !nodes.length || nodes.length > 2000 || !nodes.every(isNode)) return null;
  const edges = (Array.isArray(value.edges) ? value.edges : [])
    .filter((edge) => typeof edge?.from === "string" && typeof edge?.to === "string");
  return { components: nodes, edges };
}

/** The graph with a part put in under ids of its own, moved by `by`, or so that its corner lies at `at`. */
export function withPart(graph, part, { by = { x: 32, y: 32 }, at = null } = {}) {
  const names = new Map();
  for (const node of part.components) names.set(node.id, freeID(graph, node.id, [...names.values()]));
  const places = part.components.map((node) => node.position ?? { x: 0, y: 0 });
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  const moved = ({ x, y }) => (at ? { x: x - left + at.x, y: y - top + at.y } : { x: x + by.x, y: y + by.y });
  const renamed = (port) => `${names.get(portParts(port)[0])}.${portParts(port)[1]}`;
  const known = (port) => names.has(portParts(port)[0]);
  const nodes = part.components.map((node, i) => ({ ...node, id: names.get(node.id), position: moved(places[i]) }));
  const edges = part.edges.filter((edge) => known(edge.from) && known(edge.to))
    .map((edge) => ({ from: renamed(edge.from), to: renamed(edge.to) }));
  return { graph: withNodes(graph, nodes, edges), ids: nodes.map((node) => node.id) };
}
