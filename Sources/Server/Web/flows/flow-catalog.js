/** What flows may be made of, as the components declare it, and the ports that each component of a flow has. */
import { flowsAPI } from "./flows-api.js";
import { portParts } from "./flow-model.js";

const order = ["inputs and outputs", "answers", "language models", "text", "data", "control", "network", "other"];
let loadedCatalog = null;

/** The catalogue, fetched once; a failure is tried again at the next call. */
export function flowCatalog() {
  loadedCatalog ??= flowsAPI.components().then(readCatalog);
  loadedCatalog.catch(() => { loadedCatalog = null; });
  return loadedCatalog;
}

/** The next caller's catalogue may be another. */
export const forgetCatalog = () => { loadedCatalog = null; };

function readCatalog({ components, types, conversions }) {
  return {
    components, types,
    byName: new Map(components.map((component) => [component.name, component])),
    conversions: new Set(conversions.map(({ from, to }) => `${from} → ${to}`)),
    categories: [...new Set([...order, ...components.map((component) => component.category)])]
      .filter((name) => components.some((component) => component.category === name)),
  };
}

/** The declaration of a component as its parameters make it, as far as the server has told. */
export function declarationOf(store, node) {
  const told = store.checked.get(checkedKey(store.path, node.id));
  return told?.type === node.type ? told : store.catalog.byName.get(node.type) ?? null;
}

export const checkedKey = (path, id) => [...path.flat(), id].join("/");

let lastIndex = { graph: null, checked: null, ports: null };

/**
 * The ports of every component of the graph on the screen: a map of ids to `{inputs, outputs, known, mark}`.
 * `mark` is the same text as long as the ports are the same. Ports that only an edge names are there, as `missing`.
 */
export function portsOfGraph(store) {
  const graph = store.graph;
  if (lastIndex.graph === graph && lastIndex.checked === store.checked) return lastIndex.ports;
  const ports = new Map();
  for (const node of graph.components) ports.set(node.id, declaredPorts(store, node));
  const given = givenPorts(store, graph);
  if (given) ports.set("input", given);
  for (const edge of graph.edges) {
    for (const [side, port] of [["outputs", edge.from], ["inputs", edge.to]]) {
      const [id, name] = portParts(port);
      const has = ports.get(id);
      if (!has) continue;
      has.used.add(`${side === "inputs" ? "in" : "out"}:${name}`);
      if (side === "outputs" && name === "tool") has.isTool = true;
      else if (!has[side].some((other) => other.name === name)) {
        has[side] = [...has[side], { name, type: "", presence: "optional", meaning: "", missing: true }];
      }
    }
  }
  for (const has of ports.values()) {
    has.mark = JSON.stringify([has.inputs.map(({ name, type }) => [name, type]),
      has.outputs.map(({ name, type }) => [name, type]), has.isTool, has.known, [...has.used].sort()]);
  }
  lastIndex = { graph, checked: store.checked, ports };
  return ports;
}

function declaredPorts(store, node) {
  const declared = declarationOf(store, node);
  if (!declared) return { inputs: [], outputs: [], known: false, isTool: false, used: new Set(), mark: "" };
  const tools = (declared.tool_inputs ?? []).map((port) => ({ ...port, type: "tools", presence: "list", takesTools: true }));
  const names = new Set(tools.map((port) => port.name));
  return {
    inputs: [...declared.inputs.filter((port) => !names.has(port.name)), ...tools], outputs: declared.outputs,
    known: true, isTool: false, used: new Set(), mark: "",
  };
}

/** What the graph is given from outside, at `input.NAME`; null for nothing. */
function givenPorts(store, graph) {
  const given = graph.inputs?.length ? graph.inputs : bodyDeclaration(store)?.inputs;
  if (!given?.length) return null;
  const outputs = given.map(({ name, type, meaning = "" }) => ({ name, type, meaning, presence: "required" }));
  return { inputs: [], outputs, known: true, isTool: false, isGiven: true, used: new Set(), mark: "" };
}

/** The declaration of the body that is open; null for the flow itself. */
export function bodyDeclaration(store) {
  if (!store.path.length) return null;
  let graph = store.doc;
  let body = null;
  for (const [id, name] of store.path) {
    const node = graph?.components?.find((other) => other.id === id);
    body = store.catalog.byName.get(node?.type)?.bodies.find((other) => other.name === name) ?? null;
    graph = node?.bodies?.[name];
  }
  return body;
}
