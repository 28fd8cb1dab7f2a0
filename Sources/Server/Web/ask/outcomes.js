/** What stands in an answer's place: nothing found, or something went wrong. Both say what to do next. */
import { Problem } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";

/** The designed “I don't know”: what was searched, and the ways on. */
export function nothingFound(answer, { openFilters, search, scope, everywhere, readsNothing }) {
  if (readsNothing?.()) {
    return el("div", { class: "nothing" }, el("p", { class: "lead" }, "There is nothing here that you may read."),
      el("p", {}, "So nothing could be searched. Ask whoever looks after this service to give you access."));
  }
  const compared = answer.trace?.retrieved?.length || answer.related?.length;
  const wider = everywhere?.();
  return el("div", { class: "nothing" },
    el("p", { class: "lead" }, "I don’t know."),
    el("p", {}, compared
      ? `Searched ${scope()}. ${answer.related?.length ? "What comes nearest stands below; none of it states the answer." : "Nothing in it states the answer."}`
      : `Searched ${scope()}. Nothing comes close to this.`),
    el("div", { class: "row" },
      wider && el("button", { type: "button", onclick: wider }, "Ask of everything"),
      el("button", { type: "button", onclick: openFilters }, "Change filters"),
      el("button", { type: "button", onclick: () => search(answer.question) }, "Search these words")));
}

/** Which parts of a question nothing answers. */
export function partNotFound(parts, { search }) {
  return el("div", { class: "missing" }, parts.map((part) => el("p", {},
    el("strong", {}, "Not found: "), el("span", { dir: "auto" }, part), " ",
    el("button", { type: "button", class: "quiet", onclick: () => search(part) }, "Search these words"))));
}

/** A problem with its way out. `partial`: some of the answer came and is kept above it. */
export function problemNote(error, { stopped = false, partial = false, retry }) {
  const [title, rest] = stopped ? ["Stopped.", ""] : [titleOf(error), detailOf(error)];
  const detail = [partial && error.status !== 401 && "What came so far is kept.", rest].filter(Boolean).join(" ");
  announce(`${title} ${detail}`);
  return el("div", { class: "problem" },
    el("p", {}, el("strong", {}, title), detail && ` ${detail}`),
    el("button", { type: "button", onclick: retry }, stopped ? "Ask again" : "Retry"));
}

function titleOf(error) {
  // Whatever a broken stream throws, the reader's news is the same.
  if (!(error instanceof Problem)) return "The connection was lost.";
  if (error.status === 401) return "You are no longer signed in.";
  return `${error.message}${/[.!?]$/.test(error.message) ? "" : "."}`;
}

function detailOf(error) {
  if (!(error instanceof Problem)) return "Retry, or look whether you are connected.";
  if (error.status === 401) return "Sign in again, then retry; nothing is lost.";
  const wait = error.retryAfter ? `Try again in ${count(error.retryAfter, "second")}.` : "";
  return [error.detail, wait].filter(Boolean).join(" ");
}
