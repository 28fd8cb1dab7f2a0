/** The canvas: window, scene, gestures and keys put together. */
import { announce, el } from "../shell/dom.js";
import { movedBy, listenToPointer } from "./flow-gestures.js";
import { listenToKeys } from "./flow-keys.js";
import { seedPlaces } from "./flow-actions.js";
import { graphAt, withGraphAt, withPlaces } from "./flow-model.js";
import { FlowMap } from "./flow-map.js";
import { decorateScene } from "./flow-marks.js";
import { emptyCanvas, FlowScene } from "./flow-scene.js";
import { FlowViewport } from "./flow-viewport.js";

const readable = 0.62;
/** A flow that is seen whole may be a little smaller. */
const whole = 0.5;
const keysNote = "Tab goes through the components, arrow keys move the one that has the focus, Enter opens its fields, "
  + "C connects it, A adds a component, Delete removes, Control Z undoes. Escape, then Tab leaves the canvas.";

export class FlowCanvas {
  noticeEnds = 0;
  choosing = false;

  /**
   * `actions`: what needs the rest of the editor: `openFields`, `addComponent`, `connect`, `showKeys`, `dropPart`;
   * `hasMap`: whether a small map of the whole is offered.
   */
  constructor(store, actions, { hasMap = true } = {}) {
    this.store = store;
    this.actions = actions;
    this.scene = new FlowScene();
    this.grid = el("div", { class: "fl-grid" });
    this.notice = el("div", { class: "fl-notice fl-over", hidden: true });
    this.hintBox = el("div", { class: "fl-hint fl-over", hidden: true });
    this.empty = el("div", { class: "fl-over", hidden: true }, emptyCanvas(() => actions.addComponent()));
    this.level = el("span", { class: "fl-level" }, "100 %");
    this.frame = el("div", {
      class: "fl-view", tabindex: "0", role: "application", "aria-label": "Canvas", "aria-roledescription": "canvas",
      "aria-describedby": "fl-keys-note",
    }, this.grid, this.scene.box, el("div", { class: "fl-shield" }), this.empty, this.notice, this.hintBox, this.#controls(),
    el("p", { class: "unseen", id: "fl-keys-note" }, keysNote));
    this.view = new FlowViewport(this.frame, this.scene.box, this.grid,
      { moved: () => this.#moved(), lifting: () => this.scene.layGround() });
    if (hasMap) {
      this.map = new FlowMap(this);
      this.frame.querySelector(".fl-controls").append(this.map.button);
      this.frame.append(this.map.node);
    }
    listenToPointer(this);
    listenToKeys(this);
    store.on((changed) => this.#changed(changed));
  }

  #controls() {
    const tool = (word, label, act) => el("button", { type: "button", "aria-label": label, title: label, onclick: act }, word);
    this.chooser = el("button", {
      type: "button", "aria-pressed": "false", title: "Draw a box to choose components (or hold Shift)",
      onclick: () => this.setChoosing(!this.choosing),
    }, "Select");
    return el("div", { class: "fl-controls fl-over", role: "group", "aria-label": "View" },
      tool("−", "Zoom out", () => this.view.zoomBy(1 / 1.25)), this.level, tool("+", "Zoom in", () => this.view.zoomBy(1.25)),
      tool("Fit", "Show the whole flow", () => this.fit()), this.chooser);
  }

  setChoosing(on) {
    this.choosing = on;
    this.chooser.setAttribute("aria-pressed", String(on));
    this.frame.classList.toggle("choosing", on);
  }

  #moved() {
    this.map?.follow();
    const level = `${Math.round(this.view.k * 100)} %`;
    if (level !== this.shownLevel) this.level.textContent = this.shownLevel = level;
    for (const [name, least] of [["far", 0.4], ["tiny", 0.2]]) {
      const is = this.view.k < least;
      if (is !== this[name]) this.frame.classList.toggle(name, this[name] = is);
    }
  }

  #changed(changed) {
    if (!this.frame.isConnected && !changed.has("shown")) return;
    if (changed.has("path") && this.notesOf) {
      this.draw();
      this.look();
    } else if (changed.has("doc") || changed.has("checked") || changed.has("shown")) this.draw();
    else this.decorate();
  }

  /** Draws what has changed. Components without a place get one first. */
  draw() {
    const places = seedPlaces(this.store);
    if (places) {
      const { store } = this;
      const placed = (flow) => withGraphAt(flow, store.path, withPlaces(graphAt(flow, store.path), places));
      const wasSaved = !store.dirty;
      store.doc = placed(store.doc);
      if (wasSaved) store.saved = store.doc;
    }
    this.scene.render(this.store);
    this.empty.hidden = this.store.graph.components.length > 0 || Boolean(this.store.readOnly);
    this.map?.update();
    this.decorate();
  }

  decorate() {
    decorateScene(this.scene, this.store, this.notesOf ?? (() => ({})));
  }

  fit() {
    const box = this.scene.extent();
    if (box) this.view.fit({ x: box.x, y: box.y - 16, w: box.w, h: box.h + 44 });
    else this.view.fit({ x: -300, y: -200, w: 600, h: 400 });
  }

  /** The first look: the whole flow where that can be read, else its beginning. */
  look() {
    const box = this.scene.extent();
    this.fit();
    if (!box || this.view.k >= whole) return;
    this.view.lookAt({ x: box.x, y: box.y + box.h / 2 }, readable);
  }

  hint(text) {
    this.hintBox.textContent = text;
    this.hintBox.hidden = !text;
  }

  focusRoot() { this.frame.focus({ preventScroll: true }); }

  /** Gives a component the focus, and brings it into sight. */
  focusNode(id, { reveal = true } = {}) {
    const drawn = this.scene.nodes.get(id);
    if (!drawn) return false;
    drawn.group.focus({ preventScroll: true });
    if (reveal) this.view.reveal(this.scene.boxes.get(id));
    return true;
  }

  get focusedNode() { return document.activeElement?.closest?.(".fl-node")?.dataset.id ?? null; }

  moveBy(ids, starts, by) {
    const real = new Map([...starts].filter(([id]) => id !== "input"));
    if (!real.size) return;
    this.store.apply(`move ${real.size === 1 ? "a component" : `${real.size} components`}`, movedBy(real, by));
  }

  sayChosen() {
    const n = this.store.selection.size;
    announce(n ? `${n} chosen` : "Nothing chosen");
  }
}
