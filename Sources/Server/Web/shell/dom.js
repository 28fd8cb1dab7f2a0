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

const partSheets = new Map();

/**
 * Adds a part's own stylesheet and waits for it, so that nothing is shown without its looks.
 *
 * `isAhead`: it is only fetched, for when its part is shown; everything on the page is styled anew by one that holds.
 * `isCommon`: it stands before the parts' own, which change what it says.
 */
export function stylesheet(href, isAhead = false, isCommon = false) {
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
    if (isCommon) document.head.querySelector("[rel=stylesheet]").after(link);
    else document.head.append(link);
  }
  if (!isAhead) sheet.link.media = "all";
  return sheet.loaded;
}

/** The looks of answers, tables and dialogs: of all but the page as it is before anything is asked. */
export const commonLooks = () => stylesheet("shell/parts.css", false, true);

/** Names the tab of the browser, which hears of it only when it changes. */
export function titled(text) {
  if (document.title !== text) document.title = text;
}

/** Says `text` to a screen reader, once the present sentence is over. */
export function announce(text) {
  byId("live").textContent = plainText(text);
}
