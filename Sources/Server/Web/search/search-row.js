/** One result: its title, the way there, its age, the words that were found, and on demand why it is there. */
import { plainText } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { marked } from "../shell/marks.js";
import { day, kindName } from "../shell/format.js";
import { address, score } from "../shell/passage-facts.js";
import { age, outLink, titleButton } from "../ask/passages.js";
import { rangesOfStems, readableText } from "./search-words.js";

/** Labels shown before “and n more”. */
const shownLabels = 3;

/** `passage` is the result as the panel takes it, among `all`; `stems` are the words that were searched. */
export function resultRow(passage, all, stems, byLabel) {
  const title = titleButton(passage, all);
  title.replaceChildren(...marked(passage.title || "Without a title", rangesOfStems(passage.title ?? "", stems)));
  title.title = plainText(passage.title ?? "");
  return el("li", { class: "hit" },
    el("h2", {}, title),
    outLink(passage, { class: "out-link" }),
    resultFacts(passage, byLabel),
    foundWords(passage, stems),
    passage.copies?.length > 0 && el("p", { class: "facts" },
      [el("span", {}, "Also in"), ...passage.copies.map((copy) => el("span", {}, copyOfResult(copy)))]),
    passage.why && whyResult(passage.why, passage.title));
}

/** Space › ancestors: each name once, and not the title's own. */
export function wayTo(passage) {
  const names = [passage.space_name || passage.space_key, ...(passage.ancestors ?? []).map((page) => page.title)];
  const said = new Set([passage.title?.toLowerCase()]);
  return names.filter((name) => {
    if (!name || said.has(name.toLowerCase())) return false;
    said.add(name.toLowerCase());
    return true;
  });
}

function resultFacts(passage, byLabel) {
  const way = wayTo(passage);
  const labels = passage.labels ?? [];
  const updated = ageOf(passage.updated_at);
  return el("p", { class: "facts" },
    [
      way.length > 0 && el("span", { class: "way", title: way.join(" › ") }, way.map((name, index) => [
        index > 0 && " › ", el("bdi", {}, name)])),
      updated && el("time", { datetime: passage.updated_at, title: day(passage.updated_at) }, updated),
      passage.kind && passage.kind !== "page" && kindName(passage.kind),
      passage.author && el("bdi", {}, passage.author),
      labels.length > 0 && el("span", { class: "labels" }, labels.slice(0, shownLabels).map((label) => el("button", {
        type: "button", class: "label", dir: "auto", "aria-label": `Only with the label ${label}`,
          onclick: () => byLabel(label),
      }, label)), labels.length > shownLabels && el("span", { title: labels.slice(shownLabels).join(", ") },
        `+${labels.length - shownLabels}`)),
    ].filter(Boolean).map((fact) => el("span", { class: fact.className === "way" ? "gives-way" : null }, fact)));
}

/** “1 Sep 2026, 3 months ago”; on a phone the age alone. */
function ageOf(iso) {
  const date = day(iso);
  if (!date) return null;
  return [el("span", { class: "whole-date" }, `${date}, `), age(iso)];
}

// The part of the page under whose heading it was found, then the words around what was found.
function foundWords(passage, stems) {
  const text = passage.text ?? passage.snippet ?? "";
  const snippet = passage.snippet || text.slice(0, 300);
  const heading = (passage.heading_path ?? []).at(-1);
  const ranges = passage.highlights?.length ? passage.highlights : rangesOfStems(snippet, stems);
  // A bullet that nothing stands before says nothing.
  const bullet = snippet.startsWith("- ") ? 2 : 0;
  return el("p", { class: "snippet", dir: "auto" },
    heading && heading !== passage.title && [el("span", { class: "found-under", dir: "auto" }, heading), " "],
    !text.startsWith(snippet) && "… ", marked(readableText(snippet).slice(bullet),
      ranges.map(([from, to]) => [Math.max(0, from - bullet), to - bullet])), !text.endsWith(snippet) && " …");
}

function copyOfResult(copy) {
  const name = [copy.space_name || copy.space_key, copy.title].filter(Boolean).join(" › ");
  const href = address(copy);
  return href
    ? el("a", { href, dir: "auto", target: "_blank", rel: "noopener noreferrer" }, `${name} ↗`)
    : el("span", { dir: "auto" }, name);
}

// Both ranks, both scores and their sum, as a sentence each.
function whyResult(why, title) {
  const by = (how, rank, value) => (rank
    ? `Number ${rank} by ${how} (score ${score(value)}).` : `Not among the best by ${how}.`);
  return el("details", { class: "why" },
    el("summary", { "aria-label": `Why this result: ${title}` }, "Why"),
    el("p", { class: "note" },
      [by("its meaning", why.vector_rank, why.vector_score), by("its words", why.keyword_rank, why.keyword_score),
        why.fused_score != null && `Both together: ${score(why.fused_score)}.`].filter(Boolean).join(" ")));
}
