/** Runs, newest first; two and more can be put side by side. */
import { get } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { ago, count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessHeading, cardRow, cardTable, understood } from "../access/access-parts.js";
import { evaluateLink, evaluatePlace, isRunOver, runProgress, runSettings, runState, withInterval } from "./evaluate-parts.js";

const runHeads = ["Run", "Set", "State", "Right answers", "When"];
/** As many as can be told apart side by side. */
const mostCompared = 8;
const runsPause = 2000;

export function runListView({ shell }) {
  const table = cardTable("Runs, newest first", runHeads, []);
  const body = el("div", { class: "stack" });
  const compare = el("button", { type: "button", id: "compare-runs", class: "primary", disabled: true }, "Compare");
  const told = el("span", { class: "note", id: "compare-told" });
  const comparing = el("div", { class: "row", hidden: true }, compare, told);
  const chosen = new Map();
  let runs = [];
  let next = null;
  let set = "";
  let timer = 0;
  let abort = null;

  compare.addEventListener("click", () =>
    shell.go(evaluatePlace(["compare"], new URLSearchParams([...chosen.keys()].map((id) => ["run", id])))));

  async function load(isMore = false) {
    clearTimeout(timer);
    abort?.abort();
    const { signal } = abort = new AbortController();
    const query = new URLSearchParams({ limit: "50", ...(set && { set }), ...(isMore && { before: next }) });
    try {
      const page = await get(`v1/evaluations/runs?${query}`, signal);
      const older = isMore ? runs : [];
      // Watching those under way must not fold away what was asked for besides.
      runs = isMore ? [...older, ...page.runs] : [...page.runs, ...runs.slice(page.runs.length)];
      if (isMore || runs.length === page.runs.length) next = page.next;
      showRuns();
      if (runs.some((run) => !isRunOver(run))) timer = setTimeout(load, runsPause);
    } catch (error) {
      if (error.name !== "AbortError") body.replaceChildren(problemNote(understood(error), { retry: () => load(isMore) }));
    }
  }

  function showRuns() {
    if (!runs.length) {
      comparing.hidden = true;
      return body.replaceChildren(el("p", { class: "lead" }, "Nothing has been run yet."),
        el("p", { class: "measure" }, "A run asks every question of a set and compares the answers with what is expected. Start one to see how good the answers are."));
    }
    comparing.hidden = false;
    const focused = document.activeElement?.id;
    table.tBodies[0].replaceChildren(...runs.map((run) => cardRow(runHeads, runCells(run))));
    if (!table.isConnected || body.childElementCount > 1 || next) {
      body.replaceChildren(table, next ? el("button", { type: "button", id: "runs-older", onclick: () => load(true) }, "Older runs") : "");
    }
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
    showChosen();
  }

  function runCells(run) {
    const isReady = run.state === "finished";
    const box = el("input", { type: "checkbox", id: `compare-${run.id}`, disabled: !isReady, checked: chosen.has(run.id) });
    box.addEventListener("change", () => {
      if (box.checked) chosen.set(run.id, run);
      else chosen.delete(run.id);
      showChosen();
      announce(told.textContent);
    });
    return [el("div", { class: "run-cell" },
      el("label", { class: "pick" }, box, el("span", { class: "unseen" }, `Compare ${run.name}`)),
      el("div", {}, evaluateLink(run.name, ["run", run.id], {}, { id: `run-${run.id}`, class: "run-name", dir: "auto" }),
        el("span", { class: "note run-note", dir: "auto" }, runSettings(run)))),
      el("span", { dir: "auto", class: "run-set" }, run.set_name),
      isRunOver(run) ? runState(run) : el("div", {}, runState(run), runProgress(run)),
      run.answers_right ? withInterval("answers.right", run.answers_right) : "–",
      el("time", { datetime: run.created_at, title: new Date(run.created_at).toLocaleString("en-GB") }, ago(run.created_at))];
  }

  function showChosen() {
    const many = chosen.size;
    const sets = new Set([...chosen.values()].map((run) => run.set));
    compare.disabled = many < 2 || many > mostCompared;
    told.textContent = many === 0 ? "Tick two or more finished runs to put them side by side."
      : many > mostCompared ? `At most ${mostCompared} at a time.`
        : `${count(many, "run")} ticked${sets.size > 1 ? ", of different sets: only what they have in common is compared" : ""}.`;
  }

  showChosen();
  return {
    node: el("div", { class: "stack" },
      accessHeading("Evaluate", "How good the answers are, measured on questions whose answers are known.",
        evaluateLink("Start a run", ["start"], {}, { class: "button primary", id: "start-run" })),
      comparing, body),
    show({ query }) {
      set = query.get("set") ?? "";
      runs = [];
      if (!body.firstChild) body.append(el("p", { class: "note", role: "status" }, "Loading …"));
      load();
    },
    leave() {
      clearTimeout(timer);
      abort?.abort();
    },
  };
}
