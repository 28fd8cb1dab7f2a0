/** The keyboard on the canvas. */
import { announce } from "../shell/dom.js";
import { addComponent, duplicateChosen, nudgeChosen, pastePart, removeChosen, tidyUp, toggleOutput } from "./flow-actions.js";
import { copiedPart, readPart } from "./flow-clipboard.js";
import { gridStep } from "./flow-geometry.js";
import { sayRefusal } from "./flow-wire.js";

/** What the keys do, as it is shown. */
export const canvasKeys = [
  ["Tab, Shift Tab", "next, previous component"], ["Arrow keys", "move it; with Shift further"],
  ["Alt + arrow keys", "go to the nearest component there"], ["Enter", "open its fields"], ["Space", "choose or unchoose it"],
  ["C", "connect it"], ["A", "add a component"], ["O", "make it an output of the flow, or not"], ["Delete", "remove what is chosen"],
  ["Ctrl A", "choose all"], ["Ctrl C, X, V", "copy, cut, paste"], ["Ctrl D", "duplicate"], ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
  ["Ctrl S", "save"], ["Ctrl Enter", "run"], ["T", "tidy up"], ["+, −, 0, 1", "zoom in, out, to the whole flow, to life size"],
  ["F6", "go to the next part of the editor"], ["Esc, then Tab", "leave the canvas"],
];

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function listenToKeys(canvas) {
  const { frame, store } = canvas;
  let leaving = false;
  frame.addEventListener("focusin", (event) => {
    const id = event.target.closest?.(".fl-node")?.dataset.id;
    if (id && !store.selection.has(id)) store.select([id]);
  });
  frame.addEventListener("keydown", (event) => {
    if (event.target.closest(".fl-over")) return;
    if (event.key === "Tab") {
      if (!leaving && !event.ctrlKey && !event.altKey && step(canvas, event.shiftKey ? -1 : 1)) event.preventDefault();
      leaving = false;
      return;
    }
    leaving = event.key === "Escape" && !canvas.cancelGesture();
    if (leaving) {
      event.stopPropagation();
      if (!canvas.notice.hidden) canvas.notice.hidden = true;
      canvas.focusRoot();
      if (store.selection.size) store.select([]);
      return;
    }
    if (pressed(canvas, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  frame.addEventListener("copy", (event) => copy(store, event, false));
  frame.addEventListener("cut", (event) => copy(store, event, true));
  frame.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const part = readPart(text);
    event.preventDefault();
    if (part) pastePart(store, part, { by: { x: 32, y: 32 } });
    else sayRefusal(canvas, "What was copied is no part of a flow.");
  });
}

function copy(store, event, cut) {
  if (!store.selection.size) return;
  event.clipboardData.setData("text/plain", copiedPart(store.graph, store.selection));
  event.preventDefault();
  announce(`${store.selection.size} copied`);
  if (cut) removeChosen(store);
}

// Goes to the next component in the flow's order; false at either end, so that Tab leaves.
function step(canvas, by) {
  const order = readingOrder(canvas);
  const at = order.indexOf(canvas.focusedNode);
  const last = canvas.lastFocused && order.includes(canvas.lastFocused) ? canvas.lastFocused : null;
  const next = at < 0 ? (by > 0 ? last ?? order[0] : null) : order[at + by];
  if (!next) return false;
  canvas.lastFocused = next;
  canvas.store.select([next]);
  return canvas.focusNode(next);
}

/** Components from left to right, those of one column from top to bottom. */
function readingOrder(canvas) {
  return [...canvas.scene.boxes].sort(([, a], [, b]) => Math.round((a.x - b.x) / 120) || a.y - b.y || a.x - b.x).map(([id]) => id);
}

function pressed(canvas, event) {
  const { store, view } = canvas;
  const command = event.ctrlKey || event.metaKey;
  const arrow = arrows[event.key];
  if (arrow && event.altKey) return goTowards(canvas, arrow);
  if (arrow && !command) {
    const far = event.shiftKey ? gridStep * 4 : gridStep;
    if (store.selection.size && nudgeChosen(store, arrow[0] * far, arrow[1] * far)) {
      store.flush();
      const box = canvas.scene.extent([...store.selection]);
      if (box) view.reveal(box);
    } else view.panBy(-arrow[0] * 60, -arrow[1] * 60);
    return true;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (command) return commandKey(canvas, key, event);
  if (event.altKey) return false;
  const acts = {
    Enter: () => canvas.actions.openFields(), Delete: () => removeAndGoOn(canvas), Backspace: () => removeAndGoOn(canvas),
    c: () => canvas.actions.connect(), a: () => canvas.actions.addComponent(), o: () => toggleOutput(store), t: () => tidyUp(store),
    " ": () => {
      const id = canvas.focusedNode;
      if (!id) return;
      const next = new Set(store.selection);
      if (next.has(id)) next.delete(id); else next.add(id);
      store.select(next);
    },
    "+": () => view.zoomBy(1.25), "=": () => view.zoomBy(1.25), "-": () => view.zoomBy(1 / 1.25),
    0: () => canvas.fit(), 1: () => view.zoomBy(1 / view.k), "?": () => canvas.actions.showKeys(),
  };
  if (!acts[key]) return false;
  acts[key]();
  return true;
}

function commandKey(canvas, key, event) {
  const { store } = canvas;
  if (key === "a") {
    store.select(store.graph.components.map((node) => node.id));
    canvas.sayChosen();
    return true;
  }
  if (key === "d") {
    duplicateChosen(store);
    focusChosen(canvas);
    return true;
  }
  return false && event;
}

function removeAndGoOn(canvas) {
  const order = readingOrder(canvas);
  const at = order.indexOf(canvas.focusedNode);
  if (!removeChosen(canvas.store)) return;
  canvas.store.flush();
  const next = order.slice(at + 1).concat(order.slice(0, Math.max(at, 0)).reverse()).find((id) => canvas.scene.nodes.has(id));
  if (at >= 0 && next) canvas.focusNode(next);
  else canvas.focusRoot();
}

/** Gives the focus to what was just added. */
function focusChosen(canvas) {
  canvas.store.flush();
  const id = [...canvas.store.selection][0];
  if (id) canvas.focusNode(id);
}

/** The nearest component in a direction. */
function goTowards(canvas, [dx, dy]) {
  const here = canvas.scene.boxes.get(canvas.focusedNode);
  if (!here) return step(canvas, 1);
  const middle = (box) => [box.x + box.w / 2, box.y + box.h / 2];
  const [x, y] = middle(here);
  let [found, least] = [null, Infinity];
  for (const [id, box] of canvas.scene.boxes) {
    const [bx, by] = middle(box);
    const along = (bx - x) * dx + (by - y) * dy;
    const aside = Math.abs((bx - x) * dy) + Math.abs((by - y) * dx);
    if (along <= 8 || box === here) continue;
    const cost = along + 2 * aside;
    if (cost < least) { least = cost; found = id; }
  }
  if (!found) return true;
  canvas.lastFocused = found;
  canvas.store.select([found]);
  return canvas.focusNode(found);
}

/** Adds a component where the eye is, and gives it the focus. */
export function addInSight(canvas, type, at = null) {
  const { store, view } = canvas;
  const middle = view.centre;
  const id = addComponent(store, type, at ?? (store.selection.size ? null : { x: middle.x - 112, y: middle.y - 60 }), Boolean(at));
  if (!id) return null;
  focusChosen(canvas);
  return id;
}
