/** The Search page: one box, results on submit, filters with true counts, and why each result is there. */
import { isolated } from "../shell/plain-text.js";
import { post } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count, kindName } from "../shell/format.js";
import { chosenRow, facetPanel } from "./search-facets.js";
import { forgetCounts, wholeFacets } from "./search-counts.js";
import { foundFacets } from "./search-found.js";
import { resultKeys } from "./search-keys.js";
import { beforeSearch, nothingFor, searchTrouble } from "./search-nothing.js";
import { pageTurner } from "./search-pages.js";
import { resultRow } from "./search-row.js";
import { narrowing, placeOfSearch, resultsPerPage, searchOf } from "./search-state.js";
import { rangesOfStems, searchedStems } from "./search-words.js";

/** The server ranks no more than this many. */
const mostRanked = 500;
const searchWays = [["hybrid", "both"], ["vector", "meaning"], ["keyword", "words"]];

let searchShell = null;
let searchParts = null;
let searched = null;
let searchLoading = null;

export const searchPage = {
  mount(section, shell) {
    searchShell = shell;
    searchParts = searchForm(section);
  },

  show(place) {
    const search = searchOf(place);
    const { box, results } = searchParts;
    box.value = search.words;
    for (const way of searchParts.ways) way.checked = way.value === search.mode;
    document.title = search.words ? `${isolated(search.words)} · Search · Millrace` : "Search · Millrace";
    const key = JSON.stringify(search);
    if (searched === null && matchMedia("(hover: hover)").matches) box.focus();
    // The same search again, as after a look elsewhere, is left as it stands.
    if (searched === key) return;
    searched = key;
    searchLoading?.abort();
    if (search.words) { loadResults(search); return; }
    results.removeAttribute("aria-busy");
    results.replaceChildren(beforeSearch());
    searchParts.facets.hide();
  },

  leave() { searchParts.facets.sheet.close(); },

  /** Where “/” leads, and the keys of this page. */
  field: () => searchParts.box,
  keys: [["↓ ↑", "Through the results, also by j and k"], ["Enter", "Open the result"],
    ["o", "Open it in Confluence"]],

  /** Somebody else reads now. */
  forget() {
    searchLoading?.abort();
    forgetCounts();
    searched = null;
    searchParts?.results.replaceChildren();
    searchParts?.facets.hide();
  },
};

const goToSearch = (search, how = {}) => searchShell.go(placeOfSearch(search), how);

function searchForm(section) {
  const box = el("input", {
    id: "query", type: "search", dir: "auto", placeholder: "Search", autocomplete: "off", enterkeyhint: "search",
  });
  const ways = searchWays.map(([value]) => el("input",
    { type: "radio", name: "mode", value, checked: value === "hybrid" }));
  const current = () => JSON.parse(searched ?? JSON.stringify(searchOf({})));
  const submit = () => {
    const words = box.value.trim();
    if (!words) { box.focus(); return; }
    const next = { ...current(), words, mode: ways.find((way) => way.checked).value, page: 1 };
    // The same words again are asked again: something may have changed since.
    if (JSON.stringify(next) === searched) loadResults(next); else goToSearch(next);
  };
  const facets = facetPanel(section, (filters) => goToSearch({ ...current(), filters: narrowing(filters) ?? {},
    page: 1 }));
  const results = el("div", { id: "results" });
  const form = el("form", { class: "searchbox", id: "search-form", role: "search",
    onsubmit: (event) => { event.preventDefault(); submit(); } },
    el("div", { class: "box" }, el("label", { class: "unseen", for: "query" }, "Search for"), box,
      el("button", { type: "submit", class: "primary" }, "Search")),
    el("fieldset", { class: "modes", id: "modes", onchange: () => { if (box.value.trim()) submit(); } },
      el("legend", { class: "unseen" }, "Search by"),
      ways.map((way, index) => el("label", {}, way, el("span", {}, searchWays[index][1])))),
    facets.button);
  section.append(el("h1", { class: "unseen" }, "Search"), form,
    el("div", { class: "columns" }, facets.aside, results), facets.sheet);
  resultKeys(section, box, () => [...results.querySelectorAll(".hit .title")]);
  return { box, ways, results, facets };
}

async function loadResults(search) {
  searchLoading?.abort();
  const mine = searchLoading = new AbortController();
  const { results } = searchParts;
  results.setAttribute("aria-busy", "true");
  results.querySelector(":scope > .problem")?.remove();
  const slow = setTimeout(() => tellSlow(mine), 800);
  try {
    const page = await post("v1/search", {
      query: search.words, mode: search.mode, filters: narrowing(search.filters), limit: resultsPerPage,
      offset: (search.page - 1) * resultsPerPage, ...(search.sort !== "relevance" && { sort: search.sort }),
    }, mine.signal);
    showResults(search, page, mine);
  } catch (error) {
    if (error.name === "AbortError") return;
    results.replaceChildren(searchTrouble(error, () => loadResults(search)));
  } finally {
    clearTimeout(slow);
    if (mine === searchLoading) results.removeAttribute("aria-busy");
  }
}

