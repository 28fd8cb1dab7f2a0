/** The bar above an open flow, and what it says of unsaved work, conflicts and flows that may only be read. */
import { el } from "../shell/dom.js";
import { canvasKeys } from "./flow-keys.js";
import { openDialog } from "./flow-dialog.js";
import { isolated, plainText } from "../shell/plain-text.js";
import { isOver } from "./flow-run.js";

/** The bar. `acts` are what its buttons do. Returns `{node, update(), showView(view)}`. */
export function flowBar(editor, acts) {
  const { store } = editor;
  const button = (word, act, props = {}) => el("button", { type: "button", onclick: act, ...props }, word);
  const name = el("h1", { class: "fl-heading", dir: "auto" });
  const state = el("p", { class: "note fl-state", role: "status" });
  const add = button("Add", acts.add, { class: "quiet fl-add-button", "data-edits": "", title: "Add a component" });
  const fields = button("Fields", () => editor.openFields(), { class: "quiet fl-fields-button" });
  const undo = button("Undo", acts.undo, { class: "quiet fl-bar-step" });
  const redo = button("Redo", acts.redo, { class: "quiet fl-bar-step" });
  const save = button("Save", () => editor.save());
  const run = button("Run", acts.run, { class: "primary" });
  const toCanvas = button("Canvas", () => acts.view("canvas"), { "aria-pressed": "true" });
  const toTable = button("Table", () => acts.view("table"), { "aria-pressed": "false" });
  const item = (word, act, edits = false) => button(word, () => { menu.open = false; act(); }, { class: "quiet", "data-edits": edits ? "" : null });
  // What stands in the bar where there is room for it.
  const narrow = (entry) => { entry.classList.add("fl-overflow"); return entry; };
  const [undoItem, redoItem] = [["Undo", acts.undo], ["Redo", acts.redo]].map(([word, act]) => narrow(item(word, act, true)));
  const [canvasItem, tableItem] = ["canvas", "table"].map((view) => narrow(item(`Show as ${view}`, () => acts.view(view))));
  const menu = el("details", { class: "menu fl-more" }, el("summary", {}, el("span", {}, "More")), el("div", { class: "menu-body" },
    undoItem, redoItem, canvasItem, tableItem,
    item("Add a component", acts.add, true), item("Tidy up", acts.tidy, true), item("Publish this version", acts.publish, true),
    item("Versions", () => acts.panel("versions")), item("Make a copy", acts.copy), item("Export for Langflow", acts.exportLangflow), item("Export as Millrace’s JSON", acts.exportOwn),
    item("Keys of the canvas", showKeysDialog), item("Delete the flow", acts.remove, true)));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const node = el("header", { class: "fl-bar" },
    el("a", { class: "fl-back", href: "#flows", "aria-label": "All flows" }, "‹ Flows"),
    el("div", { class: "fl-naming" }, name, state),
    el("div", { class: "fl-switch-view", role: "group", "aria-label": "Show as" }, toCanvas, toTable), fields, add, undo, redo, save, run, menu);
  const update = () => {
    const { meta } = editor;
    name.textContent = isolated(store.doc.name || "Without a name");
    name.title = plainText(store.doc.name);
    const version = meta.version ? `version ${meta.version}` : "from the settings";
    const published = meta.published ? (meta.published === meta.version ? ", published" : `, version ${meta.published} is published`) : "";
    state.textContent = editor.saving && !editor.deciding ? "Saving…" : store.readOnly ? `${version}${published}, only to read` : editor.dirty ? `Not saved, began from ${version}` : `Saved, ${version}${published}`;
    state.classList.toggle("unsaved", editor.dirty && !store.readOnly);
    const last = (list) => list.at(-1)?.label;
    undo.disabled = !store.past.length || Boolean(store.readOnly);
    redo.disabled = !store.future.length || Boolean(store.readOnly);
    undo.title = last(store.past) ? plainText(`Undo: ${last(store.past)}`) : "Nothing to undo";
    redo.title = last(store.future) ? plainText(`Redo: ${last(store.future)}`) : "Nothing to redo";
    for (const [one, own] of [[undoItem, undo], [redoItem, redo]]) one.disabled = own.disabled;
    for (const one of [undo, redo, undoItem, redoItem, save]) one.hidden = Boolean(store.readOnly);
    save.disabled = !editor.dirty || Boolean(editor.saving) || Boolean(store.readOnly);
    run.textContent = store.run && !isOver(store.run) ? "Running…" : "Run";
    for (const part of node.querySelectorAll("[data-edits]")) part.hidden = Boolean(store.readOnly);
  };
  update();
  return {
    node, update,
    showView(view) {
      toCanvas.setAttribute("aria-pressed", String(view !== "table"));
      toTable.setAttribute("aria-pressed", String(view === "table"));
      tableItem.hidden = view === "table";
      canvasItem.hidden = !tableItem.hidden;
    },
  };
}

/** Banners: what keeps a flow from being changed, unsaved work, a save that failed. */
export function fillBanners(editor, box, acts) {
  const words = {
    copy: ["Make a copy", acts.copy], save: ["Save again", () => editor.save()], take: ["Take it up", () => editor.takeDraft()],
    compare: ["See the difference", () => editor.compareDraft()], discard: ["Throw it away", () => editor.discardDraft()],
  };
  const mark = JSON.stringify(editor.banners);
  if (box.dataset.mark === mark) return;
  box.dataset.mark = mark;
  box.replaceChildren(...editor.banners.map((banner) => el("div", { class: "fl-banner", role: banner.key === "save" ? "alert" : "status" }, el("p", { dir: "auto" }, banner.text),
    el("div", { class: "row" }, (banner.actions ?? []).map((key) => el("button", { type: "button", onclick: words[key][1] }, words[key][0]))))));
}

/** What the keys of the canvas do. */
export const showKeysDialog = () => openDialog({
  title: "Keys of the canvas",
  body: el("table", { class: "fl-keys" }, el("thead", { class: "unseen" }, el("tr", {}, el("th", { scope: "col" }, "Keys"), el("th", { scope: "col" }, "What they do"))), el("tbody", {}, canvasKeys.map(([keys, what]) => el("tr", {}, el("th", { scope: "row" }, keys), el("td", {}, what))))),
});
