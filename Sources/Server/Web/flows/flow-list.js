/** All flows: their state, their last run, a new one, one from a file. */
import { el } from "../shell/dom.js";
import { ago, count, day } from "../shell/format.js";
import { askForText } from "./flow-dialog.js";
import { isolated } from "../shell/plain-text.js";
import { definitionOf } from "./flow-model.js";
import { copyFlow, deletionConfirmed, nameFault } from "./flow-names.js";
import { newFlowDialog } from "./flow-new.js";
import { importDialog } from "./flow-import.js";
import { dropDraft, readDraft } from "./flow-draft.js";
import { flowsAPI, inWords, runsAPI } from "./flows-api.js";

const runWords = { queued: "waits to run", running: "runs now", finished: "ran", failed: "failed", cancelled: "was stopped", dead: "failed for good" };

/** “2 flows of yours, 1 from the settings”. */
const heldFlows = (stored, given) => [
  stored ? `${count(stored, "flow")} of yours` : "You have no flow of your own yet", given && `${given} from the settings`,
].filter(Boolean).join(", ");

/** The page. `open(id)` goes to a flow. Returns `{node, load()}`. */
export function flowList(open) {
  let flows = [];
  let runs = new Map();
  const search = el("input", { id: "fl-list-search", type: "search", autocomplete: "off", placeholder: "Search flows" });
  const list = el("ul", { class: "fl-list" });
  const note = el("div", {});
  const status = el("p", { class: "note", role: "status" });
  const node = el("div", { class: "fl-page" },
    el("header", { class: "fl-page-head" }, el("div", {}, el("h1", {}, "Flows"), status),
      el("div", { class: "row" }, el("button", { type: "button", class: "primary", id: "fl-new", onclick: () => newFlowDialog(flows, open) }, "New flow"), el("button", { type: "button", id: "fl-import", onclick: () => importDialog(open) }, "Import"))),
    el("label", { class: "unseen", for: "fl-list-search" }, "Search flows"), search, note, list);
  search.addEventListener("input", () => fill());

  async function load() {
    status.textContent = flows.length ? status.textContent : "Loading flows…";
    try {
      const told = await flowsAPI.list();
      flows = told.flows;
      note.replaceChildren();
      fill();
      const { runs: recent } = await runsAPI.recent();
      runs = new Map([...recent].reverse().map((run) => [run.flow, run]));
      fill();
    } catch (problem) {
      if (!flows.length) status.textContent = "";
      note.replaceChildren(el("div", { class: "problem", role: "alert" }, el("p", {}, el("strong", {}, "The flows could not be loaded. "), inWords(problem)), el("button", { type: "button", onclick: load }, "Try again")));
    }
  }

  function fill() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = flows.filter((flow) => words.every((word) => `${flow.name} ${flow.description} ${(flow.tags ?? []).join(" ")} ${flow.endpoint ?? ""}`.toLowerCase().includes(word)));
    const stored = flows.filter((flow) => flow.id).length;
    status.textContent = words.length ? `${count(hits.length, "flow")} of ${flows.length}` : heldFlows(stored, flows.length - stored);
    list.replaceChildren(...hits.map(row));
    if (!hits.length && words.length) list.replaceChildren(el("li", { class: "note" }, "No flow has these words."));
  }

  function row(flow) {
    const { id } = flow;
    const key = id ?? flow.name;
    const run = runs.get(key);
    const states = [
      !id && "from the settings", id && (flow.published ? `version ${flow.published} published` : "draft"), id && `version ${flow.version}`, flow.shared && "shared",
      flow.faults?.length > 0 && `${count(flow.faults.length, "problem")}`, id && readDraft(id) && "unsaved work here",
    ].filter(Boolean);
    const facts = [count(flow.components.length, "component"), id && `changed ${ago(flow.updated_at) ?? day(flow.updated_at)}`, run && `${runWords[run.state] ?? run.state} ${ago(run.ended_at ?? run.created_at) ?? ""}`].filter(Boolean);
    return el("li", { class: "fl-flow" },
      el("div", { class: "fl-flow-main" },
        el("h2", {}, el("a", { href: `#flows/${encodeURIComponent(key)}`, dir: "auto", title: flow.name.length > 120 ? flow.name : null }, isolated(flow.name))),
        flow.description && el("p", { class: "fl-about", dir: "auto" }, flow.description),
        el("p", { class: "facts" }, facts.map((fact) => el("span", {}, fact)))),
      el("p", { class: "fl-states" }, states.map((state) => el("span", { class: "label" }, state)), (flow.tags ?? []).slice(0, 6).map((tag) => el("span", { class: "label fl-tag", dir: "auto" }, tag))),
      actions(flow));
  }

  function actions(flow) {
    const item = (word, act, props = {}) => el("button", { type: "button", class: "quiet", ...props, onclick: () => { menu.open = false; act(); } }, word);
    const menu = el("details", { class: "menu fl-more" }, el("summary", { "aria-label": `More for ${flow.name.slice(0, 80)}` }, el("span", {}, "More")), el("div", { class: "menu-body" },
      flow.id && item("Rename", () => rename(flow)), item("Make a copy", () => copy(flow)), flow.id && item("Delete", () => remove(flow))));
    return menu;
  }

  const guarded = async (act) => {
    try { await act(); await load(); } catch (problem) {
      note.replaceChildren(el("div", { class: "problem", role: "alert" }, el("p", {}, inWords(problem)), el("button", { type: "button", onclick: () => note.replaceChildren() }, "Close")));
    }
  };

  async function rename(flow) {
    const name = await askForText({ title: "Rename the flow", label: "Name", value: flow.name, word: "Rename", check: nameFault });
    if (name === null || name === flow.name) return;
    await guarded(async () => {
      const { tags, shared, endpoint, project } = flow;
      await flowsAPI.save(flow.id, { flow: { ...definitionOf(await flowsAPI.read(flow.id)), name }, tags, shared, base_version: flow.version, note: "renamed", ...(endpoint ? { endpoint } : {}), ...(project ? { project } : {}) });
    });
  }

  const copy = (flow) => guarded(async () => open((await copyFlow(flow)).id));

  async function remove(flow) {
    if (!(await deletionConfirmed(flow.name))) return;
    await guarded(async () => {
      await flowsAPI.remove(flow.id);
      dropDraft(flow.id);
    });
  }

  return { node, load, forget() { flows = []; runs = new Map(); list.replaceChildren(); } };
}
