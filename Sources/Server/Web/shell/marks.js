/** Text with some of its words marked. */
import { el } from "./dom.js";
import { plainText } from "./plain-text.js";

/** `text` in pieces, its UTF-16 `ranges` as `<mark>`. Ranges that overlap or point outside are trimmed. */
export function marked(text, ranges) {
  const pieces = [];
  let at = 0;
  for (const [from, to] of [...(ranges ?? [])].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(from, at);
    const end = Math.min(to, text.length);
    if (!(start < end)) continue;
    pieces.push(plainText(text.slice(at, start)), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  pieces.push(plainText(text.slice(at)));
  return pieces;
}

/** About `length` characters of `text` around its first range, cut at words where a blank is near, with the ranges
 * moved along. */
export function excerpt(text, ranges, length) {
  const near = length / 5;
  const whole = (at) => (/[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at - 1 : at);
  const lead = Math.max(0, (ranges?.[0]?.[0] ?? 0) - Math.floor(length / 4));
  const word = text.indexOf(" ", lead) + 1;
  const start = lead === 0 ? 0 : word > 0 && word - lead < near ? word : whole(lead);
  const last = start + length;
  const blank = text.lastIndexOf(" ", last);
  const end = last >= text.length ? text.length : blank > start && last - blank < near ? blank : whole(last);
  const before = start > 0 ? "… " : "";
  return {
    text: before + text.slice(start, end) + (end < text.length ? " …" : ""),
    ranges: (ranges ?? []).filter(([from, to]) => to > start && from < end)
      .map(([from, to]) => [Math.max(from, start), Math.min(to, end)].map((i) => i - start + before.length)),
  };
}
