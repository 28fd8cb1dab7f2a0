/** What a point of the map is: a note beside it, and the points in view as a list. */
import { announce, el } from "../shell/dom.js";
import { count, kindName } from "../shell/format.js";

const tipPause = 60;
const listPause = 350;
const listStep = 20;

/** A point as the panel takes a passage. */
export const mapPassage = (point) => ({ ...point, chunk_id: point.id, text: point.excerpt, quote_ranges: [], ancestors: [] });

const pointWay = (point) => [point.space_name || point.space_key, ...(point.heading_path ?? []).filter((name) => name !== point.title),
  point.kind === "page" ? null : kindName(point.kind)].filter(Boolean).join(" › ");

/** The note beside the point that is pointed at. */
export class MapTip {
  #points;
  #timer = 0;
  #wanted = null;

  constructor(points) {
    this.#points = points;
    this.node = el("div", { class: "map-tip", "aria-hidden": "true", hidden: true });
  }

  /** Shows what `id` is, at (`x`, `y`) of `frame`; said as well when the keyboard went there. */
  show(id, x, y, frame, isSaid) {
    this.#wanted = id;
    this.node.style.left = `${Math.max(8, Math.min(x + 12, frame.clientWidth - this.#width(frame)))}px`;
    const isLow = y > frame.clientHeight * 0.6;
    this.node.style.top = isLow ? "auto" : `${y + 14}px`;
    this.node.style.bottom = isLow ? `${frame.clientHeight - y + 14}px` : "auto";
    const known = this.#points.known(id);
    if (known !== undefined) return this.#fill(known, isSaid);
    this.node.hidden = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        const [point] = await this.#points.all([id]);
        if (this.#wanted === id) this.#fill(point, isSaid);
      } catch { if (this.#wanted === id) this.#fill({ title: "What this is could not be loaded.", heading_path: [], kind: "page" }, isSaid); }
    }, tipPause);
  }

  hide() {
    this.#wanted = null;
    this.node.hidden = true;
  }

  stop() { clearTimeout(this.#timer); }

  #width(frame) { return Math.min(300, frame.clientWidth - 16) + 8; }

  #fill(point, isSaid) {
    const words = point ? [point.title, pointWay(point)] : ["You may no longer read this passage.", ""];
    this.node.replaceChildren(el("strong", { dir: "auto" }, words[0]), el("span", { class: "note", dir: "auto" }, words[1]),
      point?.excerpt ? el("span", { class: "tip-text", dir: "auto" }, point.excerpt) : "");
    this.node.hidden = false;
    if (isSaid) announce(words.filter(Boolean).join(", "));
  }
}

/** The points in view as a list, those in the middle first: the map without seeing it. */
export class MapList {
  #timer = 0;
  #abort = null;
  #many = listStep;

  constructor(scene, points, open) {
    Object.assign(this, { scene, points, open });
    this.body = el("div", { class: "stack" });
    this.node = el("details", { class: "map-list" }, el("summary", {}, "What is in view, as a list"), this.body);
    this.node.addEventListener("toggle", () => this.changed(0));
  }

  /** The view is another. */
  changed(pause = listPause) {
    clearTimeout(this.#timer);
    if (!this.node.open) return;
    this.#many = listStep;
    this.#timer = setTimeout(() => this.#fill(), pause);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #fill() {
    this.#abort?.abort();
    const { signal } = this.#abort = new AbortController();
    const { count: all, some } = this.scene.inView(this.#many);
    try {
      const known = (await this.points.all(some.map((index) => this.scene.map.ids[index]), signal)).filter(Boolean);
      const passages = known.map(mapPassage);
      this.body.replaceChildren(
        el("p", { class: "note", role: "status" }, all ? `${count(all, "passage")} in view, those in the middle first.` : "No passage is in view."),
        el("ol", { class: "point-list" }, passages.map((passage, index) => el("li", {},
          el("button", { type: "button", class: "title", dir: "auto", onclick: () => this.open(passage, passages) }, passage.title),
          el("span", { class: "note", dir: "auto" }, pointWay(known[index]))))),
        some.length < all ? el("button", { type: "button", onclick: () => this.#more() }, "More") : "");
    } catch (error) {
      if (error.name === "AbortError") return;
      this.body.replaceChildren(el("p", { class: "note" }, `The list could not be loaded: ${error.message}. `,
        el("button", { type: "button", onclick: () => this.#fill() }, "Retry")));
    }
  }

  async #more() {
    const from = this.#many;
    this.#many += listStep;
    await this.#fill();
    this.body.querySelectorAll("li button")[from]?.focus();
  }
}
