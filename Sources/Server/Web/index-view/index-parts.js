/** What the views of Index and Evaluate are made of: numbers, sizes, times, drawings beside a table. */
import { plainText } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { addressOf } from "../shell/place.js";
import { accessPair, cardTable } from "../access/access-parts.js";

const wholeFormat = new Intl.NumberFormat("en");
const sizeUnits = ["B", "kB", "MB", "GB", "TB"];
const drawingSpace = "http://www.w3.org/2000/svg";

/** A place of the Index page. */
export const indexPlace = (path = [], query = {}) => ({ tab: "index", path, query });

/** The address of a trace: one click from whatever was slow, wrong or failed. */
export const traceAddress = (id) => addressOf(indexPlace(["trace", id]));

/** `1,204`; an en dash for what is not known. */
export const whole = (n) => (n === null || n === undefined ? "–" : wholeFormat.format(n));

/** `18.4 MB`. */
export function bytesText(n) {
  if (n === null || n === undefined) return "–";
  const step = Math.min(sizeUnits.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  const size = n / 1000 ** step;
  return `${step && size < 99.5 ? size.toFixed(1) : Math.round(size)} ${sizeUnits[step]}`;
}

/** `0.42 ms`, `18 ms`, `2.4 s`, `3 min 5 s`. */
export function millis(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms === 0) return "0 ms";
  if (ms >= 59_950) return `${wholeFormat.format(Math.floor(Math.round(ms / 1000) / 60))} min ${Math.round(ms / 1000) % 60} s`;
  if (ms >= 999.5) return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
  return `${ms < 9.995 ? ms.toFixed(2) : ms < 99.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** `93.4 %`. */
export const percent = (share) => (share === null || share === undefined ? "–" : `${(share * 100).toFixed(1)} %`);

/** A list of terms and what is to be said of each: `[term, value, note]`. */
export const figureList = (pairs) => el("dl", { class: "figures" }, pairs.filter(Boolean)
  .map(([term, value, note]) => accessPair(term, value, note && el("span", { class: "note figure-note" }, note))));

/** An element of SVG. */
export function drawn(name, attributes = {}, ...children) {
  const node = document.createElementNS(drawingSpace, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child ?? false)
    .map((child) => (typeof child === "string" ? plainText(child) : child)));
  return node;
}

/** A part of a view under its own heading. */
export const viewPart = (words, about, ...content) => el("section", { class: "part" },
  el("h2", {}, words), about && el("p", { class: "note measure" }, about), content);

/** The same in numbers: a table under a drawing, folded. */
export const inNumbers = (caption, heads, rows) => el("details", { class: "in-numbers" },
  el("summary", {}, "In numbers"), cardTable(caption, heads, rows, { class: "cards-table numbers-table" }));
