/** The panels beside the canvas: fields, run, chat, versions; one at a time, as tabs. */
import { isolated } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { duplicateChosen, removeChosen, tidyUp } from "./flow-actions.js";
import { chatPanel } from "./flow-chat.js";
import { componentForm } from "./flow-fields.js";
import { flowForm } from "./flow-flow-form.js";
import { nodeNamed, titleOfNode } from "./flow-model.js";
import { runPanel } from "./flow-run-panel.js";
import { versionsPanel } from "./flow-versions.js";
import { flowsAPI } from "./flows-api.js";

export function flowPanels(editor, { connect }) {
  const { store } = editor;
  const variables = [];
  flowsAPI.variables().then((list) => { for (const variable of list) variables.push(variable.name); }, () => {});
  const run = runPanel(store, {
    start: (given) => editor.run(given), stop: () => editor.running?.stop(),
    choose: (id) => { if (nodeNamed(store.graph, id)) { store.select([id]); editor.canvas.view.reveal(editor.canvas.scene.boxes.get(id) ?? { x: 0, y: 0, w: 1, h: 1 }); } },
  });
  const chat = chatPanel({ id: editor.id, beforeRun: () => (editor.dirty ? editor.save("saved to talk to it") : true), told: () => (editor.meta.version ? { version: editor.meta.version } : {}) });
  const versions = editor.meta.id ? versionsPanel(editor) : null;
  const names = [["fields", "Fields"], ["run", "Run"], ["chat", "Chat"], ...(versions ? [["versions", "Versions"]] : [])];
  let present = "fields";
  let form = null;
  const heading = el("h2", { class: "fl-side-title", dir: "auto", tabindex: "-1" });
  const body = el("div", { class: "fl-side-body", id: "fl-panel", role: "tabpanel", "aria-labelledby": "fl-tab-fields", tabindex: "0" });
  const tabs = names.map(([name, word]) => el("button", { type: "button", role: "tab", id: `fl-tab-${name}`, "aria-controls": "fl-panel", onclick: () => open(name) }, word));
  const tabList = el("div", { class: "fl-tabs", role: "tablist", "aria-label": "Panels" }, tabs);
  tabList.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (names.findIndex(([name]) => name === present) + by + names.length) % names.length;
    open(names[next][0]);
    tabs[next].focus();
  });
  const shut = el("button", { type: "button", class: "quiet fl-shut", onclick: () => { node.classList.remove("open"); back(); } }, "Close");
  const node = el("aside", { class: "fl-side", "aria-label": "Panels of the flow" }, el("div", { class: "fl-side-head" }, tabList, shut), body);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    node.classList.remove("open");
    back();
  });

  // Back to the component whose fields these were.
  function back() {
    const [id] = [...store.selection];
    if (editor.table.shown) editor.table.node.querySelector(id ? `[data-focus="${CSS.escape(`fields ${id}`)}"]` : "button")?.focus();
    else if (!id || !editor.canvas.focusNode(id)) editor.canvas.focusRoot();
  }

  function open(name) {
    const changed = present !== name || !body.childElementCount;
    present = name;
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(names[i][0] === name));
      tab.tabIndex = names[i][0] === name ? 0 : -1;
    });
    body.setAttribute("aria-labelledby", `fl-tab-${name}`);
    node.classList.add("open");
    if (!changed) return;
    if (name === "fields") makeForm();
    else {
      form = null;
      body.replaceChildren(el("h2", { class: "unseen" }, names.find(([other]) => other === name)[1]), { run: run.node, chat: chat.node, versions: versions?.node }[name]);
      if (name === "run") run.update();
      else if (name === "chat") chat.show();
      else versions.show();
    }
  }

  function makeForm() {
    const ids = [...store.selection].filter((id) => nodeNamed(store.graph, id));
    const [id] = ids;
    if (ids.length === 1) {
      form = { mark: `node ${id}`, ...componentForm(store, id, { connect, variables }) };
      heading.textContent = titleOfNode(nodeNamed(store.graph, id));
    } else if (ids.length > 1) {
      const word = (text, act) => el("button", { type: "button", disabled: Boolean(store.readOnly), onclick: act }, text);
      form = { mark: `many ${ids.length}`, update: () => true, node: el("div", { class: "fl-form" }, el("div", { class: "row" }, word("Duplicate", () => duplicateChosen(store)), word("Tidy up", () => tidyUp(store)), word("Delete", () => removeChosen(store)))) };
      heading.textContent = `${count(ids.length, "component")} chosen`;
    } else {
      form = { mark: `flow ${store.path}`, ...flowForm(editor) };
      heading.textContent = store.path.length ? `Body “${isolated(store.path.at(-1)[1])}”` : "The flow";
    }
    form.typed = ids.length === 1 ? el("p", { class: "note fl-side-type" }, nodeNamed(store.graph, id).type) : "";
    body.replaceChildren(heading, form.typed, form.node);
    body.scrollTop = 0;
  }

  function update(changed) {
    if (present === "run") run.update();
    if (present !== "fields") return;
    const ids = [...store.selection].filter((id) => nodeNamed(store.graph, id));
    const mark = ids.length === 1 ? `node ${ids[0]}` : ids.length ? `many ${ids.length}` : `flow ${store.path}`;
    if (form?.mark !== mark && form && mark.startsWith("node") && form.mark.startsWith("node") && body.contains(document.activeElement) && document.activeElement.classList.contains("fl-id-field")) {
      form.mark = mark;
      return;
    }
    if (!form || form.mark !== mark || ((changed.has("doc") || changed.has("checked") || changed.has("saved") || changed.has("path")) && !form.update())) makeForm();
    else if (ids.length === 1) heading.textContent = titleOfNode(nodeNamed(store.graph, ids[0]));
  }

  open("fields");
  node.classList.remove("open");
  return {
    node, open, update, runInput: run.input,
    get tab() { return tabs[names.findIndex(([name]) => name === present)]; },
    focus() { (body.querySelector(".fl-form :is(input, textarea, select):not([readonly])") ?? heading).focus(); },
    close() { chat.stop(); },
  };
}
