/**
 * What stands within a line: markers, code, bold, links to cited pages, formulas, marked words. Nothing else is
 * interpreted: whatever looks like HTML is the text that it is.
 */
import { copyButton } from "../shell/copy.js";
import { el } from "../shell/dom.js";
import { plainText } from "../shell/plain-text.js";

const spans = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\[([^[\]\n]+)\]\((https?:\/\/[^\s()]+)\)/g;
let mathematics = null;
let loading = null;

/** Calls `again` once formulas can be drawn, when `text` may have some and they cannot yet. */
export function whenFormulas(text, again) {
  if (mathematics || !/[\\$]/.test(text)) return;
  // Without it the source of a formula stays to be read.
  loading ??= import("./mathml.js").then((module) => { mathematics = module; }, () => { loading = null; });
  loading.then(() => { if (mathematics) again(); });
}

/**
 * The nodes of `text` from `start` to `end`.
 *
 * `given`: `ranges` to mark; `markers` with `cite(n)`, the button of a citation or null; `links`, the addresses that may
 * be linked; `isPlain` where the text is a page's: stars and backticks are then its own.
 */
export function inlineNodes(text, start, end, given = {}) {
  const nodes = [];
  let at = start;
  if (!given.isPlain) {
    for (const found of text.slice(start, end).matchAll(spans)) {
      const [whole, code, bold, words, href] = found;
      const from = start + found.index;
      if ((given.markers ?? []).some(({ range }) => range[0] < from + 1 && range[1] > from)) continue;
      nodes.push(...withMarkers(text, at, from, given));
      at = from + whole.length;
      if (code) nodes.push(el("code", {}, code));
      else if (bold) nodes.push(el("strong", {}, inlineNodes(text, from + 2, at - 2, given)));
      else nodes.push(...linkNodes(words, href, given));
    }
  }
  return [...nodes, ...withMarkers(text, at, end, given)];
}

// A link leads to a cited page or nowhere: a page's text cannot send the reader elsewhere by an answer.
function linkNodes(words, href, { links }) {
  return links?.has(href)
    ? [el("a", { href, target: "_blank", rel: "noopener noreferrer" }, words, " ↗")]
    : [words, el("span", { class: "note" }, ` (${href})`)];
}

function withMarkers(text, start, end, given) {
  const nodes = [];
  let at = start;
  for (const { citation, range: [from, to] } of given.markers ?? []) {
    if (from < at || to > end) continue;
    const button = given.cite(citation);
    if (!button) continue;
    nodes.push(...withFormulas(text, at, from, given), button);
    at = to;
  }
  return [...nodes, ...withFormulas(text, at, end, given)];
}

function withFormulas(text, start, end, given) {
  const piece = text.slice(start, end);
  if (!mathematics || !/[\\$]/.test(piece)) return withMarks(text, start, end, given);
  const nodes = [];
  let at = start;
  for (const formula of mathematics.formulasIn(piece)) {
    const [from, to] = [start + formula.start, start + formula.end];
    const isAlone = formula.isDisplay || !`${text.slice(start, from)}${text.slice(to, end)}`.trim() && given.isBlock;
    const node = mathematics.formulaNode(formula.source, isAlone);
    const isMarked = (given.ranges ?? []).some(([a, b]) => b > from && a < to);
    nodes.push(...withMarks(text, at, from, given), isMarked ? el("mark", {}, node) : node);
    at = to;
  }
  return [...nodes, ...withMarks(text, at, end, given)];
}

/** A formula that stands alone, as a block. */
export const formulaBlock = (source) => (mathematics
  ? mathematics.formulaNode(source, true) : el("code", { class: "tex" }, source.trim()));

function withMarks(text, start, end, { ranges = [] }) {
  const nodes = [];
  let at = start;
  for (const [from, to] of ranges) {
    const [a, b] = [Math.max(from, at), Math.min(to, end)];
    if (a >= b) continue;
    nodes.push(plainText(text.slice(at, a)), el("mark", {}, text.slice(a, b)));
    at = b;
  }
  return [...nodes, plainText(text.slice(at, end))].filter(Boolean);
}

/** A table of `rows` of cells, each a list of nodes; the first row is its header. It scrolls in its own frame. */
export function tableNode(rows, name = "Table", props = {}) {
  const [head, ...body] = rows;
  // The corner of a table is often empty, and then not in its text.
  const header = body.length && body.every((cells) => cells.length === head.length + 1) ? [[], ...head] : head;
  const width = Math.max(...rows.map((cells) => cells.length));
  const filled = (cells) => [...cells, ...Array(width - cells.length).fill([])];
  return el("div", { class: "table", tabindex: "0", role: "group", "aria-label": name, ...props }, el("table", {},
    el("thead", {}, el("tr", {}, filled(header).map((cell) => (cell.length
      ? el("th", { scope: "col", dir: "auto" }, cell) : el("td"))))),
    el("tbody", {}, body.map((cells) => el("tr", {}, filled(cells).map((cell) => el("td", { dir: "auto" }, cell)))))));
}

/** A list of `block` in `blocksOf`'s form, `content(range)` its items' nodes. Items below items are set in. */
export function listNode({ type, parts, first = 1 }, content) {
  let number = first - 1;
  return el(type, {}, parts.map(([start, end, depth]) => el("li", {
    dir: "auto", class: depth ? "deep" : null, value: type === "ol" && !depth && (number += 1),
  }, content([start, end]))));
}

/** Code with a button that copies it. `title`: what the page calls it. */
export function codeNode(code, title = "") {
  const text = code.replace(/\n$/, "");
  const copy = copyButton("Copy", () => text);
  return el("div", { class: "code" }, title && el("div", { class: "row" }, el("p", { class: "note grow", dir: "auto" }, title), copy),
    el("pre", { tabindex: "0", "aria-label": title || "Code", role: "group" }, el("code", {}, text)), !title && copy);
}
