/** Whether an edge fits, and the reason in words when it does not. */
import { titleOfNode, nodeNamed, portParts } from "./flow-model.js";

const quote = (text) => `“${text.length > 60 ? `${text.slice(0, 59)}…` : text}”`;
const withArticle = (type) => (/s$/.test(type) ? type : `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`);

/** What a component is called: its title, or for what comes from outside “Given”. */
export const calledNode = (graph, id) => {
  const node = nodeNamed(graph, id);
  return node ? titleOfNode(node) : id === "input" ? "Given to the body" : id;
};

/** What can be reached from a component along edges, itself included. */
function reachedFrom(graph, start, forwards) {
  const next = new Map();
  for (const edge of graph.edges) {
    const [from, to] = [portParts(edge.from)[0], portParts(edge.to)[0]];
    const [key, value] = forwards ? [from, to] : [to, from];
    if (!next.has(key)) next.set(key, []);
    next.get(key).push(value);
  }
  const seen = new Set([start]);
  const waiting = [start];
  while (waiting.length) {
    for (const id of next.get(waiting.pop()) ?? []) {
      if (!seen.has(id)) { seen.add(id); waiting.push(id); }
    }
  }
  return seen;
}

/**
 * Judges every port that an edge from (or, with `side` "in", to) `port` may end at.
 *
 * Returns a function of the other port (`{id, name}`): null where the edge fits, else why it does not.
 */
export function fitJudge(graph, ports, catalog, { id, side, name }) {
  const forwards = side === "out";
  const circle = reachedFrom(graph, id, !forwards);
  const find = (node, which, port) =>
    (which === "outputs" && port === "tool" ? { name: "tool", type: "tools" }
      : ports.get(node)?.[which].find((other) => other.name === port));
  return (other) => {
    const [from, to] = forwards ? [{ id, name }, other] : [other, { id, name }];
    const output = find(from.id, "outputs", from.name);
    const input = find(to.id, "inputs", to.name);
    if (!output || !input) return "There is no such port any more.";
    if (from.id === to.id) return "A component cannot feed itself.";
    if (graph.edges.some((edge) => edge.from === `${from.id}.${from.name}` && edge.to === `${to.id}.${to.name}`)) {
      return "These two are connected already.";
    }
    const reason = toolReason(graph, from, to, input) ?? typeReason(graph, catalog, { from, to, output, input });
    if (reason) return reason;
    const taken = graph.edges.find((edge) => edge.to === `${to.id}.${to.name}`);
    if (taken && input.presence !== "list") {
      return `${quote(to.name)} of ${quote(calledNode(graph, to.id))} takes one connection and has one from `
        + `${quote(calledNode(graph, portParts(taken.from)[0]))}; remove that first.`;
    }
    if (circle.has(other.id)) {
      return `That would make a circle: ${quote(calledNode(graph, to.id))} leads back to ${quote(calledNode(graph, from.id))}.`;
    }
    return null;
  };
}

function toolReason(graph, from, to, input) {
  if (from.name === "tool") {
    if (!input.takesTools) return `${quote(to.name)} takes no tools; only an input for tools does.`;
    const busy = graph.edges.some((edge) => portParts(edge.to)[0] === from.id
      || (portParts(edge.from)[0] === from.id && portParts(edge.from)[1] !== "tool"));
    return busy ? `${quote(calledNode(graph, from.id))} has other connections; a tool has none, an agent gives it its inputs.` : null;
  }
  if (input.takesTools) return `${quote(to.name)} takes tools: begin at the port “tool” of the component that shall be one.`;
  const isTool = (id) => graph.edges.some((edge) => edge.from === `${id}.tool`);
  for (const id of [from.id, to.id]) {
    if (isTool(id)) return `${quote(calledNode(graph, id))} is a tool of an agent, so it has no other connections.`;
  }
  return null;
}

function typeReason(graph, catalog, { from, to, output, input }) {
  // What is not known here is the server's to judge.
  if (!output.type || !input.type || output.type === input.type) return null;
  if (catalog.conversions.has(`${output.type} → ${input.type}`)) return null;
  return `${quote(from.name)} gives ${withArticle(output.type)}, ${quote(to.name)} takes ${withArticle(input.type)}, `
    + "and nothing makes one of the other.";
}
