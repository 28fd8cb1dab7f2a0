/** “How this was answered”, under an answer: how long each stage took, and how each passage was found. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { score, seconds } from "../shell/passage-facts.js";

const compareHeads = ["passage", "meaning: rank", "score", "words: rank", "score", "fused"];

/** The inside of “how this was answered”. */
export function traceTables(trace) {
  const about = [
    trace.flow && `flow ${trace.flow}`, trace.generator && `written by ${trace.generator}`,
    `${seconds(trace.total_ms ?? 0)} in all`,
  ].filter(Boolean).join(" · ");
  const stages = (trace.stages ?? []).map(
    (stage) => [stage.name, `${stage.ms.toFixed(1)} ms`, detail(stage.detail)]);
  const compared = (trace.retrieved ?? []).map((row) => [
    row.title, row.vector_rank ?? "–", score(row.vector_score),
    row.keyword_rank ?? "–", score(row.keyword_score), score(row.fused_score)]);
  return [
    el("p", { class: "note" }, about),
    table("Stages", ["stage", "time", "what came of it"], stages),
    ...(compared.length ? [table("Passages compared", compareHeads, compared)] : []),
  ];
}

const detail = (facts) => Object.entries(facts ?? {}).map(([name, value]) => factWords(name, value)).join(", ");

// “7 passages”, “1 passage”, “confidence 0.90”: whole numbers count what they stand before.
function factWords(name, value) {
  if (typeof value !== "number") return `${value} ${name}`;
  if (!Number.isInteger(value)) return `${name} ${value.toFixed(2)}`;
  return /[^s]s$/.test(name) ? count(value, name.slice(0, -1)) : `${value} ${name}`;
}

// Wide tables scroll inside their own frame, which therefore takes the keyboard's focus.
function table(caption, heads, rows) {
  return el("div", { class: "table trace-table", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {},
        heads.map((head) => (head ? el("th", { scope: "col" }, head) : el("td"))))),
      el("tbody", {}, rows.map(([first, ...rest]) => el("tr", {},
        el("th", { scope: "row", dir: "auto" }, first), rest.map((cell) => el("td", {}, String(cell))))))));
}
