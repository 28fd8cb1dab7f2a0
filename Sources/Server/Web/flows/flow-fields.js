/** The fields of the chosen component: its names, parameters, bodies, connections, and how it is tried again. */
import { el } from "../shell/dom.js";
import { declarationOf, portsOfGraph } from "./flow-catalog.js";
import { confirmed, freshID } from "./flow-dialog.js";
import { parameterField } from "./flow-field.js";
import { calledNode } from "./flow-fit.js";
import { edgeKey, nodeNamed, portParts, titleOfNode, withNode, withoutEdges, withParameter, withRenamed } from "./flow-model.js";
import { markPicture } from "./flow-shapes.js";

/** Faults of one component that name one of its fields, as sentences without the component's name. */
const faultsOf = (store, id, name) => store.faults.filter((fault) => fault.place === id && fault.name === name).map((fault) => fault.short);

/**
 * The form of a component. `extra(id)` are further actions. Returns `{node, update()}`; `update` is called when the
 * flow has changed and answers false when the form must be made anew.
 */
export function componentForm(store, id, { connect, variables }) {
  const node = nodeNamed(store.graph, id);
  const declared = declarationOf(store, node);
  const readOnly = Boolean(store.readOnly);
  const mark = formMark(store, id);
  const change = (name) => (value) => store.apply(`change ${name} of ${titleOfNode(nodeNamed(store.graph, id) ?? node)}`,
    (graph) => withParameter(graph, id, name, value), { merge: `${id}.${name}` });
  const fields = (declared?.parameters ?? []).map((parameter) => parameterField(parameter, {
    value: node.parameters?.[parameter.name], change: change(parameter.name), readOnly, variables,
    aside: parameter.name === "template" ? variablesNote(store, id) : null,
  }));
  const names = nameFields(store, node, readOnly);
  const policy = policyFields(store, node, readOnly);
  const problems = el("ul", { class: "fl-problems" });
  const connections = el("div", { class: "fl-connections" });
  const update = () => {
    const now = nodeNamed(store.graph, id);
    if (!now || formMark(store, id) !== mark) return false;
    for (const field of fields) field.show(now.parameters?.[field.name], faultsOf(store, id, field.name));
    for (const field of [...names, ...policy]) field.update(now);
    const said = new Set(fields.map((field) => field.name));
    problems.replaceChildren(...store.faults.filter((fault) => fault.place === id && !said.has(fault.name)).map((fault) => el("li", { dir: "auto" }, fault.message)));
    fillPortLinks(store, id, connections, connect, readOnly);
    return true;
  };
  const unknown = Object.keys(node.parameters ?? {}).filter((name) => declared && !declared.parameters.some((parameter) => parameter.name === name));
  const form = el("div", { class: "fl-form" },
    el("p", { class: "note" }, declared ? store.catalog.byName.get(node.type)?.summary : `This server does not know “${node.type}”. It is kept as it is, and the flow cannot run with it.`),
    problems,
    names[0].node,
    fields.map((field) => field.node),
    !declared && rawParameters(node),
    unknown.length > 0 && el("p", { class: "fl-error" }, `It also has ${unknown.map((name) => `“${name}”`).join(", ")}, which ${node.type} does not take.`,
      !readOnly && el("button", { type: "button", onclick: () => store.apply("remove unknown fields", (graph) => unknown.reduce((next, name) => withParameter(next, id, name, undefined), graph)) }, "Remove")),
    bodyButtons(store, node, declared),
    el("section", {}, el("h3", {}, "Connections"), connections),
    el("details", {}, el("summary", {}, "Name in the flow, time, attempts"), names[1].node, policy.map((field) => field.node)));
  update();
  return { node: form, update };
}

// The form stays as it is while these do.
function formMark(store, id) {
  const node = nodeNamed(store.graph, id);
  const declared = node && declarationOf(store, node);
  return JSON.stringify([id, node?.type, declared?.parameters.map((parameter) => parameter.name), Object.keys(node?.bodies ?? {}), Boolean(store.readOnly),
    store.path, Object.keys(node?.parameters ?? {}).filter((name) => !declared?.parameters.some((parameter) => parameter.name === name))]);
}

const variablesNote = (store, id) => {
  const names = portsOfGraph(store).get(id)?.inputs.map((port) => port.name) ?? [];
  return el("p", { class: "note fl-variables" }, names.length ? "Inputs made of its variables: " : "Write {name} to make an input called “name”.",
    names.map((name) => el("code", {}, name)).flatMap((code, i) => (i ? [", ", code] : [code])));
};

const rawParameters = (node, id = freshID("raw")) => el("div", { class: "fl-field" },
  el("label", { class: "fl-label", for: id }, "Parameters, as they are kept"),
  el("textarea", { id, class: "fl-code", readonly: true, rows: 8 }, JSON.stringify(node.parameters ?? {}, null, 2)));

function plainField({ word, label, note, read, write, readOnly, mode }) {
  const id = freshID(word);
  const fault = el("p", { class: "fl-error", id: `${id}-fault`, hidden: true });
  const input = el("input", { id, class: `fl-${word}`, dir: "auto", autocomplete: "off", readonly: readOnly, inputmode: mode, "aria-describedby": `${id}-note ${id}-fault` });
  input.addEventListener("input", () => {
    const refused = write(input.value);
    fault.textContent = refused ?? "";
    fault.hidden = !refused;
  });
  return {
    node: el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: id }, label), input, fault, el("p", { class: "note", id: `${id}-note` }, note)),
    update: (node) => { if (document.activeElement !== input) { input.value = read(node); fault.hidden = true; } },
  };
}

