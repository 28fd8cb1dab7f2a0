/**
 * Where the reader is, kept in the address after `#`: shareable, and `back` works.
 *
 * After `#`, not `?`: what follows `#` never reaches a server or its log; questions are nobody's business.
 * `#ask?q=first&q=follow-up&space=ENG`, `#search?query=…&mode=vector&label=runbook&after=2026-01-01`.
 */

const filterNames = { space: "spaces", label: "labels", kind: "kinds", author: "authors" };
const modes = ["hybrid", "vector", "keyword"];

/** The place the address names; a place that does not exist is the empty Ask page. */
export function readPlace() {
  const hash = location.hash.slice(1);
  const cut = hash.indexOf("?");
  const tab = (cut < 0 ? hash : hash.slice(0, cut)) === "search" ? "search" : "ask";
  const query = new URLSearchParams(cut < 0 ? "" : hash.slice(cut + 1));
  const filters = {};
  for (const [name, key] of Object.entries(filterNames)) {
    if (query.has(name)) filters[key] = query.getAll(name);
  }
  if (query.has("after")) filters.updated_after = query.get("after");
  if (tab === "ask") return { tab, questions: query.getAll("q"), filters };
  const mode = modes.includes(query.get("mode")) ? query.get("mode") : "hybrid";
  return { tab, query: query.get("query") ?? "", mode, filters };
}

/** The address of a place, from `#` on. */
export function addressOf(place) {
  const query = new URLSearchParams();
  for (const question of place.questions ?? []) query.append("q", question);
  if (place.query) query.set("query", place.query);
  if (place.mode && place.mode !== "hybrid") query.set("mode", place.mode);
  for (const [name, key] of Object.entries(filterNames)) {
    for (const value of place.filters[key] ?? []) query.append(name, value);
  }
  if (place.filters.updated_after) query.set("after", place.filters.updated_after);
  const text = query.toString();
  return `#${place.tab}${text ? `?${text}` : ""}`;
}

/** Filters as the API takes them: only those that narrow, or undefined. */
export function filtersForRequest(filters) {
  const kept = Object.entries(filters).filter(([, value]) => value && value.length > 0);
  return kept.length ? Object.fromEntries(kept) : undefined;
}

/** `filters` with `value` under `key` put in or taken out. */
export function toggled(filters, key, value) {
  const values = filters[key] ?? [];
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return { ...filters, [key]: next };
}
