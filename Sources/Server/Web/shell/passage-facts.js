/** What is said of a passage and of how it was found. */

/** `0.01 s`: milliseconds as seconds, to the hundredth. */
export const seconds = (ms) => (ms < 5 ? "< 0.01 s" : `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`);

/** A score with as many digits as tell two neighbours apart; an em dash for none. */
export const score = (x) => (x === null || x === undefined ? "–" : x.toFixed(Math.abs(x) < 0.1 ? 4 : 3));

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