function nameFields(store, node, readOnly) {
  let id = node.id;
  const title = plainField({
    word: "title-field", label: "Title", note: "What people call it.", readOnly, read: (now) => now.title ?? "",
    write(text) {
      store.apply(`rename ${titleOfNode(node)}`, (graph) => withNode(graph, id, () => ({ title: text || undefined })), { merge: `${id}.title` });
      return null;
    },
  });
  const name = plainField({
    word: "id-field", label: "Name in the flow", note: "Connections, runs and programs know it by this.", readOnly, read: (now) => now.id,
    write(text) {
      const next = text.trim();
      if (!next || /[./]/.test(next) || next === "input") return "A name without “.” and “/”, and not “input”.";
      if (next === id) return null;
      if (nodeNamed(store.graph, next)) return `“${next}” is the name of another component.`;
      const before = id;
      id = next;
      return store.apply(`rename ${before}`, (graph) => withRenamed(graph, before, next), { merge: "rename", select: [next] }) ? null : "It cannot be changed.";
    },
  });
  return [title, name];
}

function policyFields(store, node, readOnly) {
  const number = (key, label, note, least, most) => plainField({
    word: key.replaceAll("_", "-"), label, note, readOnly, mode: "decimal", read: (now) => (now[key] === undefined ? "" : String(now[key])),
    write(text) {
      const value = text.trim() ? Number(text) : undefined;
      if (value !== undefined && !(value >= least && value <= most)) return `A number from ${least} to ${most}, or nothing.`;
      store.apply(`change ${label.toLowerCase()}`, (graph) => withNode(graph, node.id, () => ({ [key]: value })), { merge: `${node.id}.${key}` });
      return null;
    },
  });
  return [
    number("timeout_seconds", "Time of one attempt, in seconds", "Without one only the run’s own time counts.", 0.001, 86400),
    number("attempts", "Attempts", "1 to 10; only failures that may pass are tried again.", 1, 10),
    number("backoff_seconds", "Pause before the second attempt, in seconds", "Doubled before each further one; 0.2 unless told.", 0, 3600),
  ];
}

function bodyButtons(store, node, declared) {
  const bodies = [...new Set([...(declared?.bodies ?? []).map((body) => body.name), ...Object.keys(node.bodies ?? {})])];
  return bodies.map((name) => {
    const body = node.bodies?.[name];
    const meaning = declared?.bodies?.find((other) => other.name === name)?.meaning;
    const isFlow = typeof body?.flow === "string";
    const set = (next) => store.apply(`change the body ${name}`, (graph) => withNode(graph, node.id, (now) => ({ bodies: { ...now.bodies, [name]: next } })));
    const open = () => {
      if (!body?.components) set({ components: [], edges: [], outputs: {} });
      store.open([...store.path, [node.id, name]]);
    };
    const id = freshID("body");
    const flow = el("input", { id, value: isFlow ? body.flow : "", dir: "auto", readonly: Boolean(store.readOnly), autocomplete: "off" });
    flow.addEventListener("change", () => { if (flow.value.trim()) set({ flow: flow.value.trim() }); });
    return el("section", { class: "fl-body" }, el("h3", {}, `Body “${name}”`), meaning && el("p", { class: "note" }, meaning),
      el("div", { class: "row" }, el("button", { type: "button", disabled: Boolean(store.readOnly) && !body?.components, onclick: async () => {
        if (isFlow && !(await confirmed({ title: "Draw a body here?", text: `It takes the place of the flow “${body.flow}”.`, word: "Draw it here", danger: false }))) return;
        open();
      } }, body?.components ? `Open the body (${body.components.length})` : "Draw a body")),
      (isFlow || !body?.components) && el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: id }, "or the name of another flow"), flow));
  });
}

function fillPortLinks(store, id, box, connect, readOnly) {
  const { graph } = store;
  const ports = portsOfGraph(store).get(id);
  if (!ports) return;
  const held = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const line = (side, port) => {
    const here = `${id}.${port.name}`;
    const edges = graph.edges.filter((edge) => (side === "in" ? edge.to : edge.from) === here);
    const need = side === "in" && port.presence === "required" && !edges.length;
    return el("li", {}, markPicture(port.type),
      el("div", {}, el("span", { class: "fl-port-name" }, port.name), el("span", { class: "note" }, ` ${side === "in" ? "takes" : "gives"} ${port.type || "something unknown"}`, need && " · needs a connection"),
        edges.map((edge) => {
          const [other, name] = portParts(side === "in" ? edge.from : edge.to);
          return el("div", { class: "fl-link" }, el("span", { dir: "auto" }, `${side === "in" ? "from" : "to"} ${calledNode(graph, other)} · ${name}`),
            !readOnly && el("button", { type: "button", class: "quiet", "data-key": `x${edgeKey(edge)}`, "aria-label": `Remove the connection ${side === "in" ? "from" : "to"} ${calledNode(graph, other)}`, onclick: () => store.apply("remove a connection", (before) => withoutEdges(before, new Set([edgeKey(edge)]))) }, "Remove"));
        })),
      !readOnly && (side === "out" || !edges.length || port.presence === "list") && el("button", { type: "button", class: "quiet", "data-key": `${side}${port.name}`, "aria-label": `Connect ${port.name}`, onclick: () => connect(id, { side, name: port.name }) }, "Connect…"));
  };
  box.replaceChildren(el("ul", {}, ports.inputs.map((port) => line("in", port)), ports.outputs.map((port) => line("out", port)),
    ports.isTool && line("out", { name: "tool", type: "tools", presence: "optional" })));
  if (held) box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}
