/**
 * True counts beside filters. What a filter of labels leaves has only these labels: how many results another label
 * would bring is known from the same search without that filter. It is asked for once, and mostly known already.
 */
import { post } from "../shell/api.js";
import { narrowing } from "./search-state.js";

const facetKeys = ["spaces", "labels", "authors", "kinds"];
let knownFacets = new Map();

const facetName = ({ words, mode }, filters) => JSON.stringify([words, mode, Object.entries(narrowing(filters) ?? {})
  .map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]).sort()]);

/** Forgets all counts: somebody else reads, or something else may be there. */
export function forgetCounts() { knownFacets = new Map(); }

/** The facets of `search`, whose own response had `facets`, with the values that a filter hides put back. */
export async function wholeFacets(search, facets, signal) {
  if (knownFacets.size > 60) knownFacets = new Map();
  knownFacets.set(facetName(search, search.filters), facets);
  const whole = { ...facets };
  await Promise.all(facetKeys.filter((key) => search.filters[key]?.length).map(async (key) => {
    const without = { ...search.filters, [key]: undefined };
    const name = facetName(search, without);
    if (!knownFacets.has(name)) {
      try {
        knownFacets.set(name, (await post("v1/search",
          { query: search.words, mode: search.mode, filters: narrowing(without), limit: 1 }, signal)).facets);
      } catch { return; /* the values of the narrowed results have to do */ }
    }
    whole[key] = knownFacets.get(name)?.[key] ?? facets[key];
  }));
  return whole;
}
