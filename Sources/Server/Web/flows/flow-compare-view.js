/** Two states of a flow, one picture: what was added, removed and changed, on a canvas and as a list. */
import { el } from "../shell/dom.js";
import { FlowCanvas } from "./flow-canvas.js";
import { differenceInWords, differenceOf } from "./flow-compare.js";
import { openDialog } from "./flow-dialog.js";
import { FlowStore } from "./flow-store.js";

/** Opens the comparison. `names` are those of the two states; `actions` as in openDialog. */
export function openComparison({ title, before, after, names, catalog, checked, actions = [] }) {
  const difference = differenceOf(before, after);
  const store = new FlowStore(difference.union, catalog);
  store.readOnly = "a comparison";
  store.comparison = difference;
  store.checked = checked;
  const canvas = new FlowCanvas(store, { openFields() {}, addComponent() {}, connect() {}, showKeys() {} }, { hasMap: false });
  canvas.notesOf = (id) => ({ change: difference.nodes.get(id) });
  const words = differenceInWords(difference);
  const list = el("ul", { class: "fl-changes" }, words.map((line) => el("li", { class: line.change },
    el("p", {}, el("strong", { class: `fl-badge ${line.change}` }, line.change), " ", el("span", { dir: "auto" }, line.text)),
    line.from !== undefined && el("dl", {}, el("dt", {}, names[0]), el("dd", { dir: "auto" }, line.from), el("dt", {}, names[1]), el("dd", { dir: "auto" }, line.to)))));
  return openDialog({
    title, wide: true, actions,
    body: el("div", { class: "fl-compare" }, canvas.frame,
      el("div", { class: "fl-compare-list", tabindex: "0", role: "group", "aria-label": "Differences" },
        el("p", { class: "note" }, words.length ? `From ${names[0]} to ${names[1]}: ${difference.count} ${difference.count === 1 ? "difference" : "differences"}.` : `${names[0]} and ${names[1]} are the same, but perhaps for places on the canvas.`), list)),
    onopen() {
      canvas.draw();
      canvas.fit();
    },
  });
}
