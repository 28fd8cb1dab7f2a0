/** Which spaces and kinds a question is asked of: the small menu in the question box. */
import { byId, commonLooks } from "../shell/dom.js";
import { count, kindName } from "../shell/format.js";
import { partOf } from "../shell/loading.js";
import { plainText } from "../shell/plain-text.js";

const menu = byId("scope");
// Nobody sees it before it is opened.
let fill = () => {};
menu.addEventListener("toggle", () => { if (menu.open) fill(); });

/** Fills the menu from the spaces the reader may see; `change(filters)` is called with every tick. Not there while a
 * question is about one page (`isAbout`). */
export function showScope(spaces, filters, change, isAbout = false) {
  menu.hidden = isAbout;
  const words = plainText(scopeWords(spaces, filters));
  if (byId("scope-label").textContent !== words) byId("scope-label").textContent = words;
  const mine = fill = async () => {
    const parts = await partOf(() => Promise.all([import("./turn-parts.js"), commonLooks()]));
    if (mine === fill) parts?.[0].turnParts.fillScope(spaces, filters, change);
  };
  if (menu.open) fill();
}

/** “Everything”, “Engineering Handbook”, “2 spaces, pages and comments”. */
export function scopeWords(spaces, { spaces: keys = [], kinds = [] }) {
  const where = keys.length === 1
    ? spaces.find((space) => space.key === keys[0])?.name ?? keys[0]
    : keys.length && count(keys.length, "space");
  const what = kinds.map((kind) => `${kindName(kind)}s`).join(" and ");
  return [where, what].filter(Boolean).join(", ") || "Everything";
}

/** Opens the menu and takes the keyboard there. */
export function openScope() {
  if (menu.hidden) return;
  menu.open = true;
  menu.querySelector("summary").focus();
  menu.scrollIntoView({ block: "nearest" });
}
