/** The Search page: one box, results on submit, filters with counts, and why each result is there. */
import { post } from "./api.js";
import { announce, byId, el, marked, stylesheet } from "./dom.js";
import { hideFacets, showFacets } from "./facets.js";
import { address, count, score, seconds } from "./format.js";
import { problemNote } from "./outcomes.js";
import { addressOf, filtersForRequest } from "./place.js";
import { facts, titleButton } from "./sources.js";

const pageSize = 20;
const results = byId("results");
let place = { tab: "search", query: "", mode: "hybrid", filters: {} };
let shown = null;
let found = [];
let loading = null;
let go;

await stylesheet("search.css");

/** Wires the page up; `navigate(place)` changes the address. */
export function startSearch(navigate) {
  go = navigate;
  const submit = () => go({ ...place, query: byId("query").value.trim(), mode: chosenMode() });
  byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  byId("modes").addEventListener("change", () => { if (byId("query").value.trim()) submit(); });
}

/** Shows the results of `next`; the same place again is left as it stands. */
export function showSearch(next) {
  place = next;
  byId("query").value = place.query;
  document.querySelector(`#modes [value=${place.mode}]`).checked = true;
  document.title = place.query ? `${place.query} · Search · Millrace` : "Search · Millrace";
  if (!shown && matchMedia("(hover: hover)").matches) byId("query").focus();
  if (shown === addressOf(place)) return;
  shown = addressOf(place);
  loading?.abort();
  if (place.query) return load();
  found = [];
  results.replaceChildren(el("p", { class: "note" },
    "Pages, comments and attachments by what they mean, by their words, or by both."));
  hideFacets();
}

/** Forgets the results: somebody else reads now. */
export function forgetResults() {
  loading?.abort();
  shown = null;
}

const chosenMode = () => document.querySelector("#modes :checked").value;

async function load(offset = 0) {
  loading?.abort();
  const mine = loading = new AbortController();
  results.setAttribute("aria-busy", "true");
  try {
    const page = await post("v1/search", {
      query: place.query, mode: place.mode, filters: filtersForRequest(place.filters),
      limit: pageSize, offset,
    }, mine.signal);
    show(page, offset);
  } catch (error) {
    if (error.name === "AbortError") return;
    const note = problemNote(error, { retry: () => load(offset) });
    if (offset) results.lastElementChild.replaceWith(note);
    else results.replaceChildren(note);
  }
  if (mine === loading) results.removeAttribute("aria-busy");
}

function show(page, offset) {
  found = offset ? [...found, ...page.results] : page.results;
  if (page.facets) showFacets(page.facets, place.filters, (filters) => go({ ...place, filters }));
  const line = `${count(page.count, "result")} in ${seconds(page.took_ms ?? 0)}`;
  const rows = page.results.map((result) => row(result));
  if (offset) {
    results.querySelector("ol").append(...rows);
    rows[0]?.querySelector("button").focus();
  } else {
    results.replaceChildren(el("p", { class: "note", id: "result-count" }, line),
      page.results.length ? el("ol", { class: "hits" }, rows) : nothing());
  }
  byId("more-results")?.remove();
  // A copy has a place of its own among the results, though it is told with another.
  const places = found.reduce((sum, result) => sum + 1 + (result.copies?.length ?? 0), 0);
  if (places < page.count && page.results.length) results.append(moreButton(places, page.count));
  announce(offset ? `${places} of ${count(page.count, "result")} shown` : line);
}

function row(result) {
  const snippet = result.snippet ?? result.text ?? "";
  const text = result.text ?? snippet;
  return el("li", {},
    el("h3", {}, titleButton(result, found)),
    facts(result),
    el("p", { class: "snippet", dir: "auto" }, text.startsWith(snippet) ? "" : "… ",
      marked(snippet, result.highlights), text.endsWith(snippet) ? "" : " …"),
    result.copies && el("p", { class: "facts" },
      [el("span", {}, "Also here"), ...result.copies.map((copy) => el("span", {}, copyLink(copy)))]),
    el("div", { class: "row small" },
      (result.labels ?? []).map((label) => el("span", { class: "label", dir: "auto" }, label)),
      result.why && whyDetails(result.why, result.title)));
}

// Where the same stands again, by its space and title.
function copyLink(copy) {
  const name = `${copy.space_name || copy.space_key} › ${copy.title}`;
  const href = address(copy);
  return href
    ? el("a", { href, dir: "auto", target: "_blank", rel: "noopener noreferrer" }, `${name} ↗`)
    : el("span", { dir: "auto" }, name);
}

// Both ranks, both scores and their fusion, as a sentence each.
function whyDetails(why, title) {
  const by = (how, rank, value) => (rank
    ? `By ${how}: rank ${rank}, score ${score(value)}.` : `Not among the best by ${how}.`);
  return el("details", { class: "why" },
    el("summary", { "aria-label": `Why this result: ${title}` }, "Why this result"),
    el("p", { class: "note" },
      [by("meaning", why.vector_rank, why.vector_score), by("words", why.keyword_rank, why.keyword_score),
        why.fused_score != null && `Fused score ${score(why.fused_score)}.`].filter(Boolean).join(" ")));
}

function moreButton(places, total) {
  return el("button", {
    type: "button", id: "more-results",
    onclick: (event) => {
      event.target.disabled = true;
      load(places);
    },
  }, `More results (${places} of ${total})`);
}

function nothing() {
  const narrowed = filtersForRequest(place.filters);
  return el("div", { class: "nothing" },
    el("p", { class: "lead" }, "Nothing found."),
    el("p", {}, place.mode === "keyword"
      ? "No page has these words. Searching by meaning finds other words for the same thing."
      : "Nothing you may read comes close."),
    el("div", { class: "row" },
      narrowed && el("button", {
        type: "button", onclick: () => go({ ...place, filters: {} }),
      }, "Clear filters"),
      place.mode === "keyword" && el("button", {
        type: "button", onclick: () => go({ ...place, mode: "hybrid" }),
      }, "Search by both")));
}
