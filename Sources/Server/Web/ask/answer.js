/**
 * An answer's text as it is written and as it stands: the fact first, then what supports it; tables, lists, code and
 * formulas as such, and its markers as buttons.
 *
 * A marker is what the server says is one, by its place; brackets of a page stay text.
 */
import { el } from "../shell/dom.js";
import { blocksOf } from "./blocks.js";
import { codeNode, formulaBlock, inlineNodes, listNode, tableNode, whenFormulas } from "./inline.js";

/** UTF-16 units of a fact at most: a longer first sentence is a text and not set larger. */
const longestFact = 240;

export class AnswerView {
  node = el("div", { class: "answer" });
  // Where the last block begins: what is before it stands and is not looked at again while the text grows.
  #settled = 0;
  #kept = 0;
  #last = null;

  /** Shows that there is nothing yet. */
  clear() {
    this.node.replaceChildren();
    this.#settled = this.#kept = 0;
    this.#last = null;
  }

  /**
   * Shows the text as far as it has come. It only ever grows between two calls of `clear`.
   *
   * `answer`: `text`, `markers`, `cite(n)` (the button for a citation, or null: the marker then stays text) and
   * `links`, the addresses of cited pages.
   */
  grow(answer) {
    this.#last = answer;
    const blocks = blocksOf(answer.text, this.#settled);
    const old = [...this.node.children].slice(this.#kept);
    const nodes = blocks.map((block, index) => {
      const source = answer.text.slice(block.start, block.end);
      // A marker is not torn away from under the reader's finger by what comes after it.
      if (old[index]?.source === source) return old[index];
      return Object.assign(this.#blockNode(block, answer, index + this.#kept === 0), { source });
    });
    old.forEach((node, index) => {
      if (nodes[index] === node) return;
      if (nodes[index]) node.replaceWith(nodes[index]);
      else node.remove();
    });
    this.node.append(...nodes.slice(old.length));
    // A heading or a row may still become something else with the line after it: two blocks stay open.
    const settledCount = Math.max(0, blocks.length - 2);
    if (settledCount) {
      this.#settled = blocks[settledCount].start;
      this.#kept += settledCount;
    }
    whenFormulas(answer.text, () => { if (this.#last === answer) this.#again(answer); });
  }

  /** Shows the whole answer for good. `answer` has besides: `fact`, the range of what answers directly, and
   * `unsupported`, ranges that no passage supports. */
  finish(answer) {
    this.#last = answer;
    this.#again(answer);
    whenFormulas(answer.text, () => { if (this.#last === answer) this.#again(answer); });
  }

  #again(answer) {
    this.#settled = this.#kept = 0;
    this.node.replaceChildren(...blocksOf(answer.text).map(
      (block, index) => this.#blockNode(block, answer, index === 0)));
  }

  #blockNode(block, answer, isFirst) {
    const { text } = answer;
    const flagged = (answer.unsupported ?? []).filter(([from, to]) => to > block.start && from < block.end);
    const markers = answer.markers.filter(({ range }) => range[0] >= block.start && range[1] <= block.end);
    const given = { markers, cite: answer.cite, links: answer.links };
    const content = ([start, end], more) => flaggedNodes(text, start, end, { ...given, ...more }, flagged);
    switch (block.type) {
      case "code": return codeNode(text.slice(...block.parts[0]));
      case "math": return formulaBlock(text.slice(...block.parts[0]));
      case "h": return el("p", { class: "subhead", dir: "auto" }, content(block.parts[0]));
      case "table": return tableNode(block.parts.map((cells) => cells.map((cell) => content(cell))));
      case "ol": case "ul": return listNode(block, content);
      default: return isFirst ? factNode(block, answer, content) : paragraph([block.start, block.end], content);
    }
  }
}

const paragraph = (range, content) => el("p", { dir: "auto" }, content(range, { isBlock: true }));

// The first sentence with its markers, set apart from the others of its paragraph.
function factNode(block, { text, markers, fact }, content) {
  const end = factEnd(block, text, markers, fact);
  const node = el("p", { dir: "auto", class: end - block.start <= longestFact ? "fact" : null },
    content([block.start, end], { isBlock: true }));
  const rest = end + (text.slice(end, block.end).match(/^\s*/)?.[0].length ?? 0);
  return rest < block.end ? el("div", { class: "answer-lines" }, node, paragraph([rest, block.end], content)) : node;
}

function factEnd(block, text, markers, fact) {
  let end = fact ? Math.min(fact[1], block.end) : 0;
  if (!end) {
    const first = markers.find(({ range }) => range[0] >= block.start)?.range[1] ?? block.end;
    const line = text.indexOf("\n", block.start);
    end = Math.min(first, block.end, line < 0 ? block.end : line);
  }
  // Markers that follow belong to it.
  for (const { range: [from, to] } of markers) {
    if (from >= end && to <= block.end && !text.slice(end, from).trim()) end = to;
  }
  return end;
}

// Cut at the edges of what is unsupported, so that the warning stands right behind the sentence.
function flaggedNodes(text, start, end, given, flagged) {
  const nodes = [];
  let at = start;
  for (const [from, to] of flagged) {
    const [a, b] = [Math.max(from, at), Math.min(to, end)];
    if (a >= b) continue;
    nodes.push(inlineNodes(text, at, a, given),
      el("span", { class: "unsupported" }, inlineNodes(text, a, b, given)));
    if (b === to) nodes.push(" ", el("span", { class: "flag" }, "no source found"));
    at = b;
  }
  return [...nodes, inlineNodes(text, at, end, given)];
}

/** Where in `answer` its sentences are, whatever white space and markers stand between: a range or null for each. */
export function sentenceRanges(answer, sentences, markers) {
  const at = [];
  let bare = "";
  const skip = answer.split("");
  for (const { range } of markers) skip.fill(" ", ...range);
  for (let i = 0; i < skip.length; i += 1) {
    if (/\s/.test(skip[i])) continue;
    bare += skip[i];
    at.push(i);
  }
  let cursor = 0;
  return (sentences ?? []).map(({ text }) => {
    const wanted = text.replace(/\s+/g, "");
    const found = wanted ? bare.indexOf(wanted, cursor) : -1;
    if (found < 0) return null;
    cursor = found + wanted.length;
    return [at[found], at[cursor - 1] + 1];
  });
}
