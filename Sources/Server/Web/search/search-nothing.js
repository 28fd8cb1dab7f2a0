/** What stands where no results are: before a search, when nothing was found, when it went wrong. */
import { get, post, Problem } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { ago, count } from "../shell/format.js";
import { narrowing } from "./search-state.js";

/** Before anything is searched: what there is, and how to go about it. */
export function beforeSearch() {
  const there = el("p", { class: "note" }, "");
  get("v1/status").then(({ documents, spaces, synced_at: synced }) => {
    const where = spaces.length === 1 ? [el("bdi", {}, spaces[0].name)] : [count(spaces.length, "space")];
    there.replaceChildren(...documents
      ? [`You may read ${count(documents, "document")} in `, ...where,
        synced ? `; last looked for new ones ${ago(synced)}.` : "."]
      : ["There is nothing here that you may read yet."]);
  }).catch(() => { /* only an orientation; a search says what is wrong */ });
  return el("div", { class: "nothing" },
    el("p", { class: "lead" }, "What are you looking for?"),
    el("p", {}, "Pages, comments and attachments are found by what they mean, by their words, or by both."), there,
    el("p", { class: "note keys" }, [
      [["/"], "goes to the box"], [["↓", "↑"], "through the results"], [["Enter"], "opens one"], [["o"], "opens it in Confluence"],
    ].map(([keys, does]) => el("span", {}, keys.map((key) => [el("kbd", {}, key), " "]), does))));
}

/** Nothing found: other ways to look, and what is nearest. `rows(results)` makes a list of results. */
export function nothingFor(search, { go, rows, signal }) {
  const narrowed = narrowing(search.filters);
  const nearest = el("div", { "aria-live": "polite" });
  const node = el("div", { class: "nothing" },
    el("p", { class: "lead" }, "Nothing found."),
    el("p", {}, narrowed ? "Nothing that you may read fits these words and filters."
      : search.mode === "keyword"
        ? "No page that you may read has these words. By meaning, other words for the same thing are found, too."
      : "Nothing that you may read comes close to this. Other words may help."),
    el("div", { class: "row" },
      narrowed && el("button", { type: "button", class: "primary",
        onclick: () => go({ ...search, filters: {}, page: 1 }) }, "Search without filters"),
      search.mode !== "hybrid" && el("button", { type: "button",
        onclick: () => go({ ...search, mode: "hybrid", page: 1 }) }, "Search by meaning and words")),
    nearest);
  if (narrowed || search.mode === "keyword") showNearest(search, nearest, rows, signal);
  return node;
}

async function showNearest(search, place, rows, signal) {
  try {
    const { results } = await post("v1/search", { query: search.words, mode: "hybrid", limit: 3 }, signal);
    if (results.length) place.replaceChildren(el("section", { class: "nearest" },
      el("h2", { class: "legend" }, search.filters && narrowing(search.filters) ? "Nearest, whatever the filters"
        : "Nearest by meaning"), rows(results)));
  } catch { /* it is only an offer */ }
}

/** What went wrong and what to do; the words stay in the box. */
export function searchTrouble(error, retry) {
  const known = error instanceof Problem;
  const said = !known ? "The results could not be shown." : error.status === 401 ? "You are no longer signed in."
    : `${error.message}${/[.!?]$/.test(error.message) ? "" : "."}`;
  const todo = !known ? "Try again." : error.status === 401 ? "Sign in again, then search again; your words are kept."
    : [error.detail, error.retryAfter
      && `Try again in ${count(error.retryAfter, "second")}.`].filter(Boolean).join(" ");
  return el("div", { class: "problem", role: "alert" }, el("p", {}, el("strong", {}, said), " ", todo),
    el("button", { type: "button", onclick: retry }, "Retry"));
}
