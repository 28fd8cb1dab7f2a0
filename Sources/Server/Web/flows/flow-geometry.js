/** Sizes and places on the canvas, in its own points. Nothing here asks the page for its layout. */


export const gridStep = 16;
export const nodeWidth = 208;
export const headHeight = 52;
const rowHeight = 22;
const footHeight = 8;

/** Width and height of a component with these ports. */
export const sizeOfNode = (ports) => ({
  w: nodeWidth,
  h: headHeight + Math.max(ports.inputs.length, ports.outputs.length, 1) * rowHeight + footHeight,
});

/** Where a port lies, from the component's corner; null for one that is not there. */
export function portOffset(ports, side, name) {
  if (side === "out" && name === "tool" && !ports.outputs.some((port) => port.name === "tool")) {
    return { x: nodeWidth, y: headHeight / 2 };
  }
  const at = (side === "in" ? ports.inputs : ports.outputs).findIndex((port) => port.name === name);
  return at < 0 ? null : { x: side === "in" ? 0 : nodeWidth, y: headHeight + (at + 0.5) * rowHeight };
}

/** The curve from an output to an input. One that runs backwards swings out further. */
export function edgeCurve(from, to) {
  const dx = to.x - from.x;
  const reach = dx >= 0 ? Math.max(36, Math.min(dx / 2, 180)) : Math.min(60 - dx / 3, 260);
  const r = (x) => Math.round(x * 10) / 10;
  return `M${r(from.x)} ${r(from.y)}C${r(from.x + reach)} ${r(from.y)} ${r(to.x - reach)} ${r(to.y)} ${r(to.x)} ${r(to.y)}`;
}

export const snapped = (value) => Math.round(value / gridStep) * gridStep;

/** The smallest box around boxes `{x, y, w, h}`; null for none. */
export function around(boxes) {
  if (!boxes.length) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x, y, w: Math.max(...boxes.map((box) => box.x + box.w)) - x, h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  };
}

export const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** A free place near `wanted` for a box of this size: to the right, then further down. */
export function freePlace(boxes, wanted, size) {
  const gap = gridStep;
  for (let n = 0; n < 400; n += 1) {
    const spot = { x: snapped(wanted.x + Math.floor(n / 20) * (nodeWidth + 48)), y: snapped(wanted.y + (n % 20) * 48) };
    const box = { x: spot.x - gap, y: spot.y - gap, w: size.w + 2 * gap, h: size.h + 2 * gap };
    if (!boxes.some((other) => overlaps(box, other))) return spot;
  }
  return { x: snapped(wanted.x), y: snapped(wanted.y) };
}

let ruler = null;
const cuts = new Map();

/** `text` cut to `width` points in a font, with an ellipsis; measured beside the page. */
export function fitted(text, width, font) {
  const key = `${font}|${width}|${text}`;
  const known = cuts.get(key);
  if (known !== undefined) return known;
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = font;
  let cut = text;
  if (text.length * 12 > width && ruler.measureText(text.slice(0, 400)).width > width) {
    const letters = [...text.slice(0, 400)];
    let [low, high] = [0, letters.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (ruler.measureText(`${letters.slice(0, middle).join("")}…`).width <= width) low = middle;
      else high = middle - 1;
    }
    cut = `${letters.slice(0, low).join("")}…`;
  }
  if (cuts.size > 20_000) cuts.clear();
  cuts.set(key, cut);
  return cut;
}
