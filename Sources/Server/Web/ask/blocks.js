/**
 * A text's blocks: paragraphs, headings, lists, tables, code and formulas, as Markdown and as the text of a page has
 * them. Only positions are told, so that whoever shows a block knows where in the text it is.
 */

const listItem = /^(\s*)(?:[-*•]|(\d+)[.)])\s+/;
// A row has its cells between “ | ”, or begins and ends with a pipe.
const tableRow = /^\s*\|.*\|\s*$|\S \| |^\| \S/;
const tableRule = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$/;
// “token request (bash):”, which is how the text of a page names the code below it.
const codeLabel = /\([a-z][a-z0-9+#-]*\):$/i;

/**
 * The blocks of `text` from `from` on: `{type, start, end, parts}`.
 *
 * `type`: p, h, ul, ol, table, code or math. `parts` are ranges: of lines, items (with their depth as third), of a
 * code's or formula's inside; of a table's rows each is a list of cells, and the first row is its header.
 * `isPage`: the text is a page's, where a label stands before code and no fence around it.
 */
export function blocksOf(text, from = 0, isPage = false) {
  const blocks = [];
  let open = null;
  let start = from;
  const begin = (type, end, parts) => { blocks.push(open = { type, start, end, parts }); };
  for (const line of text.slice(from).split("\n")) {
    const end = start + line.length;
    const item = listItem.exec(line);
    if (open?.fence) {
      open.end = end;
      const isLast = line.trimEnd().endsWith(open.fence);
      open.parts[0][1] = isLast ? Math.max(start - 1, open.parts[0][0]) : end;
      if (isLast) open = null;
    } else if (line.startsWith("```")) {
      begin("code", end, [[end + 1, end + 1]]);
      open.fence = "```";
    } else if (/^\s*(\$\$|\\\[)\s*$/.test(line)) {
      begin("math", end, [[end + 1, end + 1]]);
      open.fence = line.includes("$") ? "$$" : "\\]";
    } else if (!line.trim()) {
      open = null;
    } else if (open?.type === "code") {
      open.end = open.parts[0][1] = end;
    } else if (/^#{1,6} /.test(line)) {
      begin("h", end, [[start + line.indexOf(" ") + 1, end]]);
      open = null;
    } else if (open?.type === "table" && (tableRow.test(line) || tableRule.test(line))) {
      if (!tableRule.test(line)) open.parts.push(cellsOf(line, start));
      open.end = end;
    } else if (open?.last && tableRow.test(open.last.line) && (tableRow.test(line) || tableRule.test(line))) {
      // The line before was a row as well: it was the header.
      const header = open.last;
      if (open.parts.length > 1 || open.type !== "p") {
        open.parts.pop();
        open.end = header.start - 1;
      } else blocks.pop();
      blocks.push(open = { type: "table", start: header.start, end, parts: [cellsOf(header.line, header.start)] });
      if (!tableRule.test(line)) open.parts.push(cellsOf(line, start));
    } else if (item) {
      const type = item[2] ? "ol" : "ul";
      const depth = item[1].length > 1 ? 1 : 0;
      if (!depth && open?.type !== type || !open?.parts || !/^[uo]l$/.test(open.type)) begin(type, end, []);
      open.parts.push([start + item[0].length, end, depth]);
      if (open.parts.length === 1 && item[2]) open.first = Number(item[2]);
      open.end = end;
    } else if (open?.type === "p") {
      open.parts.push([start, end]);
      open.end = end;
    } else if (open && /^[uo]l$/.test(open.type) && !tableRow.test(line)) {
      open.parts.at(-1)[1] = open.end = end;
    } else {
      begin("p", end, [[start, end]]);
    }
    if (open?.type === "p") open.last = { line, start };
    if (isPage && open?.type === "p" && codeLabel.test(line)) {
      begin("code", end, [[end + 1, end + 1]]);
      blocks.splice(-2, 1, ...labelled(blocks.at(-2), open));
    }
    start = end + 1;
  }
  return blocks.filter((block) => block.type !== "code" || block.parts[0][0] <= text.length);
}

// The label is the code's title: the paragraph above ends before it.
function labelled(paragraph, code) {
  const [from, to] = paragraph.parts.pop();
  Object.assign(code, { title: [from, to], start: from });
  if (!paragraph.parts.length) return [];
  paragraph.end = from - 1;
  return [paragraph];
}

// With a pipe at both ends these are the row's edges; with one at the beginning alone the first cell is empty.
function cellsOf(line, start) {
  const isFramed = /^\s*\|.*\|\s*$/.test(line);
  const cells = [];
  let from = isFramed ? line.indexOf("|") + 1 : 0;
  const last = isFramed ? line.lastIndexOf("|") : line.length;
  for (let i = from; i <= last; i += 1) {
    const isBorder = i === last || line[i] === "|" && line[i - 1] !== "\\"
      && (isFramed || (line[i - 1] ?? " ") === " " && (line[i + 1] ?? " ") === " ");
    if (!isBorder) continue;
    const cell = line.slice(from, i);
    const lead = cell.length - cell.trimStart().length;
    cells.push([start + from + lead, start + from + Math.max(cell.trimEnd().length, lead)]);
    from = i + 1;
  }
  return cells;
}
