/** The words of a passage that support an answer: out of a table its rows with their header, else their paragraph. */
import { el } from "../shell/dom.js";
import { excerpt } from "../shell/marks.js";
import { blocksOf } from "./blocks.js";
import { inlineNodes, tableNode, whenFormulas } from "./inline.js";

/** Rows of one table that are shown at most, and paragraphs. */
const mostRows = 6;
const mostParagraphs = 3;
/** Characters of a paragraph below which it is more likely a heading than what a passage says. */
const shortest = 60;

/** What `passage` says, about `length` characters of each paragraph. `isStill`: nothing in it takes the focus. */
export function quoteNode(passage, length, isStill = false) {
  const node = el("div", { class: "quote" }, quoteParts(passage, length, isStill));
  whenFormulas(passage.text ?? "", () => node.replaceChildren(...quoteParts(passage, length, isStill)));
  return node;
}

function quoteParts({ text = "", quote_ranges: quotes, title }, length, isStill) {
  const ranges = [...quotes ?? []].sort((a, b) => a[0] - b[0]);
  // A line of a page is a paragraph, and an item says something by itself.
  const all = blocksOf(text, 0, true).flatMap((block) => (["p", "ul", "ol"].includes(block.type)
    ? block.parts.map(([start, end]) => ({ ...block, start, end })) : [block]));
  return shownBlocks(text, all, ranges).map((block) => {
    if (block.type === "table") return quotedRows(text, block, ranges, title, isStill);
    const inside = ranges.filter(([from, to]) => from < block.end && to > block.start)
      .map((range) => range.map((at) => Math.min(Math.max(at, block.start), block.end) - block.start));
    const cut = excerpt(text.slice(block.start, block.end), inside, length);
    // As long as before, so that the ranges still fit.
    const readable = cut.text.replace(/ \| /g, " · ");
    return el("p", { class: "snippet", dir: "auto" },
      inlineNodes(readable, 0, readable.length, { ranges: cut.ranges, isPlain: true }));
  });
}

// The blocks with quoted words, and what they lead up to: “… the usual formula,” is nothing without it. Without any,
// the first that says something.
function shownBlocks(text, blocks, ranges) {
  const quoted = blocks.filter((block, i) => {
    const hits = ({ start, end }) => ranges.some(([from, to]) => from < end && to > start);
    const before = blocks[i - 1];
    return hits(block) || before && hits(before) && /[,:]\s*$/.test(text.slice(before.start, before.end))
      && ranges.some(([, to]) => to >= before.end - 1);
  });
  const first = blocks.find((block) => block.end - block.start >= shortest) ?? blocks[0];
  return quoted.length ? quoted.slice(0, mostParagraphs) : first ? [first] : [];
}

function quotedRows(text, block, ranges, title, isStill) {
  const isQuoted = (cells) => ranges.some(([from, to]) => from < cells.at(-1)[1] && to > cells[0][0]);
  const [header, ...body] = block.parts;
  const quoted = body.filter(isQuoted);
  const rows = (quoted.length ? quoted : body).slice(0, mostRows);
  const cell = ([start, end]) => inlineNodes(text, start, end, { ranges, isPlain: true });
  return tableNode([header, ...rows].map((cells) => cells.map(cell)), `From a table of ${title}`,
    isStill ? { tabindex: null, role: null, "aria-label": null } : {});
}
