/** What a service found in the passages of the results, where one was asked at ingest: values to narrow by. */
import { foundInWords, languageName } from "../passage/passage-insights.js";

/** Values of a kind at most. */
const mostValues = 40;

/** As filters compare it: without case, and with one blank between words. */
const foldedValue = (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(" ");

/** Facets of `results`, by the names of the filters; the counts are of these results and no others. */
export function foundFacets(results) {
  const kinds = {
    entities: ({ entities }) => entities.map(({ text }) => text), key_phrases: ({ key_phrases: phrases }) => phrases,
    sentiments: ({ sentiment }) => [sentiment], languages: ({ language }) => [language],
  };
  const facets = {};
  for (const [key, valuesOf] of Object.entries(kinds)) {
    const values = new Map();
    for (const { insights } of results) {
      const seen = new Set();
      for (const text of (insights ? valuesOf(insights) : []).filter(Boolean)) {
        const value = foldedValue(text);
        if (seen.has(value)) continue;
        seen.add(value);
        const entry = values.get(value) ?? { value, name: nameOf(key, text), count: 0 };
        entry.count += 1;
        values.set(value, entry);
      }
    }
    facets[key] = [...values.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name)).slice(0, mostValues);
  }
  return facets;
}

/** What a value of `key` is called. */
export const nameOf = (key, value) => (key === "languages" ? languageName(value) : key === "sentiments" ? foundInWords(value) : value);
