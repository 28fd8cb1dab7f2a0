/** Numbers, times and names as a reader wants them. */

// Made by hand: the browser's own formats take it longer to set up than all the rest of the first page.
const thousands = (n) => (n < 1000 ? n : String(n).replace(/\B(?=(\d{3})+$)/g, ","));
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
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

const kinds = { page: "page", blogPost: "blog post", comment: "comment", attachment: "attachment" };

/** Kinds of document the server knows, in the order they are offered. */
export const allKinds = Object.keys(kinds);

/** `blog post` for `blogPost`. */
export const kindName = (kind) => kinds[kind] ?? kind;
