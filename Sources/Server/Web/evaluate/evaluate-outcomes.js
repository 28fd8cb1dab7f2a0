/** What became of each question of a run: the wrong ones first, each one click from its trace. */
import { get } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessPair } from "../access/access-parts.js";
import { addressOf } from "../shell/place.js";
import { millis, percent, traceAddress } from "../index-view/index-parts.js";

export function outcomesView(address) {
  const failing = el("input", { type: "checkbox", id: "only-failing", checked: true });
  const list = el("ol", { class: "outcomes" });
  const foot = el("div", { class: "stack" });
  let next = null;
  let abort = null;

  async function more(isFirst) {
    abort?.abort();
    const { signal } = abort = new AbortController();
    const query = new URLSearchParams({ limit: "50", ...(failing.checked && { failing: "true" }), ...(!isFirst && { before: next }) });
    try {
      const page = await get(`${address}/outcomes?${query}`, signal);
      if (isFirst) list.replaceChildren();
      const before = list.childElementCount;
      list.append(...page.outcomes.map(outcomeItem));
      next = page.next;
      foot.replaceChildren(
        list.childElementCount ? "" : el("p", { class: "note" }, failing.checked ? "No question went wrong." : "No question has been asked yet."),
        next ? el("button", { type: "button", id: "outcomes-more", onclick: () => more(false) }, "More") : "");
      announce(count(list.childElementCount, "question"));
      if (!isFirst) list.children[before]?.querySelector("summary").focus();
    } catch (error) {
      if (error.name !== "AbortError") foot.replaceChildren(problemNote(error, { retry: () => more(isFirst) }));
    }
  }

  failing.addEventListener("change", () => more(true));
  return {
    node: el("section", { class: "part" }, el("h2", {}, "Questions"),
      el("label", { class: "check" }, failing, el("span", {}, "only those that went wrong")), list, foot),
    show: () => more(true),
    leave: () => abort?.abort(),
  };
}

function outcomeItem(outcome) {
  const verdict = outcome.is_right ? "right" : outcome.withheld ? "not answered" : "wrong";
  return el("li", {},
    el("div", { class: "outcome-links" }, outcome.trace
      ? el("a", { href: traceAddress(outcome.trace), "aria-label": `Trace of “${outcome.question}”` }, "Trace")
      : el("span", { class: "note" }, "No trace")),
    el("details", {}, el("summary", {}, el("span", { class: `label verdict-${outcome.is_right ? "right" : "wrong"}` }, verdict), " ",
      el("span", { class: "outcome-question", dir: "auto" }, outcome.question)),
    el("dl", { class: "pairs" },
      accessPair("said", el("span", { dir: "auto", class: "isolated" }, outcome.said || (outcome.withheld ? "I don’t know." : "nothing"))),
      outcome.expected_answer && accessPair("expected", el("span", { dir: "auto", class: "isolated" }, outcome.expected_answer)),
      !outcome.is_answerable && accessPair("expected", "“I don’t know”: nothing answers it"),
      pagesPair("expected pages", outcome.expected_pages), pagesPair("found first", outcome.first_pages), pagesPair("cited", outcome.cited_pages),
      outcome.problems?.length && accessPair("went wrong", el("ul", {}, outcome.problems.map((problem) => el("li", { dir: "auto" }, problem)))),
      outcome.confidence !== null && outcome.confidence !== undefined && accessPair("sure", percent(outcome.confidence)),
      accessPair("kind", outcome.kind),
      accessPair("took", [millis(outcome.milliseconds), outcome.stages?.length
        ? el("span", { class: "note" }, ` (${outcome.stages.map((stage) => `${stage.component} ${millis(stage.milliseconds)}`).join(", ")})`) : ""]),
      accessPair("go on", el("a", { href: addressOf({ tab: "ask", questions: [outcome.question] }) }, "Ask it now")))));
}

const pagesPair = (term, pages) => pages?.length > 0
  && accessPair(term, el("ul", {}, pages.map((page) => el("li", { dir: "auto", class: "isolated" }, page))));
