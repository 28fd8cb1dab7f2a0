/** The pointer on the canvas: pan, zoom, choose, move, connect; with a mouse, a pen, fingers. */
import { gridStep, overlaps } from "./flow-geometry.js";
import { withPlaces } from "./flow-model.js";
import { FlowWire } from "./flow-wire.js";

export function listenToPointer(canvas) {
  const { frame, view, scene } = canvas;
  const fingers = new Map();
  let gesture = null;
  let frameAsked = 0;

  const end = (event, dropped) => {
    gesture?.end?.(event, dropped);
    gesture = null;
    frame.classList.remove("panning", "gesture");
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".fl-over")) return;
    view.measure();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) {
      end(event, false);
      gesture = pinch(view, fingers);
      frame.classList.add("gesture");
      return;
    }
    if (gesture || event.button > 1) return;
    gesture = begin(canvas, event);
    if (!gesture) return;
    frame.setPointerCapture(event.pointerId);
    // While it lasts nothing below needs to know where the pointer is.
    frame.classList.add("gesture");
  });
  frame.addEventListener("pointermove", (event) => {
    if (!gesture) return;
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    gesture.last = event;
    // One step a frame is enough, however often the pointer tells.
    frameAsked ||= requestAnimationFrame(() => {
      frameAsked = 0;
      gesture?.move?.(gesture.last);
    });
  });
  const over = (dropped) => (event) => {
    fingers.delete(event.pointerId);
    if (gesture && !fingers.size) end(event, dropped);
    else if (gesture?.isPinch) gesture = null;
  };
  frame.addEventListener("pointerup", over(true));
  frame.addEventListener("pointercancel", over(false));
  // The pointer is captured meanwhile, so the target is the frame: what was pressed decides.
  frame.addEventListener("dblclick", () => { if (canvas.pressedNode) canvas.actions.openFields(); });
  frame.addEventListener("wheel", (event) => {
    if (event.target.closest(".fl-over")) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) view.zoomAt(event.clientX, event.clientY, Math.exp(-event.deltaY * unit * 0.005));
    else if (event.shiftKey && !event.deltaX) view.panBy(-event.deltaY * unit, 0);
    else view.panBy(-event.deltaX * unit, -event.deltaY * unit);
  }, { passive: false });
  canvas.cancelGesture = () => {
    if (!gesture) return false;
    end({}, false);
    return true;
  };
  return scene;
}

function begin(canvas, event) {
  const { store, view } = canvas;
  const port = event.target.closest?.("[data-port]");
  const node = event.target.closest?.("[data-id]");
  const edge = event.target.closest?.("[data-edge]");
  canvas.pressedNode = node && !port ? node.dataset.id : null;
  if (event.button === 1) return pan(canvas, event);
  if (port && node && !store.readOnly) {
    const [side, ...name] = port.dataset.port.split(":");
    const wire = new FlowWire(canvas, { id: node.dataset.id, side, name: name.join(":") });
    return {
      move: (at) => wire.moveTo(view.toGraph(at.clientX, at.clientY)),
      end: (at, dropped) => (dropped ? wire.dropAt(view.toGraph(at.clientX, at.clientY)) : wire.cancel()),
    };
  }
  if (node) return drag(canvas, event, node.dataset.id);
  if (edge) {
    canvas.focusRoot();
    store.select([], [edge.dataset.edge]);
    return null;
  }
  canvas.focusRoot();
  if (event.shiftKey || canvas.choosing) return choose(canvas, event);
  return pan(canvas, event);
}

function pan(canvas, event) {
  let [x, y] = [event.clientX, event.clientY];
  let moved = false;
  canvas.frame.classList.add("panning");
  return {
    move(at) {
      moved ||= Math.hypot(at.clientX - x, at.clientY - y) > 3;
      if (!moved) return;
      canvas.view.panBy(at.clientX - x, at.clientY - y);
      [x, y] = [at.clientX, at.clientY];
    },
    end() { if (!moved && canvas.store.selection.size + canvas.store.chosenEdges.size) canvas.store.select([]); },
  };
}

function drag(canvas, event, id) {
  const { store, scene, view } = canvas;
  const many = event.shiftKey || event.ctrlKey || event.metaKey;
  if (many) {
    const next = new Set(store.selection);
    if (next.has(id)) next.delete(id);
    else next.add(id);
    store.select(next);
  } else if (!store.selection.has(id)) store.select([id]);
  canvas.focusNode(id, { reveal: false });
  if (store.readOnly) return null;
  const ids = [...store.selection];
  const starts = new Map(ids.map((other) => [other, scene.boxes.get(other)]).filter(([, box]) => box)
    .map(([other, { x, y }]) => [other, { x, y }]));
  const from = view.toGraph(event.clientX, event.clientY);
  let by = { x: 0, y: 0 };
  return {
    move(at) {
      const to = view.toGraph(at.clientX, at.clientY);
      const start = starts.get(id);
      if (!start) return;
      // The one under the pointer lands on the grid, the others keep their distance from it; Alt leaves the grid.
      const snap = (value) => (at.altKey ? Math.round(value) : Math.round(value / gridStep) * gridStep);
      const next = { x: snap(start.x + to.x - from.x) - start.x, y: snap(start.y + to.y - from.y) - start.y };
      if (Math.hypot(to.x - from.x, to.y - from.y) * view.k < 4 && !by.x && !by.y) return;
      if (next.x === by.x && next.y === by.y) return;
      by = next;
      scene.shift(ids, starts, by.x, by.y);
    },
    end(at, dropped) {
      if (!dropped) scene.shift(ids, starts, 0, 0);
      else if (by.x || by.y) canvas.moveBy(ids, starts, by);
      else if (!many && store.selection.size > 1) store.select([id]);
    },
  };
}

/** The command that ends a drag. */
export function movedBy(starts, by) {
  const places = new Map([...starts].map(([id, { x, y }]) => [id, { x: x + by.x, y: y + by.y }]));
  return (graph) => withPlaces(graph, places);
}

function choose(canvas, event) {
  const { store, scene, view } = canvas;
  const from = view.toGraph(event.clientX, event.clientY);
  const before = new Set(store.selection);
  return {
    move(at) {
      const to = view.toGraph(at.clientX, at.clientY);
      const box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
      scene.showBox(box);
      const inside = [...scene.boxes].filter(([id, other]) => id !== "input" && overlaps(box, other)).map(([id]) => id);
      const next = new Set([...before, ...inside]);
      if (next.size !== store.selection.size || [...next].some((id) => !store.selection.has(id))) store.select(next);
    },
    end() {
      if (scene.boxDrawn) scene.showBox(null);
      canvas.sayChosen();
    },
  };
}

function pinch(view, fingers) {
  const measure = () => {
    const [a, b] = [...fingers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(10, Math.hypot(a.x - b.x, a.y - b.y)) };
  };
  let last = measure();
  return {
    isPinch: true,
    move() {
      if (fingers.size < 2) return;
      const now = measure();
      view.panBy(now.x - last.x, now.y - last.y);
      view.zoomAt(now.x, now.y, now.apart / last.apart);
      last = now;
    },
  };
}
