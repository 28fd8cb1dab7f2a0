/** The window onto the canvas: what part is shown, how large. Only one transform changes when it moves. */
import { gridStep } from "./flow-geometry.js";

const limits = { least: 0.05, most: 2.5 };

export class FlowViewport {
  x = 0;
  y = 0;
  k = 1;
  #settling = 0;
  #frame = 0;
  #lifted = false;
  #wasLifted = false;

  /**
   * `frame` is the window, `scene` what lies in it, `grid` the dots behind; `moved()` is called after each step,
   * `lifting()` before the first of many.
   */
  constructor(frame, scene, grid, { moved, lifting } = {}) {
    Object.assign(this, { frame, scene, grid, moved, lifting });
    this.rect = { left: 0, top: 0, width: 800, height: 600 };
    this.watch = new ResizeObserver(() => this.measure());
    this.watch.observe(frame);
  }

  /** The window's place on the page; asked for when a gesture begins, never while it lasts. */
  measure() {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    if (width) this.rect = { left, top, width, height };
  }

  toGraph(clientX, clientY) {
    return { x: (clientX - this.rect.left - this.x) / this.k, y: (clientY - this.rect.top - this.y) / this.k };
  }

  get centre() { return this.toGraph(this.rect.left + this.rect.width / 2, this.rect.top + this.rect.height / 2); }

  panBy(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#show({ lifted: true });
  }

  /** Moves a point of the graph into the middle of the window. */
  centreOn({ x, y }) {
    this.panBy(this.rect.width / 2 - x * this.k - this.x, this.rect.height / 2 - y * this.k - this.y);
  }

  /** Zooms so that what lies under the pointer stays there. */
  zoomAt(clientX, clientY, factor) {
    const k = Math.min(limits.most, Math.max(limits.least, this.k * factor));
    const [px, py] = [clientX - this.rect.left, clientY - this.rect.top];
    this.x = px - ((px - this.x) * k) / this.k;
    this.y = py - ((py - this.y) * k) / this.k;
    this.k = k;
    this.#show();
  }

  zoomBy(factor) {
    this.zoomAt(this.rect.left + this.rect.width / 2, this.rect.top + this.rect.height / 2, factor);
  }

  /** Shows a box whole, no larger than life. */
  fit(box, most = 1) {
    if (!box) return;
    this.measure();
    const room = 40;
    const k = Math.min(most, (this.rect.width - 2 * room) / box.w, (this.rect.height - 2 * room) / box.h);
    this.k = Math.min(limits.most, Math.max(limits.least, k));
    this.x = (this.rect.width - box.w * this.k) / 2 - box.x * this.k;
    this.y = (this.rect.height - box.h * this.k) / 2 - box.y * this.k;
    this.#show();
  }

  /** Shows a point at the left, in the middle of the height. */
  lookAt({ x, y }, k) {
    this.k = k;
    this.x = 32 - x * k;
    this.y = this.rect.height / 2 - y * k;
    this.#show();
  }

  /** Moves as little as is needed to have a box in sight. */
  reveal(box, room = 24) {
    const left = box.x * this.k + this.x;
    const top = box.y * this.k + this.y;
    const over = (start, length, size) => {
      if (start < room) return room - start;
      return start + length > size - room ? Math.max(room - start, size - room - start - length) : 0;
    };
    const dx = over(left, box.w * this.k, this.rect.width);
    const dy = over(top, box.h * this.k, this.rect.height);
    if (dx || dy) this.panBy(dx, dy);
  }

  // While it is only moved the scene has a layer of its own: nothing in it is drawn anew for a frame.
  #lift(on) {
    if (on === this.#lifted) return;
    this.#lifted = on;
    if (on) this.lifting?.();
    this.#wasLifted ||= on;
    this.frame.classList.toggle("moving", on);
  }

  // A layer is drawn far beyond the window, and a browser goes on with that when it is none any more. A box that was
  // placed in the page's flow, if only until the next line, is drawn as one that has never been a layer.
  #beginAnew() {
    const { style } = this.scene;
    const { transform } = style;
    Object.assign(style, { position: "static", transform: "none" });
    void this.scene.offsetWidth;
    Object.assign(style, { position: "", transform });
    this.#wasLifted = false;
  }

  #settle(step) {
    this.#settling = 0;
    this.#lift(false);
    if (this.#wasLifted) this.#beginAnew();
    if (this.step !== step) {
      this.step = step;
      this.grid.style.backgroundSize = `${step}px ${step}px`;
    }
    this.grid.style.visibility = "";
  }

  // Once a frame.
  #show({ lifted = false } = {}) {
    this.#lift(lifted);
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const { x, y, k } = this;
      this.scene.style.transform = `translate(${x}px,${y}px) scale(${k})`;
      let step = gridStep * k;
      while (step < 12) step *= 4;
      // Dots of another size are drawn once the size stays.
      if (this.step !== step) this.grid.style.visibility = "hidden";
      this.grid.style.transform = `translate(${x % step}px,${y % step}px)`;
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#settle(step), 250);
      this.moved?.(this);
    });
  }
}
