/** What is shown on the pictures of a flow: what is chosen, what is wrong, what a run did, what a comparison says. */
import { count } from "../shell/format.js";
import { nodeNotes } from "./flow-draw.js";
import { outputsOf, portParts, titleOfNode } from "./flow-model.js";

const nodeStates = ["chosen", "faulty", "running", "finished", "failed", "skipped", "added", "removed", "changed"];

/** Shows what is chosen, what is wrong, what a run did, what a comparison says. `notesOf(id)` is for nodeNotes. */
export function decorateScene(scene, store, notesOf) {
  const outputs = new Map();
  for (const { name, port } of outputsOf(store.graph)) {
    const id = portParts(port)[0];
    outputs.set(id, [...(outputs.get(id) ?? []), name === "output" || name === id ? "output" : `output “${name}”`]);
  }
  for (const [id, drawn] of scene.nodes) {
    const notes = { output: outputs.get(id)?.join(", ") ?? "", ...notesOf(id) };
    const chosen = store.selection.has(id);
    const state = `${chosen ? "chosen " : ""}${notes.state ?? ""} ${notes.faults ? "faulty" : ""} ${notes.change ?? ""}`;
    if (drawn.state !== state) {
      for (const name of nodeStates) {
        drawn.group.classList.toggle(name, state.split(" ").includes(name));
      }
      drawn.group.setAttribute("aria-pressed", String(chosen));
      drawn.state = state;
    }
    const said = JSON.stringify([notes, drawn.mark]);
    if (drawn.said === said) continue;
    drawn.said = said;
    const picture = nodeNotes(scene.ports.get(id), { x: drawn.drawnX, y: drawn.drawnY }, notes);
    if (drawn.notes) drawn.notes.replaceWith(picture);
    else drawn.group.append(picture);
    drawn.notes = picture;
    drawn.group.setAttribute("aria-label", wordsOf(scene, id, notes));
  }
  for (const [key, drawn] of scene.edges) {
    drawn.group.classList.toggle("chosen", store.chosenEdges.has(key));
    drawn.group.classList.toggle("lit", store.selection.has(drawn.from) || store.selection.has(drawn.to));
    const state = notesOf(drawn.from).state;
    drawn.group.classList.toggle("flowing", Boolean(store.run) && state === "finished" && notesOf(drawn.to).state !== undefined);
    const change = store.comparison?.edges.get(key);
    for (const name of ["added", "removed"]) drawn.group.classList.toggle(name, change === name);
  }
}

// What a screen reader says of a component.
function wordsOf(scene, id, notes) {
  const node = scene.store.graph.components.find((other) => other.id === id);
  const ports = scene.ports.get(id);
  const title = node ? titleOfNode(node) : "Given from outside";
  const edges = scene.edgesOf.get(id) ?? [];
  return [`${title}${node && title !== node.type ? `, ${node.type}` : ""}`,
    ports.known ? "" : "not known here",
    `${count(edges.filter((edge) => edge.to === id).length, "connection")} in, ${edges.filter((edge) => edge.from === id).length} out`,
    notes.output, notes.faults ? count(notes.faults, "problem") : "",
    notes.state, notes.text, notes.change].filter(Boolean).join(", ");
}
