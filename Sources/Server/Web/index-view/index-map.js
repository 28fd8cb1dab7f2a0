/** The map: every passage as a point, near to those that mean the same. To look at, point at, and go through by keyboard. */
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessHeading, understood } from "../access/access-parts.js";
import { whole } from "./index-parts.js";
import { askForMap, MapPoints } from "./index-map-file.js";
import { mapLegend, rgbOf } from "./index-map-legend.js";
import { MapList, mapPassage, MapTip } from "./index-map-points.js";
import { mapHands } from "./index-map-hands.js";
import { MapScene } from "./index-map-scene.js";

const makingPause = 1000;
const changedPause = 15_000;

export function mapView({ shell }) {
  const body = el("div", { class: "stack" });
  let shown = null;
  let timer = 0;
  let abort = null;

  async function load() {
    clearTimeout(timer);
    abort?.abort();
    const { signal } = abort = new AbortController();
    try {
      const { map, progress } = await askForMap(signal);
      if (!map) {
        showMaking(body, progress);
        timer = setTimeout(load, makingPause);
        return;
      }
      if (!map.header.is_current) timer = setTimeout(load, changedPause);
      if (shown?.map === map) return;
      shown?.stop();
      shown = map.header.count ? new MapFrame(map, shell) : null;
      body.replaceChildren(shown?.node ?? el("p", { class: "lead" }, "There is nothing to draw yet."));
      announce(map.header.count ? `The map of ${count(map.header.count, "passage")} is there.` : "There is nothing to draw yet.");
    } catch (error) {
      if (error.name === "AbortError") return;
      shown?.stop();
      shown = null;
      body.replaceChildren(problemNote(understood(error), { retry: load }));
    }
  }

  return {
    node: el("div", { class: "stack" },
      accessHeading("Map", "Every passage is a point; passages that mean nearly the same lie close together."), body),
    show() {
      if (!body.firstChild) body.append(el("p", { class: "note", role: "status" }, "Loading the map …"));
      load();
    },
    leave() {
      abort?.abort();
      clearTimeout(timer);
      shown?.stop();
    },
  };
}

function showMaking(body, progress) {
  const bar = body.querySelector("progress") ?? el("progress", { max: "1", "aria-label": "The map is being made" });
  bar.value = progress ?? 0;
  if (!bar.isConnected) {
    body.replaceChildren(el("p", { role: "status" }, "The map is being made. It comes by itself."), bar);
  }
}

/** The map on the page, with its legend and its list. */
class MapFrame {
  #points = new MapPoints();
  #stops = [];

  constructor(map, shell) {
    this.map = map;
    this.canvas = el("canvas", {
      id: "map", tabindex: "0", role: "application", "aria-label": `Map of ${count(map.header.count, "passage")}`, "aria-describedby": "map-keys",
    });
    this.scene = new MapScene(this.canvas, map);
    this.tip = new MapTip(this.#points);
    this.list = new MapList(this.scene, this.#points, (passage, all) => shell.openPanel(passage, all));
    this.legendBox = el("div", { class: "legend-box" });
    this.frame = el("div", { class: "map-frame" }, this.canvas, this.tip.node, this.#buttons());
    this.node = el("div", { class: "stack" }, this.#notes(),
      el("div", { class: "map-with-legend" }, this.frame, el("div", { class: "stack legend-side" }, this.#chooser(), this.legendBox)),
      el("p", { class: "note", id: "map-keys" }, "Drag to move, scroll or pinch to go closer. With the map in focus: arrow keys go from point to point, "
        + "Shift with them moves the map, + and − go closer and farther, 0 shows all, Enter opens the passage."),
      this.list.node);
    this.#showLegend();
    const hands = mapHands(this.canvas, this.scene, {
      moved: () => { this.scene.draw(); this.#showTip(); this.list.changed(); },
      pointed: (index, isByKey) => this.#point(index, isByKey),
      opened: (index) => this.#open(index, shell),
    });
    const size = new ResizeObserver(() => {
      this.scene.resize(this.frame.clientWidth, this.frame.clientHeight);
      this.list.changed();
    });
    size.observe(this.frame);
    const theme = new MutationObserver(() => this.#takeColours());
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => this.#takeColours();
    dark.addEventListener("change", changed);
    this.#stops = [hands, () => size.disconnect(), () => theme.disconnect(), () => dark.removeEventListener("change", changed)];
    requestAnimationFrame(changed);
  }

  stop() {
    for (const stop of this.#stops) stop();
    this.tip.stop();
    this.list.stop();
    this.scene.stop();
  }

  #notes() {
    const { header } = this.map;
    return el("p", { class: "note" }, [
      `${count(header.count, "passage")} that you may read` + (header.is_sample ? ", a sample of what the index has" : ""),
      header.method === "none" ? "too few to lay out" : null,
      header.is_current ? null : "the pages have changed since; a new map is being made and comes by itself",
    ].filter(Boolean).join("; "), ".");
  }

  #buttons() {
    const button = (words, label, act) => el("button", { type: "button", "aria-label": label, onclick: () => {
      act();
      this.#showTip();
      this.list.changed();
    } }, words);
    return el("div", { class: "map-buttons", role: "group", "aria-label": "Map" },
      button("+", "Closer", () => this.scene.zoomAt(1.6)), button("−", "Farther", () => this.scene.zoomAt(1 / 1.6)),
      button("All", "Show all", () => this.scene.fit()));
  }

  #chooser() {
    const by = el("select", { id: "map-by" }, el("option", { value: "space" }, "space"), el("option", { value: "kind" }, "kind"));
    by.addEventListener("change", () => {
      this.scene.by = by.value;
      this.scene.hidden.clear();
      this.#showLegend();
      this.#takeColours();
      this.list.changed();
    });
    return el("div", { class: "field" }, el("label", { for: "map-by" }, "Coloured by"), by);
  }

  #showLegend() {
    this.legend = mapLegend({
      groups: this.map.header[`${this.scene.by}s`], hidden: this.scene.hidden,
      changed: () => {
        if (this.scene.pointed >= 0 && !this.scene.isShown(this.scene.pointed)) this.#point(-1);
        this.scene.draw();
        this.list.changed();
      },
      pointed: (group) => { this.scene.emphasised = group; this.scene.draw(); },
    });
    this.scene.emphasised = -1;
    this.legendBox.replaceChildren(this.legend.node);
  }

  #takeColours() {
    const { backgroundColor, color } = getComputedStyle(this.frame);
    this.scene.colours = { groups: this.legend.colours(), ground: rgbOf(backgroundColor), ring: rgbOf(color) };
    this.scene.draw();
  }

  #point(index, isByKey = false) {
    if (this.scene.pointed === index) return;
    this.scene.pointed = index;
    // The keyboard brings what it points at into view.
    if (isByKey && index >= 0 && !this.scene.isInView(index, 24)) {
      [this.scene.x, this.scene.y] = [this.map.x[index], this.map.y[index]];
      this.list.changed();
    }
    this.scene.draw();
    this.#showTip(isByKey);
  }

  #showTip(isByKey = false) {
    const { pointed } = this.scene;
    if (pointed < 0 || !this.scene.isInView(pointed)) return this.tip.hide();
    this.tip.show(this.map.ids[pointed], ...this.scene.place(pointed), this.frame, isByKey);
  }

  async #open(index, shell) {
    try {
      const [point] = await this.#points.all([this.map.ids[index]]);
      if (point) shell.openPanel(mapPassage(point));
      else announce("You may no longer read this passage.");
    } catch { announce(`Passage ${whole(this.map.ids[index])} could not be loaded.`); }
  }
}
