/** The same flow as tables: components with their fields, connections. Everything can be done here by keyboard. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { addComponent, removeChosen } from "./flow-actions.js";
import { portsOfGraph } from "./flow-catalog.js";
import { confirmed } from "./flow-dialog.js";
import { endsFor } from "./flow-connect.js";
import { canBeTool } from "./flow-draw.js";
import { calledNode } from "./flow-fit.js";
import { edgeKey, nodeNamed, portParts, titleOfNode, withEdge, withNode, withoutEdges } from "./flow-model.js";
import { figuresOf } from "./flow-run.js";
import { markPicture } from "./flow-shapes.js";
import { valueInWords } from "./flow-values.js";

/** The view. `openFields(id)` shows the fields of a component. Returns `{node, update()}`. */
export function flowTable(editor) {
  const { store } = editor;
  const components = el("div", {});
  const connections = el("div", {});
  const note = el("p", { class: "fl-error", role: "alert" });
  // What somebody is choosing outlives the tables' being made anew.
  const begun = { type: null, from: null, to: null };
  let shownGraph = null;
  const update = () => {
    const isChoosing = document.activeElement?.tagName === "SELECT" && node.contains(document.activeElement);
    if (isChoosing && store.graph === shownGraph) return;
    shownGraph = store.graph;
    const held = document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
    fillComponentTable(editor, components, begun);
    fillConnectionTable(editor, connections, note, begun);
    if (held) node.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  };
  const node = el("div", { class: "fl-tables" }, components, connections, note);
  return { node, update };
}

