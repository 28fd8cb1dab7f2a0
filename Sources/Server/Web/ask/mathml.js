/**
 * Formulas as the browser draws them: MathML of the TeX that pages carry.
 *
 * A page's text has its formulas bare, without signs around them, so they are found by their commands; `$…$`, `\(…\)`
 * and the like are known, too. What is not understood in full is not drawn at all: its source stays readable.
 */
import { commandOf, functionNames, isKnown } from "./mathml-names.js";
import { readTex } from "./mathml-reader.js";
import { plainText } from "../shell/plain-text.js";

/** Characters of a formula at most; a longer one is shown as its source. */
const longest = 2000;

/** A formula as an element: drawn, or its source as code. `isDisplay`: it has a line of its own. */
export function formulaNode(source, isDisplay = false) {
  const text = source.trim();
  let drawn = null;
  try { drawn = text.length <= longest ? readTex(text, isDisplay) : null; } catch { /* its source is shown */ }
  if (drawn) return drawn;
  const code = document.createElement("code");
  code.className = "tex";
  code.textContent = plainText(text);
  return code;
}

/** Where formulas are in `text`: `{start, end, source, isDisplay}`, in order. */
export function formulasIn(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(/\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\\\((.+?)\\\)|\$(?=\S)([^$\n]*[^\s$\\])\$(?!\d)/g)) {
    const [whole, two, square, round, one] = match;
    // Two prices in a sentence are no formula between them.
    if (one !== undefined && !/[\\^_=]|^[a-zA-Z]$/.test(one)) continue;
    found.push(...bareFormulas(text, from, match.index));
    from = match.index + whole.length;
    found.push({
      start: match.index, end: from, source: two ?? square ?? round ?? one,
      isDisplay: (two ?? square) !== undefined,
    });
  }
  found.push(...bareFormulas(text, from, text.length));
  return found;
}

const piece = /\\begin\{([a-z]+\*?)\}[\s\S]*?\\end\{\1\}|\\[a-zA-Z]+|\\.|[{}^_]|\d+(?:[.,]\d+)*|[\p{L}\p{M}]+|[=+\-−*/<>≤≥≠≈×·|!'()[\]]|[^\S\n]+|[\s\S]/gu;

// A run of what may stand in a formula, with at least one command in it. Words end it, but within braces.
function bareFormulas(text, from, to) {
  const found = [];
  let run = null;
  let depth = 0;
  const end = () => {
    const one = run?.commands && trimmedRun(run.pieces);
    // Behind a colon or a letter it is a path of folders.
    if (one && !/[\w:\\.]/.test(text[one.start - 1] ?? "")) found.push({ ...one, source: text.slice(one.start, one.end), isDisplay: false });
    run = null;
    depth = 0;
  };
  const part = text.slice(from, to);
  if (!part.includes("\\")) return found;
  for (const match of part.matchAll(piece)) {
    const [word] = match;
    const start = from + match.index;
    const isCommand = /^\\[a-zA-Z]/.test(word);
    if (isCommand && !word.startsWith("\\begin") && !isKnown(word) && !depth) {
      // An unknown command amid a formula makes its source the thing to show; alone it is a path or the like.
      if (run?.commands) run.pieces.push({ word, start });
      else end();
      continue;
    }
    if (word === "{" && (depth || run)) depth += 1;
    else if (word === "}" && depth) depth -= 1;
    else if (!depth && !fits(word)) {
      end();
      continue;
    }
    if (word === "\n" || word === "{" && !run) { end(); continue; }
    run ??= { pieces: [], commands: 0 };
    run.commands += isCommand ? 1 : 0;
    run.pieces.push({ word, start });
  }
  end();
  return found;
}

const fits = (word) => /^\s+$/.test(word) || /^[\p{L}]$/u.test(word) || /^\\/.test(word) || /^\d/.test(word)
  || functionNames.has(word) || /^[{^_=+\-−*/<>≤≥≠≈×·|!'()[\]]$/.test(word);

// Without what belongs to the sentence around it: blanks, an article, a parenthesis whose other half is outside.
function trimmedRun(pieces) {
  let from = 0;
  let to = pieces.length;
  for (let isChanged = true; isChanged && from < to;) {
    isChanged = true;
    const first = pieces[from].word;
    const last = pieces[to - 1].word;
    const next = pieces[from + 2]?.word ?? "";
    if (!first.trim() || /^[)\]/*'!]$/.test(first) || unbalanced(pieces.slice(from, to), "(", ")") > 0 && first === "(") from += 1;
    else if (/^[aAI]$/.test(first) && !pieces[from + 1]?.word.trim() && !/^[=+\-*/^_<>]/.test(next)) from += 1;
    else if (!last.trim() || /^[([=+\-*/]$/.test(last) || last === ")" && unbalanced(pieces.slice(from, to), "(", ")") < 0) to -= 1;
    else if (/^[aAI]$/.test(last) && to - from > 1 && !pieces[to - 2].word.trim() && !/^[=+\-*/^_<>(]/.test(pieces[to - 3]?.word ?? "")) to -= 1;
    else isChanged = false;
  }
  if (!pieces.slice(from, to).some(({ word }) => commandOf(word))) return null;
  const last = pieces[to - 1];
  return { start: pieces[from].start, end: last.start + last.word.length };
}

const unbalanced = (pieces, open, close) => pieces.reduce(
  (sum, { word }) => sum + (word === open ? 1 : word === close ? -1 : 0), 0);
