/**
 * Draws the map: every point as a small disc, written straight into the picture, so that a hundred thousand of them move
 * with the pointer.
 */

const mapSide = 65_536;
/** How far the map can be zoomed into, in times of all of it. */
const closest = 400;
const dimmed = 0.16;

export class MapScene {
  /** Index of the point that is pointed at, or -1. */
  pointed = -1;
  /** Index of the group that stands out, or -1. */
  emphasised = -1;
  /** Which of the columns colours: `space` or `kind`. */
  by = "space";
  /** Groups of that column that are left out. */
  hidden = new Set();
  /** `[r, g, b]` by group, of the ground, and of the ring. */
  colours = { groups: [], ground: [255, 255, 255], ring: [0, 0, 0] };
  #context;
  #picture = null;
  #frame = 0;

  constructor(canvas, map) {
    this.canvas = canvas;
    this.map = map;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.fit();
  }

  get count() { return this.map.ids.length; }

  /** How close it is looked at: 1 for all of it. */
  get zoom() { return this.scale / this.#wholeScale; }

  get #wholeScale() { return (0.94 * Math.min(this.width || 1, this.height || 1)) / mapSide; }

  /** Takes the size of its frame, in CSS pixels, and keeps what is in the middle there. */
  resize(width, height) {
    const zoom = this.width ? this.zoom : 1;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    [this.width, this.height] = [width, height];
    [this.canvas.width, this.canvas.height] = [width, height].map((side) => Math.max(1, Math.round(side * this.ratio)));
    this.scale = zoom * this.#wholeScale;
    this.#picture = null;
    this.draw();
  }

  /** Shows all of it. */
  fit() {
    [this.x, this.y] = [mapSide / 2, mapSide / 2];
    this.scale = this.#wholeScale;
    this.draw();
  }

  /** Moves what is seen by so many pixels. */
  pan(dx, dy) {
    this.x = within(this.x - dx / this.scale, 0, mapSide);
    this.y = within(this.y + dy / this.scale, 0, mapSide);
    this.draw();
  }

  /** Goes closer by `factor`; what is at (`px`, `py`) stays there. */
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const before = this.scale;
    this.scale = within(before * factor, this.#wholeScale * 0.5, this.#wholeScale * closest);
    const moved = 1 / before - 1 / this.scale;
    this.x = within(this.x + (px - this.width / 2) * moved, 0, mapSide);
    this.y = within(this.y - (py - this.height / 2) * moved, 0, mapSide);
    this.draw();
  }

  /** Where a point is, in CSS pixels from the upper left. */
  place(index) {
    return [(this.map.x[index] - this.x) * this.scale + this.width / 2,
      this.height / 2 - (this.map.y[index] - this.y) * this.scale];
  }

  isShown(index) { return !this.hidden.has(this.map[this.by][index]); }

  isInView(index, margin = 0) {
    const [px, py] = this.place(index);
    return px >= margin && py >= margin && px <= this.width - margin && py <= this.height - margin;
  }

  /** The point nearest to a place, at most `reach` pixels away; -1 for none. */
  nearest(px, py, reach = 14) {
    let [best, least] = [-1, reach * reach];
    for (let i = 0; i < this.count; i += 1) {
      const dx = (this.map.x[i] - this.x) * this.scale + this.width / 2 - px;
      const dy = this.height / 2 - (this.map.y[i] - this.y) * this.scale - py;
      const far = dx * dx + dy * dy;
      if (far < least && this.isShown(i)) [best, least] = [i, far];
    }
    return best;
  }

  /** The next point in a direction from the one pointed at, one that can be told from it; without one, the middle's. */
  next(dx, dy) {
    if (this.pointed < 0) return this.nearest(this.width / 2, this.height / 2, Infinity);
    const [x, y] = this.place(this.pointed);
    let [best, least] = [-1, Infinity];
    for (let i = 0; i < this.count; i += 1) {
      const [px, py] = this.place(i);
      const along = (px - x) * dx + (py - y) * dy;
      const aside = Math.abs((px - x) * dy + (py - y) * dx);
      // Ahead rather than aside, and not on the same spot.
      const far = along + 2 * aside;
      if (along > 4 && aside <= along && far < least && this.isShown(i)) [best, least] = [i, far];
    }
    return best;
  }

  /** Points that are seen, those in the middle first. */
  inView(most) {
    const found = [];
    for (let i = 0; i < this.count; i += 1) {
      if (!this.isShown(i) || !this.isInView(i)) continue;
      const [px, py] = this.place(i);
      found.push([i, (px - this.width / 2) ** 2 + (py - this.height / 2) ** 2]);
    }
    found.sort((a, b) => a[1] - b[1]);
    return { count: found.length, some: found.slice(0, most).map(([index]) => index) };
  }

  /** Draws once, however often it is called before the next frame. */
  draw() {
    if (!this.width) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawPoints();
      this.#drawRing();
    });
  }

  stop() { cancelAnimationFrame(this.#frame); }

  #radius() {
    const base = this.count > 30_000 ? 1.1 : this.count > 5000 ? 1.7 : this.count > 600 ? 2.6 : 4;
    return base * within(this.zoom ** 0.4, 1, 3.5) * this.ratio;
  }

  #drawPoints() {
    const { map, ratio, scale } = this;
    const disc = discOf(this.#radius());
    // Wider than the canvas by a disc on each side: none is cut while it is drawn.
    const pad = disc.reach + 1;
    const [wide, high] = [this.canvas.width + 2 * pad, this.canvas.height + 2 * pad];
    if (this.#picture?.width !== wide || this.#picture?.height !== high) this.#picture = this.#context.createImageData(wide, high);
    const pixels = new Uint32Array(this.#picture.data.buffer);
    pixels.fill(packed(this.colours.ground));
    const column = map[this.by];
    const colours = this.colours.groups.map((colour, group) =>
      (this.emphasised < 0 || this.emphasised === group ? colour : mixed(colour, this.colours.ground, dimmed)));
    const solid = Uint32Array.from(colours, packed);
    const hidden = Uint8Array.from(colours, (_, group) => (this.hidden.has(group) ? 1 : 0));
    const offsets = disc.inner.map(([dx, dy]) => dy * wide + dx);
    const rim = disc.rim.map(([dx, dy, part]) => [dy * wide + dx, part]);
    const [left, top] = [(this.width / 2) * ratio + pad, (this.height / 2) * ratio + pad];
    const step = scale * ratio;
    // What stands out is drawn over the rest.
    for (const isOver of this.emphasised < 0 ? [false] : [false, true]) {
      for (let i = 0; i < column.length; i += 1) {
        const group = column[i];
        if (hidden[group] || (this.emphasised >= 0 && (group === this.emphasised) !== isOver)) continue;
        const px = Math.round((map.x[i] - this.x) * step + left);
        const py = Math.round(top - (map.y[i] - this.y) * step);
        if (px < pad - 1 || py < pad - 1 || px > wide - pad || py > high - pad) continue;
        const at = py * wide + px;
        for (let k = 0; k < offsets.length; k += 1) pixels[at + offsets[k]] = solid[group];
        for (let k = 0; k < rim.length; k += 1) {
          const spot = at + rim[k][0];
          pixels[spot] = blended(pixels[spot], solid[group], rim[k][1]);
        }
      }
    }
    this.#context.putImageData(this.#picture, -pad, -pad);
  }

  #drawRing() {
    if (this.pointed < 0) return;
    const [px, py] = this.place(this.pointed);
    const context = this.#context;
    context.beginPath();
    context.arc(px * this.ratio, py * this.ratio, this.#radius() + 4 * this.ratio, 0, 2 * Math.PI);
    // Seen on points of any colour.
    for (const [colour, width] of [[this.colours.ground, 6], [this.colours.ring, 2.5]]) {
      context.strokeStyle = `rgb(${colour.join(" ")})`;
      context.lineWidth = width * this.ratio;
      context.stroke();
    }
  }
}

const within = (value, low, high) => Math.min(high, Math.max(low, value));
const packed = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
const mixed = (a, b, part) => a.map((value, i) => Math.round(value * part + b[i] * (1 - part)));

/** `over` on `under`, `part` of 256; red and blue at once, green beside them. */
function blended(under, over, part) {
  const rest = 256 - part;
  const rb = (((under & 0xff00ff) * rest + (over & 0xff00ff) * part) >>> 8) & 0xff00ff;
  const g = (((under & 0xff00) * rest + (over & 0xff00) * part) >>> 8) & 0xff00;
  return (0xff000000 | rb | g) >>> 0;
}

/** The pixels of a disc: those that are all its own, and those at its rim with their part of 256. */
function discOf(radius) {
  const reach = Math.ceil(radius + 0.5);
  const disc = { reach, inner: [], rim: [] };
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const part = within(radius + 0.5 - Math.hypot(dx, dy), 0, 1);
      if (part === 1) disc.inner.push([dx, dy]);
      else if (part > 0.04) disc.rim.push([dx, dy, Math.round(part * 256)]);
    }
  }
  return disc;
}
