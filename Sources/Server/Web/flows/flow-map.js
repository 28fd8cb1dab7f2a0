/** A small map of the whole flow: where its components lie, and which part of it is in sight. */
import { el } from "../shell/dom.js";
import { around } from "./flow-geometry.js";
import { draw } from "./flow-shapes.js";

const mapSize = { w: 184, h: 120, least: 40 };
/** What lies around the outermost components, in the flow's own points. */
const mapRoom = 80;
/** What is left of the window on the map when the flow is out of sight, in points of the screen. */
const inSightLeast = 6;
const mapKey = "millrace.flow-map";

/** Colours by the kinds that the catalogue tells; the names are those of the classes in flows.css. */
const kindColours = {
  "inputs and outputs": "blue", answers: "pink", "language models": "gold", text: "teal", data: "orange",
  control: "violet", network: "red",
};

/** For the eye and the pointer alone: with the keyboard one goes by the components, and by “0” to the whole flow. */
export class FlowMap {
  #box = null;
  #scale = 1;
  #mark = "";

  constructor({ scene, view, store }) {
    Object.assign(this, { scene, view, store });
    this.picture = draw("svg", { preserveAspectRatio: "none" });
    this.sight = el("div", { class: "fl-map-sight" });
    this.node = el("div", { class: "fl-map fl-over", "aria-hidden": "true" }, this.picture, this.sight);
    this.button = el("button", {
      type: "button", class: "fl-map-button", title: "Show the whole flow as a small map",
      onclick: () => this.#choose(!this.shown),
    }, "Map");
    this.#listen();
    this.#choose(remembered() !== "off");
  }

  get shown() { return this.button.getAttribute("aria-pressed") === "true"; }

  #choose(on) {
    this.button.setAttribute("aria-pressed", String(on));
    try { localStorage.setItem(mapKey, on ? "on" : "off"); } catch { /* as it is by itself the next time */ }
    this.update();
  }

  /** Draws what is on the canvas, if any of it has moved, come or gone. */
  update() {
    const boxes = [...this.scene.boxes];
    this.node.hidden = !this.shown || !boxes.length;
    if (this.node.hidden) return;
    const kinds = new Map(this.store.graph.components.map((node) => [node.id, colourOf(this.store, node.type)]));
    const mark = JSON.stringify(boxes.map(([id, { x, y, w, h }]) => [x, y, w, h, kinds.get(id)]));
    if (mark !== this.#mark) {
      this.#mark = mark;
      this.#draw(boxes, kinds);
    }
    this.follow();
  }

  #draw(boxes, kinds) {
    const whole = around(boxes.map(([, box]) => box));
    const box = this.#box = { x: whole.x - mapRoom, y: whole.y - mapRoom, w: whole.w + 2 * mapRoom, h: whole.h + 2 * mapRoom };
    this.#scale = Math.min(mapSize.w / box.w, mapSize.h / box.h);
    // A flow that is one long line still has a map to point at.
    const height = Math.max(mapSize.least, box.h * this.#scale);
    box.y -= (height / this.#scale - box.h) / 2;
    box.h = height / this.#scale;
    this.node.style.width = `${box.w * this.#scale}px`;
    this.node.style.height = `${height}px`;
    this.picture.setAttribute("viewBox", `${box.x} ${box.y} ${box.w} ${box.h}`);
    this.picture.replaceChildren(...boxes.map(([id, { x, y, w, h }]) =>
      draw("rect", { class: `fl-${kinds.get(id) ?? "grey"}`, x, y, width: w, height: h, rx: 16 })));
  }

  /** Shows which part is in sight; called whenever the window has moved. */
  follow() {
    if (this.node.hidden || !this.#box) return;
    const { view } = this;
    const scale = this.#scale / view.k;
    const [w, h] = [view.rect.width * scale, view.rect.height * scale];
    const within = (at, length, size) => Math.max(inSightLeast - length, Math.min(size - inSightLeast, at));
    const left = within((-view.x / view.k - this.#box.x) * this.#scale, w, this.#box.w * this.#scale);
    const top = within((-view.y / view.k - this.#box.y) * this.#scale, h, this.#box.h * this.#scale);
    this.sight.style.transform = `translate(${left}px,${top}px)`;
    if (w === this.width && h === this.height) return;
    [this.width, this.height] = [w, h];
    this.sight.style.width = `${w}px`;
    this.sight.style.height = `${h}px`;
  }

  // The window goes where one points, for as long as one does.
  #listen() {
    let corner = null;
    const go = (event) => this.view.centreOn({
      x: this.#box.x + (event.clientX - corner.left) / this.#scale, y: this.#box.y + (event.clientY - corner.top) / this.#scale,
    });
    this.node.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      event.preventDefault();
      this.view.measure();
      corner = this.picture.getBoundingClientRect();
      this.node.setPointerCapture(event.pointerId);
      go(event);
    });
    this.node.addEventListener("pointermove", (event) => { if (corner) go(event); });
    for (const type of ["pointerup", "pointercancel"]) this.node.addEventListener(type, () => { corner = null; });
  }
}

const colourOf = (store, type) => kindColours[store.catalog.byName.get(type)?.category] ?? "grey";

function remembered() {
  try { return localStorage.getItem(mapKey); } catch { return null; }
}
