/** Pointer, wheel, touch and keys on the map. */

const keySteps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** How far a pointer may move and still mean the point under it, in pixels. */
const steady = 4;
const keyStep = 60;

/**
 * `moved()` after the view has changed, `pointed(index, isByKey)` at another point or -1, `opened(index)` when one is
 * wanted. Returns what ends it.
 */
export function mapHands(canvas, scene, { moved, pointed, opened }) {
  const down = new Map();
  const end = new AbortController();
  const on = (type, act, more = {}) => canvas.addEventListener(type, act, { signal: end.signal, ...more });
  let travelled = 0;
  let frame = 0;

  on("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (!down.size) travelled = 0;
    down.set(event.pointerId, [event.offsetX, event.offsetY]);
  });
  on("pointermove", (event) => {
    const at = [event.offsetX, event.offsetY];
    const before = down.get(event.pointerId);
    if (!before) {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => pointed(scene.nearest(...at), false));
      return;
    }
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    travelled += Math.hypot(dx, dy);
    if (down.size > 1) pinch(event.pointerId, before, at);
    else if (travelled > steady) scene.pan(dx, dy);
    down.set(event.pointerId, at);
    if (travelled > steady) moved();
  });
  for (const type of ["pointerup", "pointercancel"]) {
    on(type, (event) => {
      const wasDown = down.delete(event.pointerId);
      if (type === "pointercancel" || !wasDown || down.size || travelled > steady) return;
      const index = scene.nearest(event.offsetX, event.offsetY);
      pointed(index, false);
      if (index >= 0) opened(index);
    });
  }
  on("pointerleave", () => {
    cancelAnimationFrame(frame);
    if (!down.size && document.activeElement !== canvas) pointed(-1, false);
  });
  on("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    scene.zoomAt(Math.exp(-Math.max(-80, Math.min(80, event.deltaY * lines)) * 0.004), event.offsetX, event.offsetY);
    moved();
  }, { passive: false });

  function pinch(id, before, at) {
    const [, other] = [...down].find(([key]) => key !== id);
    const apart = (point) => Math.max(20, Math.hypot(point[0] - other[0], point[1] - other[1]));
    scene.zoomAt(apart(at) / apart(before), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    scene.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
  }

  function goOn(step) {
    const next = scene.next(...step);
    if (next >= 0) pointed(next, true);
  }

  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = keySteps[event.key];
    if (step && event.shiftKey) scene.pan(-step[0] * keyStep, -step[1] * keyStep);
    else if (step) goOn(step);
    else if (event.key === "+" || event.key === "=") scene.zoomAt(1.6);
    else if (event.key === "-" || event.key === "−") scene.zoomAt(1 / 1.6);
    else if (event.key === "0") scene.fit();
    else if (event.key === "Enter" && scene.pointed >= 0) opened(scene.pointed);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== "Enter" && (!step || event.shiftKey)) moved();
  });
  return () => {
    cancelAnimationFrame(frame);
    end.abort();
  };
}
