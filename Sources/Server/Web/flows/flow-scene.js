/** What stands on the canvas: pictures of components and edges, of which only those are drawn anew that have changed. */
import { el } from "../shell/dom.js";
import { portsOfGraph } from "./flow-catalog.js";
import { canBeTool, edgePicture, nodePicture } from "./flow-draw.js";
import { around, edgeCurve, portOffset, sizeOfNode } from "./flow-geometry.js";
import { edgeKey, portParts, titleOfNode } from "./flow-model.js";
import { draw } from "./flow-shapes.js";

export class FlowScene {
  nodes = new Map();
  edges = new Map();
  boxes = new Map();
  #places = new Map();

  constructor() {
    this.ground = draw("rect", { class: "fl-ground" });
    this.edgeLayer = draw("g", { class: "fl-edges" });
    this.nodeLayer = draw("g", { class: "fl-nodes" });
    this.overlay = draw("g", { class: "fl-overlay" });
    this.svg = draw("svg", { class: "fl-drawing", width: 1, height: 1 }, this.ground, this.edgeLayer, this.nodeLayer, this.overlay);
    // A box of the page around the picture: the one thing that moves.
    this.box = el("div", { class: "fl-scene" }, this.svg);
  }

  /** Draws the graph on the screen. */
  render(store) {
    this.store = store;
    const graph = store.graph;
    this.ports = portsOfGraph(store);
    const nodes = this.ports.has("input") && !graph.components.some((node) => node.id === "input")
      ? [this.#given(graph), ...graph.components] : graph.components;
    const there = new Set();
    for (const node of nodes) {
      there.add(node.id);
      this.#renderNode(node);
    }
    for (const [id, drawn] of this.nodes) {
      if (there.has(id)) continue;
      drawn.group.remove();
      this.nodes.delete(id);
      this.boxes.delete(id);
    }
    this.#renderEdges(graph);
    this.order = nodes.map((node) => node.id);
  }

  #given(graph) {
    const path = this.store.path.join("/");
    if (!this.#places.has(`given:${path}`)) {
      const placed = graph.components.map((node) => node.position).filter(Boolean);
      this.#places.set(`given:${path}`, {
        x: Math.min(0, ...placed.map((place) => place.x)) - 320, y: Math.min(...placed.map((place) => place.y), 0),
      });
    }
    const title = this.store.path.length ? "Given to the body" : "Given to the flow";
    return { id: "input", type: "input", title, position: this.#places.get(`given:${path}`) };
  }

  #renderNode(node) {
    const ports = this.ports.get(node.id);
    const mark = `${titleOfNode(node)}|${node.type}|${Object.keys(node.bodies ?? {})}|${ports.mark}|${node.title && node.title !== node.type ? "" : JSON.stringify(node.parameters)}`;
    const place = node.position ?? this.#places.get(node.id) ?? { x: 0, y: 0 };
    this.#places.set(node.id, place);
    let drawn = this.nodes.get(node.id);
    const { x, y } = place;
    if (!drawn || drawn.mark !== mark || drawn.drawnX !== x || drawn.drawnY !== y) {
      const group = nodePicture(node, ports, place);
      const focused = drawn && drawn.group === document.activeElement;
      if (drawn) drawn.group.replaceWith(group);
      else this.nodeLayer.append(group);
      if (focused) group.focus({ preventScroll: true });
      drawn = { group, mark, size: sizeOfNode(ports), notes: null, said: "", drawnX: x, drawnY: y };
      this.nodes.set(node.id, drawn);
    }
    if (drawn.lifted) {
      drawn.group.removeAttribute("transform");
      drawn.lifted = false;
    }
    this.boxes.set(node.id, { x, y, ...drawn.size });
  }

  #renderEdges(graph) {
    const there = new Set();
    this.edgesOf = new Map();
    for (const edge of graph.edges) {
      const key = edgeKey(edge);
      const [[from, output], [to, input]] = [portParts(edge.from), portParts(edge.to)];
      if (!this.boxes.has(from) || !this.boxes.has(to)) continue;
      there.add(key);
      const type = output === "tool" ? "tools" : this.ports.get(from).outputs.find((port) => port.name === output)?.type ?? "";
      let drawn = this.edges.get(key);
      if (drawn?.type !== type) {
        drawn?.group.remove();
        const group = edgePicture(key, type);
        this.edgeLayer.append(group);
        drawn = { group, type, curve: "" };
        this.edges.set(key, drawn);
      }
      Object.assign(drawn, { from, to, output, input });
      for (const id of new Set([from, to])) {
        if (!this.edgesOf.has(id)) this.edgesOf.set(id, []);
        this.edgesOf.get(id).push(drawn);
      }
      this.#curve(drawn);
    }
    for (const [key, drawn] of this.edges) {
      if (there.has(key)) continue;
      drawn.group.remove();
      this.edges.delete(key);
    }
  }

  #curve(drawn) {
    const from = this.portAt(drawn.from, "out", drawn.output);
    const to = this.portAt(drawn.to, "in", drawn.input);
    if (!from || !to) return;
    const curve = edgeCurve(from, to);
    if (curve === drawn.curve) return;
    drawn.curve = curve;
    for (const path of drawn.group.children) path.setAttribute("d", curve);
  }

  /** Where a port lies on the canvas; null for none. */
  portAt(id, side, name) {
    const box = this.boxes.get(id);
    const offset = box && portOffset(this.ports.get(id), side, name);
    return offset ? { x: box.x + offset.x, y: box.y + offset.y } : null;
  }

  /** Every port of one side, as `{id, name, x, y}`. */
  allPorts(side) {
    const found = [];
    for (const [id, ports] of this.ports) {
      const names = (side === "in" ? ports.inputs : ports.outputs).map((port) => port.name);
      if (side === "out" && canBeTool(ports)) names.push("tool");
      for (const name of names) found.push({ id, name, ...this.portAt(id, side, name) });
    }
    return found;
  }

  /** Moves components for the eye only, with the edges that hang on them. */
  shift(ids, starts, dx, dy) {
    const touched = new Set();
    for (const id of ids) {
      const drawn = this.nodes.get(id);
      const start = starts.get(id);
      if (!drawn || !start) continue;
      const place = { x: start.x + dx, y: start.y + dy };
      drawn.lifted = place.x !== drawn.drawnX || place.y !== drawn.drawnY;
      if (drawn.lifted) drawn.group.setAttribute("transform", `translate(${place.x - drawn.drawnX} ${place.y - drawn.drawnY})`);
      else drawn.group.removeAttribute("transform");
      this.boxes.set(id, { ...this.boxes.get(id), ...place });
      for (const edge of this.edgesOf.get(id) ?? []) touched.add(edge);
    }
    if (ids.includes("input")) this.#places.set(`given:${this.store.path.join("/")}`, { x: this.boxes.get("input")?.x, y: this.boxes.get("input")?.y });
    for (const edge of touched) this.#curve(edge);
  }

  /** The box around these components, or around all. */
  extent(ids = [...this.boxes.keys()]) {
    return around(ids.map((id) => this.boxes.get(id)).filter(Boolean));
  }

  /**
   * Lays a ground under all that is drawn, which nobody sees or hits.
   *
   * Without it a browser that gives the scene a layer of its own compares the bounds of every sign with those of all
   * others, in every frame, to find out which of them may share it.
   */
  layGround() {
    const box = this.extent();
    if (!box) return;
    const room = 400;
    const sides = { x: box.x - room, y: box.y - room, width: box.w + 2 * room, height: box.h + 2 * room };
    for (const [name, value] of Object.entries(sides)) this.ground.setAttribute(name, Math.round(value));
  }

  /** The frame of a box that is being drawn to choose components; null takes it away. */
  showBox(box) {
    this.boxDrawn ??= this.overlay.appendChild(draw("rect", { class: "fl-choice", rx: 4 }));
    if (!box) {
      this.boxDrawn.remove();
      this.boxDrawn = null;
      return;
    }
    for (const [name, value] of [["x", box.x], ["y", box.y], ["width", box.w], ["height", box.h]]) this.boxDrawn.setAttribute(name, value);
  }
}

/** An empty canvas tells how to begin. */
export const emptyCanvas = (add) => el("div", { class: "fl-empty" },
  el("p", { class: "lead" }, "An empty flow"),
  el("p", { class: "note" }, "Add a component: most flows begin with “ChatInput” and end with “ChatOutput”."),
  el("button", { type: "button", class: "primary", onclick: add }, "Add a component"));
