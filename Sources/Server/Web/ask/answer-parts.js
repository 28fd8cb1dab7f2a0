/** What stands around an answer's text, and what is cut from it. */
import { announce, el } from "../shell/dom.js";
import { fillActions } from "./actions.js";

/**
 * The last line of an answer to several questions says which of them nothing answers; it is shown as what it is: the
 * `text` without it, and the parts that are `missing`.
 */
export function withoutRefusal({ answer, unanswered = [], markers }) {
  const cut = answer.lastIndexOf("\n");
  const last = answer.slice(cut + 1);
  const isRefusal = unanswered.length > 0 && cut > 0 && unanswered.every((part) => last.includes(part))
    && !markers.some(({ range }) => range[1] > cut);
  return isRefusal ? { text: answer.slice(0, cut), missing: unanswered } : { text: answer, missing: [] };
}

/** What can be done with an answer. */
export function actionsRow(answer) {
  const row = el("div", { class: "row actions" });
  fillActions(row, answer);
  return row;
}

/** “How this was answered”, folded, where the server tells; a list, empty where it does not. */
export function traceDetails(trace) {
  if (!trace) return [];
  const details = el("details", { class: "trace" }, el("summary", {}, "How this was answered"));
  details.addEventListener("toggle", async () => {
    if (!details.open || details.children.length > 1) return;
    try {
      const { traceTables } = await import("./trace.js");
      details.append(...traceTables(trace));
    } catch {
      details.open = false;
      announce("This could not be loaded. Check that Millrace is running, then try again.");
    }
  });
  return [details];
}
