/** One run: how far it is, then its figures with their intervals, and what it got wrong. */
import { del, get, post } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { problemNote } from "../ask/outcomes.js";
import { accessDialog, accessHeading, understood } from "../access/access-parts.js";
import { figureList, inNumbers, millis, percent, viewPart, whole } from "../index-view/index-parts.js";
import {
  evaluateLink, evaluatePlace, figureName, figureValue, isRunOver, mainFigures, runProgress, runSettings, runState, runTime,
  whiskers, withInterval,
} from "./evaluate-parts.js";
import { outcomesView } from "./evaluate-outcomes.js";

const runPause = 1000;

export function runView({ id, shell }) {
  const head = el("div");
  const body = el("div", { class: "stack" });
  const address = `v1/evaluations/runs/${encodeURIComponent(id)}`;
  const outcomes = outcomesView(address);
  let timer = 0;
  let abort = null;
  let state = null;

  async function load() {
    clearTimeout(timer);
    abort?.abort();
    const { signal } = abort = new AbortController();
    try {
      showRun(await get(address, signal));
    } catch (error) {
      if (error.name !== "AbortError") body.replaceChildren(problemNote(understood(error), { retry: load }));
    }
  }

  function showRun(run) {
    if (state && state !== run.state) announce(`${run.name}: ${run.state}`);
    // Its buttons keep the focus while only the progress moves.
    if (state !== run.state) head.replaceChildren(runHead(run, { cancel, remove }));
    state = run.state;
    if (!isRunOver(run)) {
      body.replaceChildren(el("div", { class: "row" }, runState(run), el("span", { class: "note" }, `for ${runTime(run)}`)), runProgress(run),
        el("p", { class: "note" }, "It goes on when you leave this page."));
      timer = setTimeout(load, runPause);
      return;
    }
    body.replaceChildren(...run.report ? reportParts(run) : [endNote(run)], outcomes.node);
    outcomes.show();
  }

  async function cancel(event) {
    event.target.disabled = true;
    try { showRun(await post(`${address}/cancel`)); } catch (error) {
      body.append(problemNote(error, { retry: load }));
    }
  }

  async function remove() {
    const isGone = await accessDialog({
      title: "Delete this run?", word: "Delete it", grave: true, act: () => del(address),
      body: el("p", {}, "Its figures and outcomes go for good. Its question set stays."),
    });
    if (isGone) shell.go(evaluatePlace());
  }

  return {
    node: el("div", { class: "stack" }, el("p", { class: "way-back" }, evaluateLink("Runs", [])), head, body),
    show() {
      head.replaceChildren(accessHeading("Run"));
      state = null;
      load();
    },
    leave() {
      clearTimeout(timer);
      abort?.abort();
      outcomes.leave();
    },
  };
}

function runHead(run, { cancel, remove }) {
  return accessHeading(run.name, [evaluateLink(run.set_name, ["set", run.set], {}, { dir: "auto", class: "isolated" }), ` · ${runSettings(run)}`],
    !isRunOver(run) && el("button", { type: "button", id: "cancel-run", onclick: cancel }, "Cancel"),
    el("button", { type: "button", onclick: remove }, "Delete"));
}

function endNote(run) {
  return el("div", { class: "stack" }, el("p", { class: "lead" }, run.state === "cancelled" ? "This run was cancelled." : "This run failed."),
    run.failure && el("p", { dir: "auto" }, run.failure),
    el("p", { class: "note" }, `${whole(run.done)} of ${whole(run.total)} questions had been asked.`));
}

function reportParts(run) {
  const { report } = run;
  const figures = report.figures.filter((figure) => !figure.name.startsWith("answers.right."));
  const main = mainFigures.map((name) => figures.find((figure) => figure.name === name)).filter(Boolean);
  const row = (figure) => ({ words: figureName(figure.name), ...figure, text: figureValue(figure.name, figure.value) });
  return [
    figureList([
      ["questions", whole(run.total)],
      ["took", runTime(run)],
      report.latency_ms && ["half answered within", millis(report.latency_ms.p50), `95 % ${millis(report.latency_ms.p95)}, 99 % ${millis(report.latency_ms.p99)}`],
      ["failed", whole(report.failures)],
      ["made-up citations", whole(report.forged_citations)],
      ["leaks", whole(report.leaks), report.leaks ? "something reached who may not read it" : null],
    ]),
    report.leaks ? el("p", { class: "warning", role: "alert" }, "Something reached a reader who may not read it. Look at the wrong answers below before anything else.") : "",
    viewPart("Figures", "Each with its 95 % interval, on a scale from 0 to 1. Larger is better unless it says error, risk or Brier.",
      whiskers(main.map(row), { from: 0, to: 1 }),
      inNumbers("All figures", ["Figure", "Value and interval", "Wilson’s interval", "Questions"], figures.map((figure) => [
        figureName(figure.name), withInterval(figure.name, figure),
        figure.wilson ? `${percent(figure.wilson.low)} to ${percent(figure.wilson.high)}` : "–", whole(figure.questions)]))),
    report.by_kind.length > 1 ? viewPart("Right answers by kind of question", null,
      whiskers(report.by_kind.map((kind) => ({ words: kind.kind, ...kind, text: `${percent(kind.value)} of ${kind.questions}` })), { from: 0, to: 1 })) : "",
    viewPart("Answered or not", null, abstentionTable(report.abstention)),
  ];
}

function abstentionTable({ answered_rightly: right, answered_wrongly: wrong, abstained_rightly: withheld, abstained_wrongly: missed }) {
  return figureList([
    ["said “I don’t know” rightly", whole(withheld), "nothing answers the question"],
    ["said “I don’t know” wrongly", whole(missed), "an answer was there"],
    ["answered an answerable one", whole(right)],
    ["answered where nothing answers", whole(wrong)],
  ]);
}
