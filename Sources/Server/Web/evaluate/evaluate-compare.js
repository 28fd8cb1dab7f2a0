/** Runs side by side: each figure with every run's interval, and what changed between two of them. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { accessHeading, cardTable, fillFrom } from "../access/access-parts.js";
import { inNumbers, traceAddress, viewPart, whole } from "../index-view/index-parts.js";
import {
  differenceText, evaluateLink, evaluatePlace, figureName, figureValue, mainFigures, whiskers, withInterval,
} from "./evaluate-parts.js";

const verdictWords = { better: "better", worse: "worse", unclear: "too close to call" };

export function compareView({ shell }) {
  const body = el("div", { class: "stack" });
  const pair = el("div", { class: "stack" });
  let stop = null;
  let stopPair = null;
  let ids = [];

  function show({ query }) {
    const asked = [...new Set(query.getAll("run"))].slice(0, 8);
    const chosen = [query.get("before") ?? asked[0], query.get("after") ?? asked[1]];
    if (asked.length < 2) {
      return body.replaceChildren(el("p", { class: "lead" }, "There is nothing to compare."), el("p", {}, evaluateLink("Tick two finished runs", []), "."));
    }
    if (ids.join() !== asked.join()) {
      ids = asked;
      stop?.();
      stop = fillFrom(body, (signal) => Promise.all(ids.map((id) => get(`v1/evaluations/runs/${encodeURIComponent(id)}`, signal))),
        (runs) => compareParts(runs.filter((run) => run.report), chosen, pair, choose));
    }
    stopPair?.();
    stopPair = fillFrom(pair, (signal) =>
      get(`v1/evaluations/compare?${new URLSearchParams({ before: chosen[0], after: chosen[1] })}`, signal), pairParts);
  }

  function choose(before, after) {
    const query = new URLSearchParams(ids.map((id) => ["run", id]));
    query.set("before", before);
    query.set("after", after);
    shell.go(evaluatePlace(["compare"], query), { replace: true });
  }

  return {
    node: el("div", { class: "stack" }, el("p", { class: "way-back" }, evaluateLink("Runs", [])),
      accessHeading("Runs side by side", "A dot is what was measured, its whiskers the 95 % interval. What overlaps widely may be chance."), body),
    show,
    leave() {
      stop?.();
      stopPair?.();
    },
  };
}

function compareParts(runs, chosen, pair, choose) {
  if (runs.length < 2) return [el("p", { class: "lead" }, "Only finished runs can be compared.")];
  const figures = mainFigures.filter((name) => runs.some((run) => figureOf(run, name)));
  return [
    el("section", { class: "part" }, el("h2", {}, "Figures"),
      el("div", { class: "figure-plots" }, figures.map((name) => figurePlot(name, runs))),
      inNumbers("Figures of the runs", ["Figure", ...runs.map((run) => run.name)], figures.map((name) => [figureName(name),
        ...runs.map((run) => { const figure = figureOf(run, name); return figure ? withInterval(name, figure) : "–"; })]))),
    el("section", { class: "part" }, el("h2", {}, "What changed"), pairChooser(runs, chosen, choose), pair),
  ];
}

const figureOf = (run, name) => run.report.figures.find((figure) => figure.name === name);

// Each on the scale where its intervals differ, which stands under it.
function figurePlot(name, runs) {
  const rows = runs.map((run) => ({ run, figure: figureOf(run, name) })).filter(({ figure }) => figure);
  const from = Math.max(0, Math.floor(Math.min(...rows.map(({ figure }) => figure.low)) * 10 - 0.5) / 10);
  const to = Math.min(1, Math.ceil(Math.max(...rows.map(({ figure }) => figure.high)) * 10 + 0.5) / 10);
  return el("figure", { class: "figure-plot" },
    el("figcaption", {}, el("strong", {}, figureName(name)), !rows[0].figure.is_better_when_larger && el("span", { class: "note" }, " smaller is better")),
    whiskers(rows.map(({ run, figure }) => ({ words: run.name, ...figure, text: figureValue(name, figure.value) })), { from, to }),
    el("div", { class: "scale-ends note", "aria-hidden": "true" }, el("span", {}, figureValue(name, from)), el("span", {}, figureValue(name, to))));
}

function pairChooser(runs, chosen, choose) {
  const select = (id, words, value) => {
    const field = el("select", { id }, runs.map((run) => el("option", { value: run.id, selected: run.id === value }, run.name)));
    return { field, node: el("div", { class: "field" }, el("label", { for: id }, words), field) };
  };
  const [before, after] = [select("pair-before", "From", chosen[0]), select("pair-after", "To", chosen[1])];
  for (const { field } of [before, after]) field.addEventListener("change", () => choose(before.field.value, after.field.value));
  return el("div", { class: "row filters" }, before.node, after.node);
}

function pairParts({ questions, unpaired, differences, changed }) {
  if (!questions) return [el("p", { class: "lead" }, "These runs have no question in common.")];
  const shown = differences.filter(({ figure }) => !figure.startsWith("answers.right."));
  const main = shown.filter(({ figure }) => mainFigures.includes(figure));
  const reach = Math.max(0.05, ...main.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  return [
    el("p", { class: "note measure" }, `${count(questions, "question")} asked in both, compared one by one${unpaired ? `; ${whole(unpaired)} in only one of them` : ""}. `
      + "A filled dot is a difference that chance does not explain."),
    whiskers(main.map((difference) => ({
      words: figureName(difference.figure), ...difference, text: `${differenceText(difference.figure, difference.value)}, ${verdictWords[difference.verdict]}`,
    })), { from: -reach, to: reach, zero: 0 }),
    inNumbers("Differences", ["Figure", "From", "To", "Difference", "95 % interval", "Verdict"], shown.map((difference) => {
      const { figure } = difference;
      return [figureName(figure), figureValue(figure, difference.before), figureValue(figure, difference.after), differenceText(figure, difference.value),
        `${differenceText(figure, difference.low)} to ${differenceText(figure, difference.high)}`, verdictWords[difference.verdict]];
    })),
    changed.length ? changedTable(changed) : el("p", { class: "note" }, "Every question came out the same."),
  ];
}

function changedTable(changed) {
  const lost = changed.filter(({ change }) => change === "lost");
  const rows = [...lost, ...changed.filter(({ change }) => change !== "lost")];
  return el("div", { class: "stack" },
    el("h3", {}, `${count(lost.length, "question")} lost, ${whole(changed.length - lost.length)} won`),
    cardTable("Questions that came out differently", ["Question", "Change", "Before", "After"], rows.map((one) => [
      el("span", { dir: "auto", class: "isolated clamp" }, one.question),
      el("span", { class: `label verdict-${one.change === "won" ? "right" : "wrong"}` }, one.change),
      sideOf(one.before, one.question, "before"), sideOf(one.after, one.question, "after")])));
}

const sideOf = (side, question, when) => el("div", {}, el("span", { dir: "auto", class: "isolated clamp" }, side.withheld ? "I don’t know." : side.said),
  side.trace && el("a", { href: traceAddress(side.trace), "aria-label": `Trace ${when} of “${question}”` }, "Trace"));
