/** The Flows page: the list of flows, or one of them in the editor. `#flows`, `#flows/ID`, `#flows/ID/table`. */
import { announce, el } from "../shell/dom.js";
import { forgetCatalog } from "./flow-catalog.js";
import { confirmed, openDialog } from "./flow-dialog.js";
import { loadEditor } from "./flow-editor.js";
import { editorView } from "./flow-editor-view.js";
import { dropDraft } from "./flow-draft.js";
import { importReport } from "./flow-import.js";
import { flowList } from "./flow-list.js";
import { definitionOf } from "./flow-model.js";
import { copyFlow, deletionConfirmed } from "./flow-names.js";
import { flowsAPI, inWords } from "./flows-api.js";

let flowsSection = null;
let flowsShell = null;
let flowsList = null;
let openEditor = null;
let openView = null;
let wantedFlow = null;

/** The page, as the shell shows it. */
export const flowsPage = {
  mount(section, shell) {
    flowsSection = section;
    flowsShell = shell;
    flowsList = flowList(openFlow);
  },
  show(place) {
    const [id, view] = place.path;
    wantedFlow = id ?? null;
    flowsSection.classList.toggle("editing", Boolean(id));
    if (!id) showFlowList();
    else if (openEditor?.id === id) openView.show(wantedView(view));
    else showFlow(id, view);
  },
  leave() {
    openEditor?.keepNow();
  },
  /** Escape that nobody else has used: closes the panel on small screens, ends a gesture. */
  escape: () => Boolean(openView?.escape()),
  field: () => flowsSection.querySelector(openView ? ".fl-view, .fl-tables input" : "#fl-list-search"),
  forget() {
    closeFlow();
    forgetCatalog();
    flowsList?.forget();
    flowsSection?.replaceChildren();
  },
};

const goToFlow = (path, options) => flowsShell.go({ tab: "flows", path, query: new URLSearchParams() }, options);
const wantedView = (view) => view ?? (matchMedia("(max-width: 44.95em)").matches ? "table" : "canvas");

async function openFlow(id, imported = null) {
  goToFlow([id]);
  if (imported) await openDialog({ title: "What became of it", wide: true, body: imported.flows.map(importReport), actions: [{ word: "Open it", value: "open", primary: true }] });
}

function closeFlow() {
  openEditor?.close();
  openView?.close();
  openEditor = openView = null;
}

function showFlowList() {
  closeFlow();
  if (flowsList.node.parentNode !== flowsSection) flowsSection.replaceChildren(flowsList.node);
  flowsList.load();
}

async function showFlow(id, view) {
  closeFlow();
  flowsSection.replaceChildren(el("div", { class: "fl-page" }, el("h1", { class: "unseen" }, "Flow"), el("p", { class: "note", role: "status" }, "Loading the flow…")));
  try {
    const editor = await loadEditor(id, flowsShell);
    if (wantedFlow !== id) return editor.close();
    openEditor = editor;
    openView = editorView(flowsSection, editor, editorActs(editor));
    editor.goToFault = (fault) => goToFault(editor, fault);
    openView.show(wantedView(view));
    await editor.checks.now();
    // The ports that parameters make change sizes: what nobody has placed is laid out once they are known.
    if (!editor.dirty && openEditor === editor) openView.refit();
  } catch (problem) {
    if (wantedFlow !== id) return null;
    flowsSection.replaceChildren(el("div", { class: "fl-page" }, el("h1", { class: "unseen" }, "Flow"), el("div", { class: "problem", role: "alert" },
      el("p", {}, el("strong", {}, problem.status === 404 ? "There is no such flow for you. " : "The flow could not be opened. "), problem.status === 404 ? "It may have been deleted, or it belongs to somebody else." : inWords(problem)),
      el("div", { class: "row" }, problem.status !== 404 && el("button", { type: "button", onclick: () => showFlow(id, view) }, "Try again"), el("a", { class: "button", href: "#flows" }, "All flows")))));
  }
  return null;
}

function editorActs(editor) {
  const { store } = editor;
  const undone = (step, word) => {
    const label = store[step]();
    announce(label ? `${word}: ${label}` : `Nothing to ${step}`);
  };
  const guarded = async (act) => {
    try { await act(); } catch (problem) { await openDialog({ title: "That did not work", body: el("p", { dir: "auto" }, inWords(problem)), actions: [{ word: "Back", value: "back", primary: true }] }); }
  };
  const download = (text, name) => {
    const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    announce(`${name} is downloaded.`);
  };
  const fileName = (ending) => `${store.doc.name.replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 80) || "flow"}${ending}`;
  return {
    undo: () => undone("undo", "Undone"), redo: () => undone("redo", "Done again"),
    view: (view) => goToFlow([editor.id, view], { replace: true }),
    copy: () => guarded(async () => openFlow((await copyFlow({ ...store.doc })).id)),
    publish: () => guarded(async () => {
      if (editor.dirty && !(await editor.save())) return;
      await editor.publish(editor.meta.version);
    }),
    exportLangflow: () => guarded(async () => {
      if (editor.dirty && !(await confirmed({ title: "Export the saved version?", text: "Langflow’s form is written by the server, of what is saved. Your latest changes are not in it.", word: "Export it", danger: false }))) return;
      download(await flowsAPI.langflow(editor.id), fileName(".json"));
    }),
    exportOwn: () => download(JSON.stringify(definitionOf(store.doc), null, 2), fileName(".millrace.json")),
    remove: () => guarded(async () => {
      if (!(await deletionConfirmed(store.doc.name))) return;
      await flowsAPI.remove(editor.id);
      editor.store.saved = editor.store.doc;
      editor.savedMeta = editor.meta;
      dropDraft(editor.id);
      announce("The flow is deleted.");
      goToFlow([]);
    }),
  };
}

function goToFault(editor, fault) {
  const { store, canvas } = editor;
  const steps = fault.path.length ? fault.path : fault.place ? [...store.path.flat(), fault.place] : [];
  const path = [];
  for (let i = 0; i + 2 < steps.length; i += 2) path.push([steps[i], steps[i + 1]]);
  const id = steps.at(-1);
  if (String(path) !== String(store.path)) store.open(path);
  store.select([id]);
  store.flush();
  if (!editor.table.shown) canvas.focusNode(id);
  editor.openFields();
}