function fillComponentTable(editor, box, begun) {
  const { store } = editor;
  // A title that is being written keeps its field.
  if (box.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
  const ports = portsOfGraph(store);
  const { graph } = store;
  const readOnly = Boolean(store.readOnly);
  const rows = graph.components.map((node) => {
    const faults = store.faults.filter((fault) => fault.place === node.id);
    const set = Object.entries(node.parameters ?? {});
    const run = store.run?.nodes.get([...store.path.flat(), node.id].join("/"));
    const title = el("input", { "aria-label": `Title of ${node.id}`, value: node.title ?? "", placeholder: node.type, dir: "auto", readonly: readOnly, autocomplete: "off", "data-focus": `title ${node.id}` });
    title.addEventListener("input", () => store.apply(`rename ${node.id}`, (before) => withNode(before, node.id, () => ({ title: title.value || undefined })), { merge: `${node.id}.title` }));
    return el("tr", { class: store.selection.has(node.id) ? "chosen" : null },
      el("th", { scope: "row", "data-label": readOnly ? "" : "Title" }, readOnly ? el("strong", { dir: "auto" }, titleOfNode(node)) : title,
        el("span", { class: "note", dir: "auto" }, readOnly ? ` ${node.id}` : node.id)),
      el("td", { "data-label": "Component" }, ports.get(node.id).known ? node.type : `${node.type} (not known here)`),
      el("td", { "data-label": "Fields that are set", class: set.length ? null : "fl-none" }, set.length ? el("ul", { class: "fl-set" }, set.slice(0, 4).map(([name, value]) => el("li", { dir: "auto" }, el("span", { class: "note" }, `${name}: `), valueInWords(value, 60))), set.length > 4 && el("li", { class: "note" }, `and ${set.length - 4} more`)) : el("span", { class: "note" }, "none")),
      el("td", { "data-label": "Problems", class: faults.length ? null : "fl-none" }, faults.length ? el("ul", { class: "fl-problems" }, faults.map((fault) => el("li", { dir: "auto" }, fault.short))) : el("span", { class: "note" }, store.allFaults ? "none" : "not checked")),
      store.run && el("td", { "data-label": "Last run" }, run ? `${run.state} ${figuresOf(run)}` : "–"),
      el("td", { "data-label": "" }, el("div", { class: "row" },
        el("button", { type: "button", "data-focus": `fields ${node.id}`, "aria-label": `Fields of ${calledNode(graph, node.id)}`, onclick: () => { store.select([node.id]); editor.openFields(); } }, "Fields"),
        !readOnly && el("button", { type: "button", class: "quiet", "data-focus": `delete ${node.id}`, "aria-label": `Delete ${calledNode(graph, node.id)}`, onclick: async () => {
          if (!(await confirmed({ title: "Delete the component?", text: `“${calledNode(graph, node.id)}” goes with its connections. It can be undone.`, word: "Delete" }))) return;
          store.select([node.id]);
          removeChosen(store);
          editor.table.node.querySelector("#fl-add-type")?.focus();
        } }, "Delete"))));
  });
  const select = el("select", { id: "fl-add-type", "data-focus": "type", onchange: () => { begun.type = select.value; } }, store.catalog.categories.map((name) => el("optgroup", { label: name }, store.catalog.components.filter((component) => component.category === name).map((component) => el("option", { value: component.name }, component.name)))));
  if (begun.type) select.value = begun.type;
  box.replaceChildren(
    el("h2", {}, "Components"),
    rows.length > 0 ? el("div", { class: "fl-scroll" }, el("table", {}, el("caption", { class: "unseen" }, count(rows.length, "component")),
      el("thead", {}, el("tr", {}, ["Title", "Component", "Fields that are set", "Problems", store.run && "Last run", "Actions"].filter(Boolean).map((word) => el("th", { scope: "col" }, word)))), el("tbody", {}, rows))) : el("p", { class: "note" }, "No components yet."),
    readOnly ? "" : el("form", { class: "fl-add row", onsubmit: (event) => {
      event.preventDefault();
      const id = addComponent(store, select.value);
      store.flush();
      if (id) box.querySelector(`[data-focus="${CSS.escape(`fields ${id}`)}"]`)?.focus();
    } }, el("label", { for: "fl-add-type" }, "New component"), select, el("button", { type: "submit", "data-focus": "add" }, "Add")));
}

function fillConnectionTable(editor, box, note, begun) {
  const { store } = editor;
  const { graph } = store;
  const readOnly = Boolean(store.readOnly);
  const ports = portsOfGraph(store);
  const type = (port) => ports.get(portParts(port)[0])?.outputs.find((other) => other.name === portParts(port)[1])?.type ?? (portParts(port)[1] === "tool" ? "tools" : "");
  const words = (port) => `${calledNode(graph, portParts(port)[0])} · ${portParts(port)[1]}`;
  const rows = graph.edges.map((edge) => {
    const faults = store.faults.filter((fault) => fault.edge === edgeKey(edge));
    return el("tr", {}, el("th", { scope: "row", dir: "auto", "data-label": "From" }, words(edge.from)), el("td", { dir: "auto", "data-label": "To" }, words(edge.to)),
      el("td", { "data-label": "Carries" }, markPicture(type(edge.from)), ` ${type(edge.from) || "something unknown"}`, faults.map((fault) => el("p", { class: "fl-error", dir: "auto" }, fault.message))),
      el("td", { "data-label": "" }, !readOnly && el("button", { type: "button", class: "quiet", "aria-label": `Remove the connection from ${words(edge.from)} to ${words(edge.to)}`, onclick: () => {
        store.apply("remove a connection", (before) => withoutEdges(before, new Set([edgeKey(edge)])));
        store.flush();
        (box.querySelector("tbody button") ?? box.querySelector("select"))?.focus();
      } }, "Remove")));
  });
  box.replaceChildren(el("h2", {}, "Connections"),
    rows.length > 0 ? el("div", { class: "fl-scroll" }, el("table", {}, el("caption", { class: "unseen" }, count(rows.length, "connection")),
      el("thead", {}, el("tr", {}, ["From", "To", "Carries", "Actions"].map((word) => el("th", { scope: "col" }, word)))), el("tbody", {}, rows))) : el("p", { class: "note" }, "No connections yet."),
    readOnly || !graph.components.length ? "" : newConnection(store, ports, note, begun));
}

/** Two lists: where it begins, and where it may end; ends that do not fit are there, with the reason when chosen. */
function newConnection(store, ports, note, begun) {
  const from = el("select", { id: "fl-new-from", "data-focus": "new from" }, [...ports].flatMap(([id, has]) => [...has.outputs.map((port) => port.name), ...(canBeTool(has) ? ["tool"] : [])].map((name) => el("option", { value: `${id}.${name}` }, `${calledNode(store.graph, id)} · ${name}`))));
  const to = el("select", { id: "fl-new-to", "data-focus": "new to" });
  let ends = [];
  const fill = () => {
    const [id, name] = portParts(from.value);
    ends = id ? endsFor(store, ports, { id, side: "out", name }) : [];
    const option = (end) => el("option", { value: `${end.id}.${end.name}` }, end.words);
    const fits = ends.filter((end) => !end.reason);
    const rest = ends.filter((end) => end.reason);
    to.replaceChildren(...[fits.length > 0 && el("optgroup", { label: "Fits" }, fits.map(option)), rest.length > 0 && el("optgroup", { label: "Does not fit" }, rest.map(option))].filter(Boolean));
  };
  from.addEventListener("change", () => {
    begun.from = from.value;
    fill();
  });
  to.addEventListener("change", () => { begun.to = to.value; });
  if ([...from.options].some((option) => option.value === begun.from)) from.value = begun.from;
  fill();
  if (ends.some((end) => `${end.id}.${end.name}` === begun.to)) to.value = begun.to;
  return el("form", { class: "fl-add row", onsubmit: (event) => {
    event.preventDefault();
    const end = ends.find((other) => `${other.id}.${other.name}` === to.value);
    note.textContent = end ? end.reason ?? "" : "Choose where the connection ends.";
    if (end && !end.reason && nodeNamed(store.graph, end.id)) store.apply("connect", (graph) => withEdge(graph, from.value, to.value));
  } }, el("label", { for: "fl-new-from" }, "New connection from"), from, el("label", { for: "fl-new-to" }, "to"), to, el("button", { type: "submit", "data-focus": "connect" }, "Connect"));
}
