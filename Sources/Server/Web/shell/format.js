/** Numbers, times and names as a reader wants them. */

// Made by hand: the browser's own formats take it longer to set up than all the rest of the first page.
const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const oneDay = { "-1": "yesterday", 1: "tomorrow" };

/** `1,204 pages`, `1 page`. */
export const count = (n, word) => `${thousands(n)} ${word}${n === 1 ? "" : "s"}`;

/** `12 Mar 2026`, or null for no date. */
export function day(iso) {
  const time = new Date(iso ?? NaN);
  return Number.isNaN(time.getTime()) ? null : `${time.getDate()} ${months[time.getMonth()]} ${time.getFullYear()}`;
}

/** `4 minutes ago`, `in 2 hours`, `yesterday`, or null for no date. */
export function ago(iso) {
  const elapsed = (Date.parse(iso ?? "") - Date.now()) / 1000;
  if (Number.isNaN(elapsed)) return null;
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, size]) => Math.abs(elapsed) >= size) ?? ["second", 1];
  if (unit === "second") return "just now";
  const n = Math.round(elapsed / size);
  if (unit === "day" && oneDay[n]) return oneDay[n];
  return n < 0 ? `${count(-n, unit)} ago` : `in ${count(n, unit)}`;
}

/** `0.01 s`: milliseconds as seconds, to the hundredth. */
export const seconds = (ms) => (ms < 5 ? "< 0.01 s" : `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`);

/** A score with as many digits as tell two neighbours apart; an em dash for none. */
export const score = (x) => (x === null || x === undefined ? "–" : x.toFixed(Math.abs(x) < 0.1 ? 4 : 3));

const kinds = { page: "page", blogPost: "blog post", comment: "comment", attachment: "attachment" };

/** Kinds of document the server knows, in the order they are offered. */
export const allKinds = Object.keys(kinds);

/** `blog post` for `blogPost`. */
export const kindName = (kind) => kinds[kind] ?? kind;

/** The way to a passage: space, ancestors, page, headings. */
export function trail(source) {
  const headings = source.heading_path ?? [];
  return [
    source.space_name || source.space_key,
    ...(source.ancestors ?? []).map((page) => page.title),
    source.title,
    ...(headings[0] === source.title ? headings.slice(1) : headings),
  ].filter(Boolean);
}

/** The passage's address in Confluence, at its heading; null where there is none that is safe to follow. */
export function address(source) {
  let url;
  try { url = new URL(source.url); } catch { return null; }
  if (!["http:", "https:"].includes(url.protocol)) return null;
  if (source.anchor && !url.hash) url.hash = source.anchor;
  return url.href;
}
