/** What is searched, as the address holds it: words, mode, filters, order and page. */

/** Results on a page. */
export const resultsPerPage = 20;
/** The server finds no further than this. */
const furthestResult = 10000;

/** What a service found in passages, by its names in the address. */
const foundNames = { entity: "entities", phrase: "key_phrases", sentiment: "sentiments", language: "languages" };

/** The search that `place` names; an order or a page that does not exist is the first. */
export function searchOf({ query = "", mode = "hybrid", filters: known = {}, more = new URLSearchParams() }) {
  const filters = { ...known };
  for (const [name, key] of Object.entries(foundNames)) {
    if (more.has(name)) filters[key] = more.getAll(name);
  }
  const page = Number.parseInt(more.get("page") ?? "1", 10);
  return {
    words: query.trim(), mode, filters, sort: more.get("sort") === "updated" ? "updated" : "relevance",
    page: page > 0 && page <= furthestResult / resultsPerPage ? page : 1,
  };
}

/** The place of a search. */
export function placeOfSearch({ words, mode, filters, sort, page }) {
  const more = new URLSearchParams();
  for (const [name, key] of Object.entries(foundNames)) {
    for (const value of filters[key] ?? []) more.append(name, value);
  }
  if (sort !== "relevance") more.set("sort", sort);
  if (page > 1) more.set("page", page);
  return { tab: "search", path: [], query: words, mode, filters, more };
}

/** Only those filters that narrow; undefined for none. */
export function narrowing(filters) {
  const kept = Object.entries(filters).filter(([, value]) => value?.length > 0);
  return kept.length ? Object.fromEntries(kept) : undefined;
}

/** `filters` with `value` under `key` put in or taken out. */
export function withToggled(filters, key, value) {
  const values = filters[key] ?? [];
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return { ...filters, [key]: next };
}

/** How many pages there are to turn to. */
export const pagesOf = (count) => Math.ceil(Math.min(count, furthestResult) / resultsPerPage);
