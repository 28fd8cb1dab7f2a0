/** What the views of Evaluate are made of: names of figures, states of runs, intervals as whiskers. */
import { el } from "../shell/dom.js";
import { addressOf } from "../shell/place.js";
import { drawn, millis, percent } from "../index-view/index-parts.js";

const figureWords = {
  "answers.right": "Right answers", "answers.right_when_given": "Right when answered",
  "answers.exact_match": "Same words as expected", "answers.token_f1": "Words shared with what is expected (F1)",
  "abstention.precision": "“I don’t know” where nothing answers", "abstention.recall": "Unanswerable ones left unanswered",
  "abstention.f1": "Knowing when not to answer (F1)", "abstention.aurc": "Risk over coverage (AURC)",
  "abstention.excess_aurc": "Risk over coverage beyond the best possible", "calibration.ece": "Calibration error (ECE)",
  "calibration.brier": "Brier score", "citations.precision": "Citations that bear their sentence out",
  "citations.recall": "Right pages that are cited",
};
const measureWords = { ndcg10: "nDCG@10", recall10: "recall@10", mrr: "MRR" };
const modeWords = { ask: "in answering", hybrid: "hybrid search", vector: "search by meaning", keyword: "search by words" };

/** The figures that runs are compared by at first sight. */
export const mainFigures = ["answers.right", "answers.right_when_given", "abstention.precision", "abstention.recall",
  "citations.precision", "citations.recall", "retrieval.ask.recall10", "retrieval.hybrid.mrr", "calibration.ece"];

/** “Right answers” for `answers.right`; its own name where nobody gave it another. */
export function figureName(name) {
  if (figureWords[name]) return figureWords[name];
  const [family, middle, last] = name.split(".");
  if (family === "retrieval" && measureWords[last]) return `${measureWords[last]}, ${modeWords[middle] ?? middle}`;
  return name.startsWith("answers.right.") ? `Right answers: ${name.slice(14)}` : name;
}

// What can exceed 1 or is no share is told as a number.
const isShare = (name) => !/aurc|brier|ece|mrr|ndcg|f1/.test(name);

/** A figure's value as its kind is told. */
export const figureValue = (name, value) => (isShare(name) ? percent(value) : value.toFixed(3).replace("-", "−"));

/** `93.4 % (90.1 % to 95.8 %)`. */
export const withInterval = (name, { value, low, high }) =>
  `${figureValue(name, value)} (${figureValue(name, low)} to ${figureValue(name, high)})`;

/** A difference with its sign: points of a hundred for a share. */
export function differenceText(name, value) {
  const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
  return isShare(name) ? `${sign}${Math.abs(value * 100).toFixed(1)} points` : `${sign}${Math.abs(value).toFixed(3)}`;
}

/** A place of this page. */
export const evaluatePlace = (path = [], query = {}) => ({ tab: "evaluate", path, query });

/** A link within this page. */
export const evaluateLink = (words, path, query, props = {}) =>
  el("a", { href: addressOf(evaluatePlace(path, query)), ...props }, words);

const runStates = { queued: "Waiting", running: "Running", finished: "Finished", failed: "Failed", cancelled: "Cancelled" };

/** Whether nothing more comes of a run. */
export const isRunOver = (run) => ["finished", "failed", "cancelled"].includes(run.state);

/** A run's state as a word in a frame. */
export const runState = (run) => el("span", { class: `label run-${run.state}` }, runStates[run.state] ?? run.state);

/** How far a run is, as a bar with its words. */
export const runProgress = (run) => el("div", { class: "run-progress" },
  el("progress", { max: run.total || 1, value: run.done, "aria-label": `Progress of ${run.name}` }),
  el("span", { class: "note" }, `${run.done} of ${run.total}`));

/** What a run was made with: “question-answering, ef_search 96, first half”. */
export const runSettings = (run) => [run.flow, ...Object.entries(run.settings ?? {}).map(([name, value]) => `${name} ${value}`),
  run.half && `the ${run.half} half`, run.concurrency > 1 && `${run.concurrency} at a time`].filter(Boolean).join(", ");

/** How long a run took or has taken. */
export const runTime = (run) => (run.started_at
  ? millis((run.ended_at ? Date.parse(run.ended_at) : Date.now()) - Date.parse(run.started_at)) : "–");

/**
 * Intervals under each other on one scale: a dot with whiskers each. `rows`: `{words, value, low, high, text, verdict}`;
 * `from`…`to`: the scale; `zero`: where a line stands, if one does.
 */
export function whiskers(rows, { from, to, zero = null }) {
  const x = (value) => `${Math.max(0, Math.min(100, ((value - from) / (to - from || 1)) * 100))}%`;
  return el("ul", { class: "whiskers" }, rows.map(({ words, value, low, high, text, verdict }) => {
    const line = (name, a, b) => drawn("line", { class: name, x1: x(a), x2: x(b), y1: 10, y2: 10 });
    const tick = (at) => drawn("line", { class: "whisker", x1: x(at), x2: x(at), y1: 5, y2: 15 });
    return el("li", {}, el("span", { class: "whisker-name", dir: "auto", title: words }, words),
      el("span", { class: "whisker-lane", "aria-hidden": "true" }, drawn("svg", { height: 20 }, line("lane", from, to),
        zero !== null && drawn("line", { class: "zero", x1: x(zero), x2: x(zero), y1: 0, y2: 20 }),
        line("whisker", low, high), tick(low), tick(high),
        drawn("circle", { class: `dot${verdict === "unclear" ? " open" : ""}`, cx: x(value), cy: 10, r: 5 }))),
      el("span", { class: "whisker-text" }, text));
  }));
}
