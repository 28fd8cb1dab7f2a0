/** What is in the menu of spaces and kinds that a question is asked of. */
import { byId, el } from "../shell/dom.js";
import { allKinds, kindName } from "../shell/format.js";
import { scopeWords } from "./scope.js";
import { heldWords } from "./standing.js";

/** Fills the menu from the spaces the reader may see; `change(filters)` is called with every tick. */
export function fillScope(spaces, filters, change) {
  const box = (key, value, name) => el("label", { class: "check" },
    el("input", {
      type: "checkbox", checked: (filters[key] ?? []).includes(value), id: `scope-${key}-${value}`,
      onchange: () => change(toggled(filters, key, value)),
    }), el("span", { dir: "auto" }, name));
  const focused = document.activeElement?.id;
  byId("scope-body").replaceChildren(
    spaces.length > 1 && el("fieldset", {}, el("legend", {}, "Only in"),
      spaces.map((space) => box("spaces", space.key, `${space.name} (${space.documents})`))) || "",
    el("fieldset", {}, el("legend", {}, "Only"),
      allKinds.map((kind) => box("kinds", kind, `${kindName(kind)}s`))));
  if (focused?.startsWith("scope-")) byId(focused)?.focus();
}

/** What a question was looked for in, for the middle of a sentence: “97 documents in Engineering Handbook”. */
export function scopeSentence(status, filters, about) {
  if (about) return `the page “${about.title}”`;
  const all = status ? heldWords(status) : "everything that you may read";
  const words = scopeWords(status?.spaces ?? [], filters);
  return words === "Everything" ? all : `${words} (of ${all})`;
}

/** `filters` with `value` under `key` put in or taken out. */
function toggled(filters, key, value) {
  const values = filters[key] ?? [];
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return { ...filters, [key]: next };
}
