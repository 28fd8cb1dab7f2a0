/** What stands in an answer's place: nothing found, or something went wrong. Both say what to do next. */
import { Problem } from "./api.js";
import { announce, el } from "./dom.js";
import { count } from "./format.js";

/** The designed “I don't know”: what was searched, and two ways on. */
export function nothingFound(answer, { openFilters, search, scope }) {
  const compared = answer.trace?.retrieved?.length;
  return el("div", { class: "nothing" },
    el("p", { class: "lead" }, "I don’t know."),
    el("p", {}, compared
      ? `Nothing in ${scope()} answers this: ${count(compared, "passage")} came close, none states it.`
      : `Nothing in ${scope()} comes close to this.`),
    el("div", { class: "row" },
      el("button", { type: "button", onclick: openFilters }, "Change filters"),
      el("button", { type: "button", onclick: () => search(answer.question) }, "Search these words")));
}

/** A problem with its way out. `partial`: some of the answer came and is kept above it. */
export function problemNote(error, { stopped = false, partial = false, retry }) {
  const [title, detail] = stopped
    ? ["Stopped.", partial ? "What came so far is kept." : ""]
    : [titleOf(error), [partial && "What came so far is kept.", detailOf(error)].filter(Boolean).join(" ")];
  announce(`${title} ${detail}`);
  return el("div", { class: "problem" },
    el("p", {}, el("strong", {}, title), detail && ` ${detail}`),
    el("button", { type: "button", onclick: retry }, stopped ? "Ask again" : "Retry"));
}

function titleOf(error) {
  // Whatever a broken stream throws, the reader's news is the same.
  if (!(error instanceof Problem)) return "The connection was lost.";
  return `${error.message}${/[.!?]$/.test(error.message) ? "" : "."}`;
}

function detailOf(error) {
  if (!(error instanceof Problem)) return "Check that Millrace is running, then try again.";
  const wait = error.retryAfter ? `Try again in ${count(error.retryAfter, "second")}.` : "";
  return [error.detail, wait].filter(Boolean).join(" ");
}
