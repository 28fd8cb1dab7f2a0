/** Everything that can be done to the components that are chosen; the same for keys, buttons and the table. */
import { announce } from "../shell/dom.js";
import { copiedPart, readPart, withPart } from "./flow-clipboard.js";
import { portsOfGraph } from "./flow-catalog.js";
import { calledNode } from "./flow-fit.js";
import { freePlace, portOffset, sizeOfNode, snapped } from "./flow-geometry.js";
import { laidOut } from "./flow-layout.js";
import { freeID, nodeNamed, outputsOf, portParts, withNodes, withoutEdges, withoutNodes, withOutputs, withPlaces } from "./flow-model.js";

const nOf = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** A new component of a type, near `at` or right of the chosen one. Answers its id. */
export function addComponent(store, type, at = null, exactly = false) {
  const { graph } = store;
  const declared = store.catalog.byName.get(type);
  const id = freeID(graph, type.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase());
  const size = sizeOfNode({
    inputs: [...(declared?.inputs ?? []), ...(declared?.tool_inputs ?? [])], outputs: declared?.outputs ?? [],
  });
  const boxes = boxesOf(store);
  const chosen = boxes.find((box) => box.id === [...store.selection][0]);
  const wanted = at ?? (chosen ? { x: chosen.x + chosen.w + 96, y: chosen.y } : { x: 0, y: 0 });
  const position = exactly ? { x: snapped(wanted.x), y: snapped(wanted.y) } : freePlace(boxes, wanted, size);
  const node = { id, type, parameters: {}, position };
  const done = store.apply(`add ${type}`, (before) => {
    const next = withNodes(before, [node]);
    // The first output of a conversation is what the flow gives.
    const isOutput = /Output$/.test(type) && !store.path.length && !outputsOf(before).length && declared?.outputs.length;
    return isOutput ? withOutputs(next, [{ name: "output", port: `${id}.${declared.outputs[0].name}` }]) : next;
  }, { select: [id] });
  if (!done) return null;
  announce(`Added ${type}.`);
  return id;
}

function boxesOf(store) {
  const ports = portsOfGraph(store);
  return store.graph.components.map((node) => ({ id: node.id, ...(node.position ?? { x: 0, y: 0 }), ...sizeOfNode(ports.get(node.id)) }));
}

export function removeChosen(store) {
  const ids = [...store.selection].filter((id) => nodeNamed(store.graph, id));
  const edges = new Set(store.chosenEdges);
  if (!ids.length && !edges.size) return false;
  const label = ids.length === 1 ? `delete ${calledNode(store.graph, ids[0])}`
    : ids.length ? `delete ${nOf(ids.length, "component")}` : `delete ${nOf(edges.size, "connection")}`;
  const done = store.apply(label, (graph) => withoutEdges(withoutNodes(graph, ids), edges), { select: [] });
  if (done) announce(`Done: ${label}. It can be undone.`);
  return done;
}

export function duplicateChosen(store) {
  const part = readPart(copiedPart(store.graph, store.selection));
  return part ? pastePart(store, part, { by: { x: 32, y: 32 } }, "duplicate") : false;
}

/** Puts a part in and chooses it. */
export function pastePart(store, part, where, word = "paste") {
  let ids = [];
  const label = `${word} ${nOf(part.components.length, "component")}`;
  const put = withPart(store.graph, part, where);
  ids = put.ids;
  const done = store.apply(label, () => put.graph, { select: ids });
  if (done) announce(`Done: ${label}.`);
  return done;
}

/** Moves what is chosen by keyboard. */
export function nudgeChosen(store, dx, dy) {
  const ids = [...store.selection].filter((id) => nodeNamed(store.graph, id));
  if (!ids.length) return false;
  const places = new Map(ids.map((id) => {
    const { x, y } = nodeNamed(store.graph, id).position ?? { x: 0, y: 0 };
    return [id, { x: x + dx, y: y + dy }];
  }));
  return store.apply(`move ${nOf(ids.length, "component")}`, (graph) => withPlaces(graph, places), { merge: "nudge" });
}

/** Lays out everything, or what is chosen if that is more than one. */
export function tidyUp(store) {
  const chosen = [...store.selection].filter((id) => nodeNamed(store.graph, id));
  const ids = chosen.length > 1 ? chosen : store.graph.components.map((node) => node.id);
  if (!ids.length) return false;
  const places = placesFor(store, ids);
  if (chosen.length > 1) {
    const corner = (list) => ({ x: Math.min(...list.map((place) => place.x)), y: Math.min(...list.map((place) => place.y)) });
    const [before, after] = [corner(ids.map((id) => nodeNamed(store.graph, id).position)), corner([...places.values()])];
    for (const [id, { x, y }] of places) places.set(id, { x: x - after.x + before.x, y: y - after.y + before.y });
  }
  const done = store.apply("tidy up", (graph) => withPlaces(graph, places));
  announce(done ? "The flow is laid out anew." : "Nothing to move.");
  return done;
}

/** Automatic places of some components of the graph on the screen. */
function placesFor(store, ids) {
  const ports = portsOfGraph(store);
  const inside = new Set(ids);
  const edges = store.graph.edges.filter((edge) => inside.has(portParts(edge.from)[0]) && inside.has(portParts(edge.to)[0]));
  return laidOut(ids, edges, (id) => {
    const { w, h } = sizeOfNode(ports.get(id));
    // Room for what a run says below.
    return { w, h: h + 24 };
  }, (id, side, name) => portOffset(ports.get(id), side, name)?.y ?? 0);
}

/** Gives places to components that nobody has placed; that is no change of the flow. */
export function seedPlaces(store) {
  const { graph } = store;
  const without = graph.components.filter((node) => !node.position);
  if (!without.length) return false;
  const places = placesFor(store, without.map((node) => node.id));
  if (without.length < graph.components.length) {
    const bottom = Math.max(...boxesOf(store).filter((box) => !places.has(box.id)).map((box) => box.y + box.h));
    for (const [id, { x, y }] of places) places.set(id, { x, y: y + bottom + 64 });
  }
  return places;
}

/** Makes the first output of the chosen component an output of the flow, or takes that back. */
export function toggleOutput(store) {
  const id = [...store.selection][0];
  const port = portsOfGraph(store).get(id)?.outputs[0];
  if (!port || !nodeNamed(store.graph, id)) return false;
  const outputs = outputsOf(store.graph);
  const isOutput = outputs.some((output) => portParts(output.port)[0] === id);
  return store.apply(isOutput ? "take away an output" : "make an output", (graph) => withOutputs(graph, isOutput
    ? outputs.filter((output) => portParts(output.port)[0] !== id)
    : [...outputs.map((output) => (output.name === "output" ? { ...output, name: portParts(output.port)[0] } : output)),
      { name: outputs.length ? id : "output", port: `${id}.${port.name}` }]));
}
