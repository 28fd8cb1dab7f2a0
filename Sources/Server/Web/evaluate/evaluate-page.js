/** Evaluate: question sets, runs of them, runs side by side, and every wrong answer beside its trace. */
import { el } from "../shell/dom.js";
import { compareView } from "./evaluate-compare.js";
import { evaluateLink } from "./evaluate-parts.js";
import { runListView } from "./evaluate-runs.js";
import { runView } from "./evaluate-run.js";
import { newSetView } from "./evaluate-new-set.js";
import { setListView } from "./evaluate-sets.js";
import { setView } from "./evaluate-set.js";
import { startRunView } from "./evaluate-start.js";

/** Views by the first part of the path. Those that `keep` hold what somebody entered. */
const evaluateViews = {
  "": { words: "Runs", make: runListView },
  start: { make: startRunView, under: "", keep: true },
  run: { make: runView, under: "" },
  compare: { make: compareView, under: "" },
  sets: { words: "Question sets", make: setListView },
  "new-set": { make: newSetView, under: "sets", keep: true },
  set: { make: setView, under: "sets" },
};

let evaluateShell = null;
let evaluateNav = null;
let evaluateBody = null;
let evaluateShown = null;
let evaluateShownName = null;
let evaluateKept = {};

export const evaluatePage = {
  mount(section, shell) {
    evaluateShell = shell;
    evaluateNav = el("nav", { class: "sub-nav", "aria-label": "Evaluate" });
    evaluateBody = el("div");
    section.append(evaluateNav, evaluateBody);
  },

  show(place) {
    const name = place.path[0] in evaluateViews ? place.path[0] : "";
    const { make, keep, under } = evaluateViews[name];
    const here = under ?? name;
    evaluateNav.replaceChildren(...Object.entries(evaluateViews).filter(([, view]) => view.words)
      .map(([key, view]) => evaluateLink(view.words, key ? [key] : [], {}, { "aria-current": key === here ? "page" : null })));
    document.title = `${evaluateViews[here].words} · Evaluate · Millrace`;
    const wholeName = [name, ...place.path.slice(1)].join("/");
    if (evaluateShown && evaluateShownName === wholeName) return evaluateShown.show?.(place);
    const isFirst = evaluateShownName === null;
    evaluateShown?.leave?.();
    evaluateShown = evaluateKept[wholeName] ?? make({
      shell: evaluateShell, id: place.path[1] ?? null, drop: () => { delete evaluateKept[wholeName]; },
    });
    evaluateShownName = wholeName;
    if (keep) evaluateKept[wholeName] = evaluateShown;
    evaluateBody.replaceChildren(evaluateShown.node);
    evaluateShown.show?.(place);
    if (!isFirst) evaluateBody.querySelector("h1")?.focus({ preventScroll: true });
  },

  leave() {
    evaluateShown?.leave?.();
    evaluateShown = evaluateShownName = null;
  },

  forget() {
    this.leave();
    evaluateKept = {};
    evaluateBody?.replaceChildren();
  },

  field: () => evaluateBody.querySelector("h1"),
};
