/** What the map's colours mean. Each group can be left out, and stands out while it is pointed at. */
import { el } from "../shell/dom.js";
import { kindName } from "../shell/format.js";
import { whole } from "./index-parts.js";

/** Groups with a colour of their own; the rest share one. */
const ownColours = 8;

/** `changed()` after a group was left out or taken in; `pointed(group)` while one is pointed at, -1 after that. */
export function mapLegend({ groups, hidden, changed, pointed }) {
  const ranks = new Map(groups.map((group, index) => [index, group.count]).sort((a, b) => b[1] - a[1])
    .map(([index], rank) => [index, rank]));
  const swatches = groups.map((_, index) => {
    const rank = ranks.get(index);
    return el("span", { class: `swatch map-${rank < ownColours ? rank + 1 : "rest"}`, "aria-hidden": "true" });
  });
  const rows = [...ranks.keys()].map((index) => {
    const group = groups[index];
    const box = el("input", { type: "checkbox", checked: !hidden.has(index), onchange: () => {
      if (box.checked) hidden.delete(index);
      else hidden.add(index);
      changed();
    } });
    const row = el("li", {}, el("label", { class: "check legend-row" }, box, swatches[index],
      el("span", { class: "legend-name", dir: "auto" }, groupName(group)), el("span", { class: "note" }, whole(group.count))),
    el("button", { type: "button", class: "quiet legend-only", onclick: () => {
      const isOnly = hidden.size === groups.length - 1 && !hidden.has(index);
      hidden.clear();
      if (!isOnly) groups.forEach((_, other) => { if (other !== index) hidden.add(other); });
      boxes.forEach((other, i) => { other.checked = !hidden.has([...ranks.keys()][i]); });
      changed();
    } }, "Only", el("span", { class: "unseen" }, ` ${groupName(group)}`)));
    for (const [on, off] of [["pointerenter", "pointerleave"], ["focusin", "focusout"]]) {
      row.addEventListener(on, () => pointed(index));
      row.addEventListener(off, () => pointed(-1));
    }
    return row;
  });
  const boxes = rows.map((row) => row.querySelector("input"));
  return {
    node: el("ul", { class: "legend" }, rows),
    /** The colours as the theme has them now. */
    colours: () => swatches.map((swatch) => rgbOf(getComputedStyle(swatch).backgroundColor)),
  };
}

/** What a group of the map is called. */
export const groupName = (group) => group.name || group.key || kindName(group.kind);

/** `[r, g, b]` of a computed colour. */
export const rgbOf = (colour) => (colour.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
