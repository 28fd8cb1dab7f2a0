/** Numbers, times and names as a reader wants them. */

const number = new Intl.NumberFormat("en");
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `1,204 pages`, `1 page`. */
export const count = (n, word) => `${number.format(n)} ${word}${n === 1 ? "" : "s"}`;

/** `12 Mar 2026`, or null for no date. */
export function day(iso) {
  const time = new Date(iso ?? NaN);
  return Number.isNaN(time.getTime()) ? null : date.format(time);
}

/** `4 minutes ago`, or null for no date. */
export function ago(iso) {
  const elapsed = (Date.parse(iso ?? "") - Date.now()) / 1000;
  if (Number.isNaN(elapsed)) return null;
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, size]) => Math.abs(elapsed) >= size) ?? ["second", 1];
  return unit === "second" ? "just now" : relative.format(Math.round(elapsed / size), unit);
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
