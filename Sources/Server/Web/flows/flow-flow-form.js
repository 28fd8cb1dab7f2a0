/** The fields of the flow itself, or of the body that is open: name, outputs, sharing; and what is wrong with it. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { bodyDeclaration, portsOfGraph } from "./flow-catalog.js";
import { freshID } from "./flow-dialog.js";
import { calledNode } from "./flow-fit.js";
import { outputsOf, withOutputs } from "./flow-model.js";

/** The form. `editor` is the open editor; returns `{node, update()}`. */
export function flowForm(editor) {
  const { store } = editor;
  const readOnly = Boolean(store.readOnly);
  const inBody = store.path.length > 0;
  const problems = el("div", {});
  const outputs = el("div", { class: "fl-rows" });
  const parts = inBody ? [] : flowFields(editor, readOnly);
  const update = () => {
    for (const part of parts) part.update();
    fillProblems(editor, problems);
    fillOutputs(store, outputs, readOnly);
    return store.path.length > 0 === inBody;
  };
  const declared = bodyDeclaration(store);
  const form = el("div", { class: "fl-form" },
    inBody && el("p", { class: "note" }, declared?.meaning, " ", declared && `It is given ${declared.inputs.map((port) => `${port.name} (${port.type})`).join(", ") || "nothing"} and must make ${declared.outputs.map((port) => `${port.name} (${port.type})`).join(", ")}.`),
    problems, parts.map((part) => part.node),
    el("section", {}, el("h3", {}, "Outputs"), el("p", { class: "note" }, inBody ? "What the body makes." : "What a run gives back."), outputs));
  update();
  return { node: form, update };
}

function flowFields(editor, readOnly) {
  const { store } = editor;
  const ids = Object.fromEntries(["name", "description", "endpoint", "tags", "shared"].map((word) => [word, freshID(word)]));
  const field = (id, label, note, control, show) => ({
    node: el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: id }, label), control, note && el("p", { class: "note" }, note)),
    update: () => { if (document.activeElement !== control) show(); },
  });
  const text = (id, key, label, long) => {
    const control = el(long ? "textarea" : "input", { id, dir: "auto", readonly: readOnly, autocomplete: "off", maxlength: long ? null : 200, rows: long ? 3 : null });
    control.addEventListener("input", () => store.applyToFlow(`change the ${key}`, (flow) => ({ ...flow, [key]: control.value }), { merge: key }));
    return field(id, label, null, control, () => { control.value = store.doc[key]; });
  };
  const { meta } = editor;
  const endpoint = el("input", { id: ids.endpoint, autocomplete: "off", readonly: readOnly, spellcheck: "false" });
  endpoint.addEventListener("input", () => editor.changeMeta({ endpoint: endpoint.value.trim() || null }));
  const tags = el("input", { id: ids.tags, autocomplete: "off", readonly: readOnly, dir: "auto" });
  tags.addEventListener("input", () => editor.changeMeta({ tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean).slice(0, 50) }));
  const shared = el("input", { id: ids.shared, type: "checkbox", role: "switch", disabled: readOnly });
  shared.addEventListener("change", () => editor.changeMeta({ shared: shared.checked }));
  return [
    text(ids.name, "name", "Name of the flow", false), text(ids.description, "description", "Description", true),
    ...(meta.id ? [
      field(ids.shared, "Others may run it", "Only you change it. They search with their own rights.", shared, () => { shared.checked = editor.meta.shared; }),
      field(ids.endpoint, "Address", "A name of its own for programs, beside its id.", endpoint, () => { endpoint.value = editor.meta.endpoint ?? ""; }),
      field(ids.tags, "Tags, separated by commas", null, tags, () => { tags.value = (editor.meta.tags ?? []).join(", "); }),
    ] : []),
  ];
}

function fillProblems(editor, box) {
  const { store } = editor;
  if (store.checkFailed) {
    box.replaceChildren(el("p", { class: "fl-error" }, "The flow could not be checked; it is tried again after the next change."));
    return;
  }
  if (!store.allFaults) return box.replaceChildren();
  const { faults } = store;
  const held = box.contains(document.activeElement);
  box.replaceChildren(faults.length ? el("p", {}, el("strong", {}, count(faults.length, "problem")), " until it can run:") : el("p", { class: "fl-good" }, "✓ Nothing keeps it from running."),
    el("ul", { class: "fl-problems" }, faults.map((fault) => el("li", {}, fault.path.length || fault.place
      ? el("button", { type: "button", class: "quiet fl-problem", dir: "auto", onclick: () => editor.goToFault(fault) }, cut(fault.message)) : el("span", { dir: "auto" }, cut(fault.message))))));
  return held && box.querySelector("button")?.focus();
}

const cut = (text) => (text.length > 300 ? `${text.slice(0, 299)}…` : text);

function fillOutputs(store, box, readOnly) {
  if (box.contains(document.activeElement)) return;
  const { graph } = store;
  const declared = bodyDeclaration(store)?.outputs;
  const list = outputsOf(graph);
  const rows = declared ? [...declared.map(({ name }) => list.find((output) => output.name === name) ?? { name, port: "" }), ...list.filter((output) => !declared.some((port) => port.name === output.name))] : list;
  const choices = [...portsOfGraph(store)].flatMap(([id, ports]) => ports.outputs.filter(() => id !== "input").map((port) => [`${id}.${port.name}`, `${calledNode(graph, id)} · ${port.name}`]));
  const write = (next) => store.apply("change the outputs", (before) => withOutputs(before, next.filter((output) => output.port)));
  box.replaceChildren(...rows.map((output, i) => {
    const select = el("select", { "aria-label": `Port of output ${output.name}`, disabled: readOnly, onchange: () => write(rows.map((other, k) => (k === i ? { ...other, port: select.value } : other))) },
      el("option", { value: "" }, "none"), !choices.some(([port]) => port === output.port) && output.port && el("option", { value: output.port }, `${output.port} (not there)`), choices.map(([port, words]) => el("option", { value: port }, words)));
    select.value = output.port;
    const name = el("input", { "aria-label": `Name of output ${i + 1}`, value: output.name, readonly: readOnly || Boolean(declared), autocomplete: "off", dir: "auto" });
    name.addEventListener("change", () => { if (name.value.trim()) write(rows.map((other, k) => (k === i ? { ...other, name: name.value.trim() } : other))); });
    return el("div", { class: "fl-row fl-output-row" }, name, !readOnly && !declared && el("button", { type: "button", class: "quiet", "aria-label": `Remove output ${output.name}`, onclick: () => write(rows.filter((other, k) => k !== i)) }, "Remove"), select);
  }), readOnly || declared || !choices.length ? "" : el("button", { type: "button", class: "quiet fl-start", onclick: () => {
    const [port] = choices.find(([other]) => !rows.some((output) => output.port === other)) ?? choices[0];
    const named = rows.map((output) => (output.name === "output" ? { ...output, name: output.port.split(".")[0] } : output));
    write([...named, { name: named.length ? port.split(".")[0] : "output", port }]);
  } }, "Add an output"));
}
