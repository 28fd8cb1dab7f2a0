/** Drawing an edge with the pointer: ports that fit light up, one that does not says why. */
import { announce, el } from "../shell/dom.js";
import { portsOfGraph } from "./flow-catalog.js";
import { fitJudge, calledNode } from "./flow-fit.js";
import { edgeCurve } from "./flow-geometry.js";
import { withEdge } from "./flow-model.js";
import { draw } from "./flow-shapes.js";

const reach = 30;

/** Connects two ports if that fits; else says why not. `judge` is that of the first port. */
export function connectPorts(canvas, first, other, judge = judgeFrom(canvas.store, first)) {
  const reason = judge(other);
  if (reason) {
    sayRefusal(canvas, reason);
    return false;
  }
  const [from, to] = first.side === "out" ? [first, other] : [other, first];
  const { store } = canvas;
  store.apply(`connect ${calledNode(store.graph, from.id)} to ${calledNode(store.graph, to.id)}`,
    (graph) => withEdge(graph, `${from.id}.${from.name}`, `${to.id}.${to.name}`));
  announce(`Connected ${from.name} of ${calledNode(store.graph, from.id)} to ${to.name} of ${calledNode(store.graph, to.id)}.`);
  return true;
}

export const judgeFrom = (store, port) => fitJudge(store.graph, portsOfGraph(store), store.catalog, port);

/** Says why something was not done: on the canvas for a while, and aloud. */
export function sayRefusal(canvas, reason) {
  canvas.notice.replaceChildren(el("p", { dir: "auto" }, reason),
    el("button", { type: "button", class: "quiet", onclick: () => { canvas.notice.hidden = true; } }, "Close"));
  canvas.notice.hidden = false;
  announce(reason);
  clearTimeout(canvas.noticeEnds);
  canvas.noticeEnds = setTimeout(() => { canvas.notice.hidden = true; }, 9000);
}

/** An edge that follows the pointer from `port` (`{id, side, name}`). */
export class FlowWire {
  constructor(canvas, port) {
    this.canvas = canvas;
    this.port = port;
    this.judge = judgeFrom(canvas.store, port);
    this.side = port.side === "out" ? "in" : "out";
    this.start = canvas.scene.portAt(port.id, port.side, port.name);
    this.ends = canvas.scene.allPorts(this.side).filter((end) => end.id !== port.id);
    for (const end of this.ends) end.reason = this.judge(end);
    this.line = canvas.scene.overlay.appendChild(draw("path", { class: "fl-wire" }));
    this.#mark();
  }

  #mark() {
    const { scene } = this.canvas;
    scene.svg.classList.add("connecting");
    for (const { id, name, reason } of this.ends) {
      scene.nodes.get(id)?.group.querySelector(`[data-port="${CSS.escape(`${this.side}:${name}`)}"]`)
        ?.classList.add(reason ? "unfit" : "fits");
    }
    scene.nodes.get(this.port.id)?.group
      .querySelector(`[data-port="${CSS.escape(`${this.port.side}:${this.port.name}`)}"]`)?.classList.add("origin");
  }

  moveTo(point) {
    const { scene, view } = this.canvas;
    const near = this.#near(point, reach / view.k);
    const end = near ?? point;
    const curve = this.side === "in" ? edgeCurve(this.start, end) : edgeCurve(end, this.start);
    this.line.setAttribute("d", curve);
    this.line.classList.toggle("bad", Boolean(near?.reason));
    if (near !== this.over) {
      this.over = near;
      this.canvas.hint(near?.reason ?? (near ? `Fits “${near.name}”` : ""));
    }
    return scene;
  }

  #near(point, most) {
    let found = null;
    let least = most;
    for (const end of this.ends) {
      const distance = Math.hypot(end.x - point.x, end.y - point.y);
      // Of two that are as near, the one that fits.
      if (distance < least - (end.reason ? 0 : 6)) { least = distance; found = end; }
    }
    return found;
  }

  /** The pointer is let go: connects, refuses, or does nothing on empty ground. */
  dropAt(point) {
    const end = this.#near(point, reach / this.canvas.view.k) ?? this.#endWithin(point);
    this.cancel();
    if (end) connectPorts(this.canvas, this.port, end, this.judge);
  }

  // Dropped on a component: the first of its ports that fits, else its first with the reason.
  #endWithin(point) {
    for (const [id, box] of this.canvas.scene.boxes) {
      if (id === this.port.id || point.x < box.x || point.y < box.y || point.x > box.x + box.w || point.y > box.y + box.h) continue;
      const ends = this.ends.filter((end) => end.id === id && end.name !== "tool");
      return ends.find((end) => !end.reason) ?? ends[0] ?? null;
    }
    return null;
  }

  cancel() {
    this.line.remove();
    this.canvas.hint("");
    const { svg } = this.canvas.scene;
    svg.classList.remove("connecting");
    for (const port of svg.querySelectorAll(".fits, .unfit, .origin")) port.classList.remove("fits", "unfit", "origin");
  }
}
