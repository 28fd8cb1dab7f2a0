/**
 * Building elements. Text only ever arrives as text nodes, so no page title can become markup.
 */
import { plainText } from "./plain-text.js";

/** Attributes that are read as text. */
const readAttributes = new Set(["title", "aria-label", "placeholder", "alt"]);

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element.
 *
 * `props`: `class`, attributes by name, and `onclick`-like listeners; null, undefined and false are left out.
 * `children`: nodes and strings, nested as deep as is handy; null and false are left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if ((value ?? false) === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : readAttributes.has(name) ? plainText(String(value)) : value);
  }
  node.append(...children.flat(Infinity).filter((child) => (child ?? false) !== false)
    .map((child) => (typeof child === "string" ? plainText(child) : child)));
  return node;
}

/** `text` in pieces, its UTF-16 `ranges` as `<mark>`. Ranges that overlap or point outside are trimmed. */
export function marked(text, ranges) {
  const pieces = [];
  let at = 0;
  for (const [from, to] of [...(ranges ?? [])].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(from, at);
    const end = Math.min(to, text.length);
    if (!(start < end)) continue;
    pieces.push(plainText(text.slice(at, start)), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  pieces.push(plainText(text.slice(at)));
  return pieces;
}

/** About `length` characters of `text` around its first range, cut at words where a blank is near, with the ranges
 * moved along. */
export function excerpt(text, ranges, length) {
  const near = length / 5;
  const whole = (at) => (/[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at - 1 : at);
  const lead = Math.max(0, (ranges?.[0]?.[0] ?? 0) - Math.floor(length / 4));
  const word = text.indexOf(" ", lead) + 1;
  const start = lead === 0 ? 0 : word > 0 && word - lead < near ? word : whole(lead);
  const last = start + length;
  const blank = text.lastIndexOf(" ", last);
  const end = last >= text.length ? text.length : blank > start && last - blank < near ? blank : whole(last);
  const before = start > 0 ? "… " : "";
  return {
    text: before + text.slice(start, end) + (end < text.length ? " …" : ""),
    ranges: (ranges ?? []).filter(([from, to]) => to > start && from < end)
      .map(([from, to]) => [Math.max(from, start), Math.min(to, end)].map((i) => i - start + before.length)),
  };
}

const partSheets = new Map();

/**
 * Adds a part's own stylesheet and waits for it, so that nothing is shown without its looks.
 *
 * `isAhead`: it is only fetched, for when its part is shown; everything on the page is styled anew by one that holds.
 */
export function stylesheet(href, isAhead = false) {
  let sheet = partSheets.get(href);
  if (!sheet) {
    const link = el("link", { rel: "stylesheet", href, media: "not all" });
    const loaded = new Promise((done) => {
      link.addEventListener("load", done);
      // Asked for again the next time.
      link.addEventListener("error", () => { partSheets.delete(href); link.remove(); done(); });
    });
    sheet = { link, loaded };
    partSheets.set(href, sheet);
    document.head.append(link);
  }
  if (!isAhead) sheet.link.media = "all";
  return sheet.loaded;
}

/** Says `text` to a screen reader, once the present sentence is over. */
export function announce(text) {
  byId("live").textContent = plainText(text);
}

/** A button that copies what `text()` returns, and says so. */
export function copyButton(word, text, props = {}) {
  const button = el("button", { type: "button", class: "quiet", ...props }, word);
  button.addEventListener("click", async () => {
    // Over plain HTTP from another machine browsers offer no clipboard.
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.textContent = done ? "Copied" : "The browser refused";
    announce(button.textContent);
    setTimeout(() => { button.textContent = word; }, 1600);
  });
  return button;
}
