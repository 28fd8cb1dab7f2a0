/** Taking in a flow from a file or a paste: first what would become of it, then, if wanted, it is kept. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { openDialog } from "./flow-dialog.js";
import { definitionOf, wholeFlow } from "./flow-model.js";
import { flowsAPI, inWords } from "./flows-api.js";

const most = 8 << 20;
const standings = [
  ["exact", "Exact", "the same, as far as its fields say"], ["approximated", "Approximated", "nearly the same; what differs is told"],
  ["merged", "Merged", "taken up by what it is connected to"], ["left_out", "Left out", "nothing is lost with it"], ["missing", "Missing", "not had here"],
];

/** Opens the dialog; `open(id)` goes to the flow that was kept. `text` is what was pasted elsewhere. */
export async function importDialog(open, text = "") {
  let kept = null;
  let checkedText = null;
  const file = el("input", { id: "fl-import-file", type: "file", accept: ".json,application/json" });
  const area = el("textarea", { id: "fl-import-text", class: "fl-code", rows: 6, spellcheck: "false", placeholder: "or paste the JSON here" }, text);
  const report = el("div", { class: "fl-report", "aria-live": "polite" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > most) {
      report.replaceChildren(el("p", { class: "fl-error", role: "alert" }, `“${chosen.name}” has ${(chosen.size / (1 << 20)).toFixed(1)} MiB; an export may have 8.`));
      return;
    }
    area.value = await chosen.text();
    look();
  });
  const look = async () => {
    const fault = jsonFault(area.value);
    if (fault) {
      report.replaceChildren(el("p", { class: "fl-error", role: "alert" }, fault));
      return fault;
    }
    report.replaceChildren(el("p", { class: "note" }, "Looking at it…"));
    try {
      const told = await takeIn(area.value, false);
      checkedText = area.value;
      report.replaceChildren(...told.flows.map(importReport));
    } catch (problem) {
      report.replaceChildren(el("p", { class: "fl-error", role: "alert" }, `It cannot be taken in. ${inWords(problem)}`));
      return inWords(problem);
    }
    return null;
  };
  await openDialog({
    title: "Import a flow", wide: true,
    body: el("div", { class: "fl-import" }, el("p", { class: "note" }, "An export of Langflow (one flow, a list or a project), or Millrace’s own JSON. Its Python code is never run."),
      el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-import-file" }, "File"), file),
      el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-import-text" }, "JSON"), area),
      el("div", { class: "row" }, el("button", { type: "button", onclick: look }, "See what becomes of it")), report),
    actions: [{ word: "Keep it", primary: true, async check() {
      const fault = jsonFault(area.value);
      if (fault) return fault;
      if (checkedText !== area.value && (await look())) return "It was not kept.";
      kept = await takeIn(area.value, true);
      return null;
    } }, { word: "Cancel", value: "cancel" }],
    onopen: () => { if (text) look(); },
  });
  if (kept?.flows[0]?.id) open(kept.flows[0].id, kept);
}

// Langflow's exports go to the server as they are; a flow of our own form needs no translation.
async function takeIn(text, keep) {
  const flow = JSON.parse(text);
  if (!Array.isArray(flow?.components)) return flowsAPI.importExport(text, keep);
  const whole = definitionOf(wholeFlow(flow));
  if (!whole.output && !whole.outputs) whole.outputs = {};
  if (!whole.name) whole.name = "Imported flow";
  const told = { name: whole.name, flow: whole, nodes: [], obstacles: [] };
  if (!keep) return { flows: [{ ...told, faults: (await flowsAPI.check(whole)).faults }] };
  const { id, faults } = await flowsAPI.create({ flow: whole, note: "imported" });
  return { flows: [{ ...told, id, faults }] };
}

function jsonFault(text) {
  if (!text.trim()) return "Choose a file or paste the JSON of a flow.";
  if (new Blob([text]).size > most) return "It has more than the 8 MiB that an export may have.";
  try { JSON.parse(text); } catch { return "This is no JSON: choose the file that Langflow’s “Export” wrote."; }
  return null;
}

/** What became of one flow, node by node. */
export function importReport(flow) {
  const of = (standing) => flow.nodes.filter((node) => node.standing === standing);
  return el("section", { class: "fl-report-flow" },
    el("h3", { dir: "auto" }, flow.name),
    (flow.remarks ?? []).map((text) => el("p", { class: "note", dir: "auto" }, text)),
    flow.obstacles.map((text) => el("p", { class: "fl-error", dir: "auto" }, text)),
    el("p", { class: "fl-report-sum" }, standings.filter(([key]) => of(key).length).map(([key, word]) => el("span", { class: `fl-standing ${key}` }, `${of(key).length} ${word.toLowerCase()}`)), flow.nodes.length === 0 && `${count(flow.flow.components.length, "component")}`),
    standings.filter(([key]) => of(key).length).map(([key, word, meaning]) => el("details", { open: key === "missing" || key === "approximated" },
      el("summary", {}, `${word} (${of(key).length})`), el("p", { class: "note" }, `That is: ${meaning}.`),
      el("ul", {}, of(key).map((node) => el("li", {}, el("strong", { dir: "auto" }, node.title || node.id), node.type && el("span", { class: "note" }, ` ${node.type}${node.component ? ` → ${node.component}` : ""}`), (node.notes ?? []).map((note) => el("p", { dir: "auto" }, note))))))),
    flow.faults?.length > 0 && el("details", { open: true }, el("summary", {}, `${count(flow.faults.length, "problem")} until it can run`), el("ul", {}, flow.faults.map((fault) => el("li", { dir: "auto" }, fault.message ?? fault)))));
}
