/** Question sets: what there is to be measured on. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { ago } from "../shell/format.js";
import { accessHeading, cardTable, fillFrom } from "../access/access-parts.js";
import { whole } from "../index-view/index-parts.js";
import { evaluateLink } from "./evaluate-parts.js";

export function setListView() {
  const body = el("div", { class: "stack" });
  let stop = null;
  return {
    node: el("div", { class: "stack" },
      accessHeading("Question sets", "Questions with the answers or pages that are right for them, and some that nothing answers.",
        evaluateLink("Add a set", ["new-set"], {}, { class: "button primary", id: "add-set" })), body),
    show() { stop = fillFrom(body, (signal) => get("v1/evaluations/sets", signal), ({ sets }) => setTable(sets)); },
    leave() { stop?.(); },
  };
}

function setTable(sets) {
  if (!sets.length) {
    return el("div", { class: "stack" }, el("p", { class: "lead" }, "There is no question set yet."),
      el("p", { class: "measure" }, "Twenty real questions of your people, each with the page that answers it, tell more than any benchmark."));
  }
  return cardTable("Question sets", ["Set", "Questions", "Unanswerable", "Kinds", "Added", "Use"], sets.map((set) => [
    el("div", {}, evaluateLink(set.name, ["set", set.id], {}, { dir: "auto", class: "run-name" }),
      set.is_built_in && el("span", { class: "note run-note" }, "comes with Millrace")),
    whole(set.questions), whole(set.questions - set.answerable),
    Object.entries(set.kinds).map(([kind, many]) => `${kind} ${whole(many)}`).join(", "),
    set.created_at ? ago(set.created_at) : "–",
    evaluateLink("Run", ["start"], { set: set.id }, { "aria-label": `Run ${set.name}` })]));
}
