/** What is seen of an open flow: the bar, the list of components, canvas or table, the panels beside it. */
import { el } from "../shell/dom.js";
import { addInSight } from "./flow-keys.js";
import { addComponent, tidyUp } from "./flow-actions.js";
import { FlowCanvas } from "./flow-canvas.js";
import { connectByKeyboard } from "./flow-connect.js";
import { openDialog } from "./flow-dialog.js";
import { flowBar, fillBanners, showKeysDialog } from "./flow-bar.js";
import { calledNode } from "./flow-fit.js";
import { nodeNamed } from "./flow-model.js";
import { componentList } from "./flow-palette.js";
import { figuresOf } from "./flow-run.js";
import { flowPanels } from "./flow-panels.js";
import { flowTable } from "./flow-table.js";
import { lookOfType, markPicture } from "./flow-shapes.js";

/** Builds the view into `section`. `view` is “canvas” or “table”. Returns `{show(view), close()}`. */
export function editorView(section, editor, acts) {
  const { store } = editor;
  const phone = matchMedia("(max-width: 44.95em)");
  const canvas = new FlowCanvas(store, {
    openFields: () => openFields(), addComponent: () => add(), connect: () => connect(canvas.focusedNode ?? [...store.selection][0]),
    showKeys: showKeysDialog,
  });
  editor.canvas = canvas;
  editor.openFields = () => openFields();
  canvas.notesOf = (id) => {
    const node = store.run?.nodes.get([...store.path.flat(), id].join("/"));
    const inside = store.run && nodeNamed(store.graph, id)?.bodies ? insideState(store, id) : null;
    return { faults: store.faults.filter((fault) => fault.place === id).length, state: node?.state ?? inside ?? undefined, text: node ? figuresOf(node) : "" };
  };
  const table = editor.table = flowTable(editor);
  const panels = flowPanels(editor, { connect: (id, port) => connect(id, port) });
  const palette = componentList(store.catalog, { frame: canvas.frame, add: (type, at) => {
    if (!at) closePalette(true);
    if (table.shown) addComponent(store, type);
    else addInSight(canvas, type, at && canvas.view.toGraph(at.clientX, at.clientY));
  } });
  const side = el("aside", { class: "fl-palette", "aria-label": "Components" }, palette.node);
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    closePalette();
  });
  const closePalette = (done = false) => {
    root.classList.remove("with-palette");
    palette.clear();
    if (!done && side.contains(document.activeElement)) (table.shown ? bar.node.querySelector(".fl-add-button") : canvas.frame).focus();
  };
  const crumbs = el("nav", { class: "fl-crumbs", "aria-label": "Where in the flow", hidden: true });
  const stage = el("div", { class: "fl-stage" });
  const banners = el("div", { class: "fl-banners" });
  const bar = flowBar(editor, { ...acts, run: () => run(), panel: (name) => panels.open(name), tidy: () => { tidyUp(store); store.flush(); canvas.fit(); }, add: () => add() });
  const legend = typesLegend(store.catalog);
  const root = el("div", { class: `fl-editor${store.readOnly ? " reading" : ""}` }, bar.node, banners, el("div", { class: "fl-main" }, side, el("div", { class: "fl-middle" }, crumbs, stage, legend), panels.node));
  section.replaceChildren(root);

  const stop = store.on((changed) => {
    bar.update(changed);
    fillBanners(editor, banners, acts);
    panels.update(changed);
    if (table.shown && (changed.has("doc") || changed.has("checked") || changed.has("run") || changed.has("path") || changed.has("saved"))) table.update();
    if (changed.has("path")) fillCrumbs(store, crumbs);
  });

  function openFields() {
    store.flush();
    panels.open("fields");
    panels.focus();
  }

  async function connect(id, port = null) {
    if (!id) return;
    await connectByKeyboard(canvas, id, port);
    store.flush();
  }

  async function add() {
    if (!phone.matches) {
      root.classList.add("with-palette");
      return palette.search.focus();
    }
    let type = null;
    const list = componentList(store.catalog, { id: "fl-add-search", add: (name) => { type = name; dialog.closeWith("added"); } });
    let dialog = null;
    await openDialog({ title: "Add a component", body: list.node, onopen: (opened) => { dialog = opened; list.search.focus(); } });
    if (!type) return;
    if (table.shown) addComponent(store, type); else addInSight(canvas, type);
  }

  function run() {
    panels.open("run");
    panels.runInput.focus();
  }

  const onkey = (event) => {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const writing = event.target.closest?.("input, textarea, select, dialog");
    const isAll = command && (key === "s" || key === "enter");
    if (event.target.closest?.("dialog") || (!root.contains(event.target) && event.target !== document.body)) return;
    if (isAll && key === "s") editor.save();
    else if (isAll && !event.target.closest(".fl-run")) run();
    else if (command && !writing && (key === "z" || key === "y")) acts[key === "y" || event.shiftKey ? "redo" : "undo"]();
    else if (event.key === "F6") goToNextPart(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", onkey);

  function goToNextPart(by) {
    const parts = [bar.node.querySelector("button:not(:disabled), a"), side.offsetParent ? palette.search : null, table.shown ? table.node.querySelector("input, button, select") : canvas.frame, panels.tab].filter(Boolean);
    const here = parts.findIndex((part) => part.closest(".fl-bar, .fl-palette, .fl-stage, .fl-side").contains(document.activeElement));
    parts[(here + by + parts.length) % parts.length].focus();
  }

  fillBanners(editor, banners, acts);
  let fitted = false;
  return {
    phone,
    show(view) {
      table.shown = view === "table";
      root.classList.toggle("with-table", table.shown);
      bar.showView(view);
      stage.replaceChildren(table.shown ? table.node : canvas.frame);
      legend.hidden = table.shown;
      if (table.shown) table.update();
      else {
        store.tell("shown");
        store.flush();
        if (!fitted) canvas.look();
        fitted = true;
      }
    },
    escape() {
      if (!root.classList.contains("with-palette")) return false;
      closePalette();
      return true;
    },
    refit: () => canvas.look(),
    close() {
      stop();
      removeEventListener("keydown", onkey);
      panels.close();
    },
  };
}

// A component whose body is under way is so itself.
function insideState(store, id) {
  const place = `${[...store.path.flat(), id].join("/")}/`;
  const inside = [...store.run.nodes].filter(([key]) => key.startsWith(place)).map(([, node]) => node.state);
  return inside.includes("failed") ? "failed" : inside.includes("running") ? "running" : inside.length ? "finished" : null;
}

function fillCrumbs(store, crumbs) {
  crumbs.hidden = !store.path.length;
  let graph = store.doc;
  const steps = store.path.map(([id, body], i) => {
    const word = `${calledNode(graph, id)} › ${body}`;
    graph = nodeNamed(graph, id)?.bodies?.[body];
    return i + 1 < store.path.length ? el("button", { type: "button", class: "quiet", dir: "auto", onclick: () => store.open(store.path.slice(0, i + 1)) }, word) : el("span", { "aria-current": "page", dir: "auto" }, word);
  });
  crumbs.replaceChildren(el("button", { type: "button", class: "quiet", onclick: () => store.open([]) }, "‹ Whole flow"), ...steps);
}

function typesLegend(catalog) {
  const types = catalog.types.filter((type) => lookOfType(type).colour !== "grey" || type === "tools");
  return el("details", { class: "fl-legend" }, el("summary", {}, "What the ports carry"),
    el("ul", {}, [...types, ...(types.includes("tools") ? [] : ["tools"])].map((type) => el("li", {}, markPicture(type), type))));
}
