/** A passage in its page: paragraphs, lists, tables, code and formulas, the words that count marked. */
import { el } from "../shell/dom.js";
import { blocksOf } from "../ask/blocks.js";
import { codeNode, formulaBlock, inlineNodes, listNode, tableNode } from "../ask/inline.js";

/** Nodes of `passage` with what stands around it in `context`, and the note that is in it. */
export function pageText(passage, context) {
  const before = context.before ?? "";
  // A passage repeats the heading above it.
  const text = passage.text ?? "";
  const heading = text.slice(0, text.indexOf("\n") + 1);
  const isRepeated = heading.trim() !== "" && `\n${before.trimEnd()}`.endsWith(`\n${heading.trim()}`);
  const own = isRepeated ? text.slice(heading.length) : text;
  const lead = isRepeated ? `${before.trimEnd()}\n\n` : before;
  const whole = lead + own + (context.after ?? "");
  const here = [lead.length, lead.length + own.length];
  const shift = here[0] - (text.length - own.length);
  const ranges = supportRanges(passage).map((range) => range.map((at) => Math.max(at + shift, here[0]))).sort((a, b) => a[0] - b[0]);
  const nodes = [];
  let group = null;
  for (const block of blocksOf(whole, 0, true)) {
    const isHere = block.start < here[1] && block.end > here[0];
    if (group?.isHere !== isHere) {
      group = { isHere, node: el("div", { class: isHere ? "here" : "around" }) };
      nodes.push(group.node);
    }
    group.node.append(blockNode(whole, block, ranges));
  }
  if (context.note) nodes.push(el("p", { class: "note", role: "status" }, context.note));
  return nodes;
}

function blockNode(text, block, ranges) {
  const content = ([start, end], isBlock = false) => inlineNodes(text, start, end, { ranges, isBlock, isPlain: true });
  switch (block.type) {
    case "code": return codeNode(text.slice(...block.parts[0]), block.title && text.slice(...block.title).replace(/:$/, ""));
    case "math": return formulaBlock(text.slice(...block.parts[0]));
    case "table": return tableNode(block.parts.map((cells) => cells.map((cell) => content(cell))));
    case "ol": case "ul": return listNode(block, content);
    default: return el("p", { dir: "auto", class: isHeading(text, block) ? "subhead" : null }, content([block.start, block.end], true));
  }
}

// A page's headings are lines of their own: short, and without what ends a sentence.
function isHeading(text, { type, start, end, parts }) {
  if (type === "h") return true;
  const line = text.slice(start, end).trim();
  return parts.length === 1 && line.length <= 80 && /^[\p{Lu}\p{N}\p{Lo}]/u.test(line) && !/[.!?:;,|=\\)…。]$|\\[a-z]/.test(line);
}

// An answer's source knows its supporting words; a search result knows the words of its snippet only.
function supportRanges({ text = "", quote_ranges: quotes, snippet, highlights = [] }) {
  const at = snippet ? text.indexOf(snippet) : -1;
  return quotes ?? (at < 0 ? [] : highlights.map(([from, to]) => [from + at, to + at]));
}
