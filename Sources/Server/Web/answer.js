/**
 * An answer's text as elements: paragraphs, lists, code, bold, and `[1]` markers as buttons.
 *
 * Nothing else is interpreted; whatever looks like HTML is shown as the text it is.
 */
import { copyButton, el } from "./dom.js";

const marker = /\[\d+(?:,\s*\d+)*\]/g;

/**
 * Shows `text` in `container`, keeping the blocks that did not change since the last call, so that a
 * stream does not tear away a marker under the reader's finger.
 *
 * `cite(n)`: the button for marker `n`, or null when no passage has that number: the marker then stays text.
 * `unsupported`: UTF-16 ranges of `text` that no passage supports.
 */
export function showAnswer(container, text, cite, unsupported = []) {
  const old = [...container.children];
  const blocks = parse(text);
  blocks.forEach((block, index) => {
    const flagged = unsupported.filter(([from, to]) => to > block.start && from < block.end);
    const source = text.slice(block.start, block.end);
    if (old[index]?.source === source) return;
    const node = render(block, text, cite, flagged);
    // A warning is only ever added by the last word on an answer, which is shown anew.
    node.source = source;
    if (old[index]) old[index].replaceWith(node);
    else container.append(node);
  });
  old.slice(blocks.length).forEach((node) => node.remove());
}

/** Where in `answer` the sentences without support are, whatever white space and markers stand between. */
export function unsupportedRanges(answer, sentences) {
  const at = [];
  let bare = "";
  const skip = answer.replace(marker, (found) => " ".repeat(found.length));
  for (let i = 0; i < skip.length; i += 1) {
    if (/\s/.test(skip[i])) continue;
    bare += skip[i];
    at.push(i);
  }
  const ranges = [];
  let cursor = 0;
  for (const sentence of sentences ?? []) {
    const wanted = sentence.text.replace(marker, "").replace(/\s+/g, "");
    const found = wanted ? bare.indexOf(wanted, cursor) : -1;
    if (found < 0) continue;
    cursor = found + wanted.length;
    if (!sentence.supported) ranges.push([at[found], at[cursor - 1] + 1]);
  }
  return ranges;
}

// A block is {type, start, end, parts}: `parts` are its paragraphs or list items as ranges of the text.
function parse(text) {
  const blocks = [];
  let open = null;
  let start = 0;
  for (const line of text.split("\n")) {
    const end = start + line.length;
    const item = line.match(/^\s*(?:[-*•]|(\d+)[.)])\s+/);
    if (open?.type === "code") {
      open.end = end;
      if (line.trimEnd() === "```") { open.parts[0][1] = start; open = null; } else open.parts[0][1] = end;
    } else if (line.startsWith("```")) {
      blocks.push(open = { type: "code", start, end, parts: [[end + 1, end + 1]] });
    } else if (!line.trim()) {
      open = null;
    } else if (item) {
      const type = item[1] ? "ol" : "ul";
      if (open?.type !== type) blocks.push(open = { type, start, end, parts: [] });
      open.parts.push([start + item[0].length, end]);
      open.end = end;
    } else if (open) {
      open.parts.at(-1)[1] = open.end = end;
    } else {
      blocks.push(open = { type: "p", start, end, parts: [[start, end]] });
    }
    start = end + 1;
  }
  return blocks;
}

function render(block, text, cite, flagged) {
  const content = (part) => inline(text, part, cite, flagged);
  if (block.type === "code") {
    const code = text.slice(...block.parts[0]).replace(/\n$/, "");
    return el("div", { class: "code" },
      el("pre", { tabindex: "0" }, el("code", {}, code)), copyButton("Copy", () => code));
  }
  if (block.type === "p") return el("p", { dir: "auto" }, block.parts.map(content));
  return el(block.type, {}, block.parts.map((part) => el("li", { dir: "auto" }, content(part))));
}

// Cuts a part at the edges of what is unsupported, so that the warning stands right behind the sentence.
function inline(text, [start, end], cite, flagged) {
  const nodes = [];
  let at = start;
  for (const [from, to] of flagged) {
    const [a, b] = [Math.max(from, at), Math.min(to, end)];
    if (a >= b) continue;
    nodes.push(spans(text.slice(at, a), cite));
    nodes.push(el("span", { class: "unsupported" }, spans(text.slice(a, b), cite)));
    if (b === to) nodes.push(" ", el("span", { class: "flag" }, "no source found"));
    at = b;
  }
  return [...nodes, spans(text.slice(at, end), cite)];
}

function spans(text, cite) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(/\[(\d+(?:,\s*\d+)*)\]|`([^`\n]+)`|\*\*([^*\n]+)\*\*/g)) {
    const [whole, numbers, code, bold] = found;
    let made = null;
    if (code) made = el("code", {}, code);
    if (bold) made = el("strong", {}, bold);
    if (numbers) {
      const buttons = numbers.split(",").map((n) => cite(Number(n)));
      made = buttons.every(Boolean) ? buttons : null;
    }
    if (!made) continue;
    nodes.push(text.slice(at, found.index), made);
    at = found.index + whole.length;
  }
  return [...nodes, text.slice(at)];
}
