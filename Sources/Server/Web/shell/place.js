/**
 * Where the reader is, kept in the address after `#`: shareable, and `back` works.
 *
 * After `#`, not `?`: what follows `#` never reaches a server or its log; questions are nobody's business.
 * `#ask?q=first&q=follow-up&space=ENG`, `#search?query=…&mode=vector&label=runbook&after=2026-01-01`; every other
 * page has a path and a query of its own, `#flows/ID/edit?x=y`.
 */

const filterNames = { space: "spaces", label: "labels", kind: "kinds", author: "authors" };
const modes = ["hybrid", "vector", "keyword"];
const tabs = ["ask", "search", "flows", "sources", "index", "evaluate", "access"];

/** What stands after `#` in the address, in parts; a tab that does not exist is the empty Ask page. */
function partsOf(hash) {
  const text = hash.replace(/^#/, "");
  const cut = text.indexOf("?");
  const [tab, ...path] = (cut < 0 ? text : text.slice(0, cut)).split("/").map(partDecoded);
  const query = new URLSearchParams(cut < 0 ? "" : text.slice(cut + 1));
  return tabs.includes(tab) ? { tab, path: path.filter(Boolean), query } : { tab: "ask", path: [], query };
}

// A stray “%” is itself.
function partDecoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/**
 * The place the address names, or the one that `hash` does.
 *
 * All have `{tab, path, query}`; Ask has `questions` and `filters` besides, Search has `filters`, `mode`, and its
 * words as `query`. What else stands in the address of these two is kept in `more`.
 */
export function readPlace(hash = location.hash) {
  const { tab, path, query } = partsOf(hash);
  if (tab !== "ask" && tab !== "search") return { tab, path, query };
  const filters = {};
  for (const [name, key] of Object.entries(filterNames)) {
    if (query.has(name)) filters[key] = query.getAll(name);
  }
  if (query.has("after")) filters.updated_after = query.get("after");
  const known = [...Object.keys(filterNames), "after", ...(tab === "ask" ? ["q"] : ["query", "mode"])];
  const more = new URLSearchParams([...query].filter(([name]) => !known.includes(name)));
  if (tab === "ask") return { tab, path, questions: query.getAll("q"), filters, more, query };
  const mode = modes.includes(query.get("mode")) ? query.get("mode") : "hybrid";
  return { tab, path, query: query.get("query") ?? "", mode, filters, more };
}

/** The address of a place, from `#` on. `query` may be a plain object, too: `{ tab: "flows", path: ["x"] }`. */
export function addressOf(place) {
  const way = [place.tab, ...(place.path ?? []).map(encodeURIComponent)].join("/");
  const text = queryOf(place).toString();
  return `#${way}${text ? `?${text}` : ""}`;
}

function queryOf(place) {
  if (place.tab !== "ask" && place.tab !== "search") return new URLSearchParams(place.query ?? "");
  const query = new URLSearchParams();
  for (const question of place.questions ?? []) query.append("q", question);
  if (place.tab === "search" && place.query) query.set("query", place.query);
  if (place.mode && place.mode !== "hybrid") query.set("mode", place.mode);
  for (const [name, key] of Object.entries(filterNames)) {
    for (const value of place.filters?.[key] ?? []) query.append(name, value);
  }
  if (place.filters?.updated_after) query.set("after", place.filters.updated_after);
  for (const [name, value] of new URLSearchParams(place.more ?? "")) query.append(name, value);
  return query;
}

/** Filters as the API takes them: only those that narrow, or undefined. */
export function filtersForRequest(filters) {
  const kept = Object.entries(filters).filter(([, value]) => value && value.length > 0);
  return kept.length ? Object.fromEntries(kept) : undefined;
}
