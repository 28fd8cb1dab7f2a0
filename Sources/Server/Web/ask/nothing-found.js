/** What stands in an answer's place when nothing was found, in all or in part: what was searched, and the ways on. */
import { el } from "../shell/dom.js";

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
      ? `Searched ${scope()}. ${answer.related?.length ? "What comes nearest stands below; it may not be the answer." : "Nothing in it states the answer."}`
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
