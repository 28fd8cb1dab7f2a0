/** The versions of a flow: compare, restore, publish. */
import { announce, el } from "../shell/dom.js";
import { ago, day } from "../shell/format.js";
import { openComparison } from "./flow-compare-view.js";
import { confirmed } from "./flow-dialog.js";
import { flowsAPI, inWords } from "./flows-api.js";

// Callers who are one by what they may read have no name to show.
const authorOf = ({ author }) => (!author || author.startsWith("rights:") ? "" : `, by ${author.replace(/^user:/, "")}`);

/** The panel. `editor` is the open editor. */
export function versionsPanel(editor) {
  const { store } = editor;
  const list = el("ol", { class: "fl-versions" });
  const note = el("p", { class: "fl-error", role: "alert" });
  const more = el("button", { type: "button", hidden: true, onclick: () => load(more.dataset.before) }, "Earlier versions");
  const guarded = async (act) => {
    note.textContent = "";
    try { await act(); } catch (problem) { note.textContent = inWords(problem); }
  };

  async function load(before = null) {
    await guarded(async () => {
      const { versions } = await flowsAPI.versions(editor.id, before);
      if (!before) list.replaceChildren();
      list.append(...versions.map(row));
      more.hidden = versions.length < 50;
      more.dataset.before = versions.at(-1)?.version ?? "";
    });
  }

  function row(version) {
    const n = version.version;
    const isLatest = n === editor.meta.latest;
    const open = async (title, before, after, names, restore) => {
      const answer = await openComparison({ title, before, after, names, catalog: store.catalog, checked: store.checked, actions: [restore && { word: `Restore version ${n}`, value: "restore", primary: true }, { word: "Back", value: "back" }].filter(Boolean) });
      if (answer === "restore") await restoreVersion(n);
    };
    const word = (text, label, act) => el("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => guarded(act) }, text);
    return el("li", {},
      el("p", {}, el("strong", {}, `Version ${n}`), isLatest && el("span", { class: "label" }, "newest"), version.published && el("span", { class: "label fl-published" }, "published"), version.imported && el("span", { class: "label" }, "imported")),
      version.note && el("p", { dir: "auto" }, version.note),
      el("p", { class: "note" }, `${ago(version.saved_at) ?? day(version.saved_at)}${authorOf(version)}`),
      el("div", { class: "row" },
        n > 1 && word("What changed", `What changed in version ${n}`, async () => open(`What version ${n} changed`, await flowsAPI.read(editor.id, n - 1), await flowsAPI.read(editor.id, n), [`version ${n - 1}`, `version ${n}`], !isLatest && editor.canEdit)),
        word("Against now", `Compare version ${n} with what is open`, async () => open(`Version ${n} and what is open`, await flowsAPI.read(editor.id, n), store.doc, [`version ${n}`, "now"], !isLatest && editor.canEdit)),
        editor.canEdit && !isLatest && word("Restore", `Restore version ${n}`, () => restoreVersion(n)),
        editor.canEdit && (version.published
          ? word("Unpublish", `Let callers run the newest instead of version ${n}`, () => publish(null))
          : word("Publish", `Publish version ${n}`, () => publish(n)))));
  }

  async function restoreVersion(n) {
    if (store.dirty && !(await confirmed({ title: "Leave what is not saved?", text: "What is open has changes that are not saved. They stay undoable after the restore.", word: "Restore", danger: false }))) return;
    await guarded(async () => {
      await flowsAPI.restore(editor.id, n);
      const flow = await flowsAPI.read(editor.id);
      editor.takeSaved(flow, `restore version ${n}`);
      announce(`Version ${n} is the newest again, as version ${flow.version}.`);
      await load();
    });
  }

  async function publish(n) {
    await guarded(async () => {
      await editor.publish(n);
      await load();
    });
  }

  return {
    node: el("div", { class: "fl-versions-panel" }, el("p", { class: "note" }, "Every save is a version. Callers run the published one; without one, the newest."), note, list, more),
    show: () => load(),
  };
}