// What stood there stays, faded, under a word on what is going on.
function tellSlow(loading) {
  const { results } = searchParts;
  results.querySelector(".slow")?.remove();
  const words = el("span", {}, "Searching …");
  results.prepend(el("p", { class: "note slow", role: "status" }, words, " ",
    el("button", { type: "button", class: "quiet", onclick: () => {
      loading.abort();
      results.removeAttribute("aria-busy");
      words.parentElement.replaceChildren("Stopped. Enter searches again.");
      searchParts.box.focus();
    } }, "Stop")));
  setTimeout(() => { if (words.isConnected) words.textContent = "Still searching. Millrace has much to do just now."; }, 5000);
}

function showResults(search, page, loading) {
  const { results, facets } = searchParts;
  const change = (filters) => goToSearch({ ...search, filters: narrowing(filters) ?? {}, page: 1 });
  const line = countLine(search, page);
  const chosen = (counts) => chosenRow(search.filters, counts, change) || "";
  const counted = { ...page.facets, ...foundFacets(page.results) };
  const chosenPlace = el("div", {}, chosen(counted));
  const list = page.results.length ? resultList(search, page.results, change)
    : page.count > 0 ? beyondLast(search, page.count)
    : nothingFor(search, { go: goToSearch, signal: loading.signal,
      rows: (some) => resultList(search, some, change) });
  const hadFocus = results.contains(document.activeElement);
  results.replaceChildren(...[
    el("div", { class: "results-head" }, el("p", { class: "note", id: "result-count", tabindex: "-1" }, line),
      sortSwitch(search, page)),
    chosenPlace, list, pageTurner(search.page, page.count,
      (to) => goToSearch({ ...search, page: to }))].filter(Boolean));
  // A page that was turned begins at its top, for the eye and for the keyboard.
  if (hadFocus) {
    (results.querySelector(".hit .title") ?? results.querySelector("#result-count")).focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  announce(line);
  if (!page.count && !narrowing(search.filters)) { facets.hide(); return; }
  facets.show(counted, search.filters, page.count);
  wholeFacets(search, counted, loading.signal).then((whole) => {
    if (loading !== searchLoading) return;
    facets.show(whole, search.filters, page.count);
    chosenPlace.replaceChildren(chosen(whole));
  });
}

// The panel marks the words that were searched in all of the passage.
function resultList(search, results, change) {
  const stems = searchedStems(search.words, results);
  const passages = results.map((result) => ({ ...result, quote_ranges: rangesOfStems(result.text ?? "", stems) }));
  return el("ol", { class: "hits", start: String((search.page - 1) * resultsPerPage + 1) },
    passages.map((passage) => resultRow(passage, passages, stems, (label) => change({
      ...search.filters, labels: [...new Set([...search.filters.labels ?? [], label])],
    }))));
}

/** “17 results: 15 pages, 1 blog post, 1 comment”, and which of them stand here. */
function countLine(search, page) {
  if (!page.count) return "No results";
  const kinds = (page.facets?.kinds ?? []).filter((kind) => kind.count).map(({ value, count: times }) => count(times, kindName(value))).join(", ");
  const first = (search.page - 1) * resultsPerPage + 1;
  const places = Math.min(page.results.reduce((sum, result) => sum + 1 + (result.copies?.length ?? 0), 0),
    resultsPerPage);
  const total = page.count === mostRanked ? `The best ${count(page.count, "result")}` : count(page.count, "result");
  const part = places && page.count > resultsPerPage
    ? `, ${first.toLocaleString("en")}–${(first + places - 1).toLocaleString("en")} here` : "";
  return `${total}${kinds ? `: ${kinds}` : ""}${part}`;
}

// Offered where the server says in what order it answered: then it can be told another.
function sortSwitch(search, page) {
  if (!page.sort || !page.count) return null;
  const field = el("select", { id: "search-sort", onchange: () =>
    goToSearch({ ...search, sort: field.value, page: 1 }) },
    [["relevance", "Best first"], ["updated", "Newest first"]].map(([value, words]) =>
      el("option", { value, selected: value === search.sort }, words)));
  return el("div", { class: "sort" }, el("label", { class: "unseen", for: "search-sort" }, "Order"), field);
}

function beyondLast(search, total) {
  return el("div", { class: "nothing" },
    el("p", {}, `There are ${count(total, "result")}, and none as far down as this.`),
    el("div", { class: "row" }, el("button", { type: "button", onclick: () => goToSearch({ ...search, page: 1 }) },
      "To the first")));
}

