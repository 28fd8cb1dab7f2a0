/** What a service found in a passage when it was read in: its names, phrases, tone and language, in plain words. */
import { el } from "../shell/dom.js";

/** Names and phrases shown of a passage. */
const mostFound = 12;

const kindsOfNames = {
  PERSON: "person", LOCATION: "place", ORGANIZATION: "organization", COMMERCIAL_ITEM: "product", EVENT: "event",
  DATE: "date", QUANTITY: "quantity", TITLE: "title",
};

/** `product` for `COMMERCIAL_ITEM`; a word that is not known, in small letters. */
export const foundInWords = (word) => kindsOfNames[word] ?? word.toLowerCase().replaceAll("_", " ");

/** `German` for `de`. */
export function languageName(code) {
  try { return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code; } catch { return code; }
}

/** A folded list of what was found; null where nothing was looked for or found. */
export function insightDetails({ insights } = {}) {
  if (!insights) return null;
  const names = insights.entities ?? [];
  const phrases = insights.key_phrases ?? [];
  const rows = [
    names.length && ["Named", listed(names.map(({ text, type }) => [text, type && type !== "OTHER" && foundInWords(type)]))],
    phrases.length && ["Phrases", listed(phrases.map((text) => [text]))],
    insights.sentiment && ["Tone", foundInWords(insights.sentiment)],
    insights.language && ["Language", languageName(insights.language)],
  ].filter(Boolean);
  return rows.length > 0 && el("details", { class: "why-seen found-in" }, el("summary", {}, "What was found in it"),
    el("dl", {}, rows.map(([word, value]) => el("div", {}, el("dt", {}, word), el("dd", {}, value)))));
}

const listed = (words) => [
  words.slice(0, mostFound).map(([text, kind], index) => [index > 0 && ", ", el("bdi", {}, text), kind && ` (${kind})`]),
  words.length > mostFound && ` and ${words.length - mostFound} more`,
];
