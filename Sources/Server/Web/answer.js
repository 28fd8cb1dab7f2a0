/**
 * An answer's text as elements: paragraphs, lists, code, bold, and its markers as buttons.
 *
 * A marker is what the server says is one, by its place; brackets of a page stay text, and nothing else is
 * interpreted: whatever looks like HTML is shown as the text it is.
 */
import { copyButton, el } from "./dom.js";

/**
 * Shows `text` in `container`, keeping the blocks that did not change since the last call, so that a
 * stream does not tear away a marker under the reader's finger.
 *
 * `markers`: `{citation, range}` of each marker, `range` in UTF-16 code units of `text`, in order.
 * `cite(n)`: the button for citation `n`, or null when it is not known: the marker then stays text.
 * `unsupported`: UTF-16 ranges of `text` that no passage supports.
 */
export function showAnswer(container, text, markers, cite, unsupported = []) {
  const old = [...container.children];
  const blocks = parse(text);
  blocks.forEach((block, index) => {
    const flagged = unsupported.filter(([from, to]) => to > block.start && from < block.end);
    const within = markers.filter(({ range }) => range[0] >= block.start && range[1] <= block.end);
    const source = text.slice(block.start, block.end) + within.map(({ citation }) => ` ${citation}`);
    if (old[index]?.source === source) return;
    const node = render(block, { text, markers: within, cite }, flagged);
    // A warning is only ever added by the last word on an answer, which is shown anew.
    node.source = source;
    if (old[index]) old[index].replaceWith(node);
    else container.append(node);
  });
  old.slice(blocks.length).forEach((node) => node.remove());
}

/** Where in `answer` the sentences without support are, whatever white space and markers stand between. */
export function unsupportedRanges(answer, sentences, markers) {
  const at = [];
  let bare = "";
  const skip = answer.split("");
  for (const { range } of markers) skip.fill(" ", ...range);
  for (let i = 0; i < skip.length; i += 1) {
    if (/\s/.test(skip[i])) continue;
    bare += skip[i];
    at.push(i);
  }
  const ranges = [];
  let cursor = 0;
  for (const sentence of sentences ?? []) {
    const wanted = sentence.text.replace(/\s+/g, "");
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

function render(block, answer, flagged) {
  const content = (part) => inline(answer, part, flagged);
  if (block.type === "code") {
    const code = answer.text.slice(...block.parts[0]).replace(/\n$/, "");
    return el("div", { class: "code" },
      el("pre", { tabindex: "0" }, el("code", {}, code)), copyButton("Copy", () => code));
  }
  if (block.type === "p") return el("p", { dir: "auto" }, block.parts.map(content));
  return el(block.type, {}, block.parts.map((part) => el("li", { dir: "auto" }, content(part))));
}

// Cuts a part at the edges of what is unsupported, so that the warning stands right behind the sentence.
function inline(answer, [start, end], flagged) {
  const nodes = [];
  let at = start;
  for (const [from, to] of flagged) {
    const [a, b] = [Math.max(from, at), Math.min(to, end)];
    if (a >= b) continue;
    nodes.push(marked(answer, at, a));
    nodes.push(el("span", { class: "unsupported" }, marked(answer, a, b)));
    if (b === to) nodes.push(" ", el("span", { class: "flag" }, "no source found"));
    at = b;
  }
  return [...nodes, marked(answer, at, end)];
}

// The text from `start` to `end` with its markers as buttons.
function marked({ text, markers, cite }, start, end) {
  const nodes = [];
  let at = start;
  for (const { citation, range: [from, to] } of markers) {
    if (from < at || to > end) continue;
    const button = cite(citation);
    if (!button) continue;
    nodes.push(spans(text.slice(at, from)), button);
    at = to;
  }
  return [...nodes, spans(text.slice(at, end))];
}

function spans(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(/`([^`\n]+)`|\*\*([^*\n]+)\*\*/g)) {
    const [whole, code, bold] = found;
    nodes.push(text.slice(at, found.index), code ? el("code", {}, code) : el("strong", {}, bold));
    at = found.index + whole.length;
  }
  return [...nodes, text.slice(at)];
}
