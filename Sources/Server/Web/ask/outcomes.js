/** What stands in an answer's place when something went wrong: what happened, and what to do next. */
import { Problem } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";

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
