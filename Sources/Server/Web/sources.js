/** Passages as a reader meets them: a marker in the answer, a card while it is written, a line under it. */
import { el, excerpt, marked } from "./dom.js";
import { address, count, day, kindName, trail } from "./format.js";
import { previewed } from "./preview.js";

// Loaded when first needed: most of a page's life nobody has opened a panel yet.
const openPanel = async (passage, all) => (await import("./panel.js")).openPanel(passage, all);

/** The `[1]` of an answer: previews its passage on hover and focus, opens it in the side panel. */
export function citeButton(citation, all) {
  const button = el("button", {
    type: "button", class: "cite", "aria-label": `Source ${citation.marker}: ${citation.title}`,
    onclick: () => openPanel(citation, all),
  }, String(citation.marker));
  return previewed(button, citation);
}

/** One row of the passages found, to look at while the answer is written. */
export function passageStrip(passages) {
  const cards = passages.map((passage) => el("li", {}, previewed(
    el("button", { type: "button", class: "card", onclick: () => openPanel(passage, passages) },
      el("span", { class: "card-title", dir: "auto" },
        el("span", { class: "number" }, `${passage.marker}`), " ", passage.title),
      el("span", { class: "card-space", dir: "auto" }, passage.space_name || passage.space_key)), passage)));
  return el("ol", { class: "strip", "aria-label": count(passages.length, "passage") }, cards);
}

/** The sources of an answer in order: where each is from and the words that count. */
export function sourceList(citations, heading, numbered = true) {
  return el("section", { class: "sources" },
    el("h3", {}, heading),
    el("ol", {}, citations.map((citation) => sourceRow(citation, citations, numbered))));
}

function sourceRow(citation, all, numbered) {
  const cut = excerpt(citation.text, citation.quote_ranges, 260);
  return el("li", {},
    numbered && el("span", { class: "number", "aria-hidden": "true" }, `${citation.marker}`),
    el("div", { class: "source" },
      titleButton(citation, all),
      facts(citation),
      el("p", { class: "snippet", dir: "auto" }, marked(cut.text, cut.ranges))));
}

/** A passage's title, which opens it in the side panel. */
export function titleButton(passage, all) {
  return el("button", {
    type: "button", class: "title", dir: "auto", onclick: () => openPanel(passage, all),
  }, passage.title);
}

/** The way to a passage without its own title, its date, its kind if that is not a page, the link out. */
export function facts(passage, extra = []) {
  const way = trail(passage).filter((step) => step !== passage.title).join(" › ");
  const kind = passage.kind && passage.kind !== "page" ? kindName(passage.kind) : null;
  return el("p", { class: "facts" },
    [el("span", { dir: "auto" }, way), day(passage.updated_at), kind, ...extra, outLink(passage)]
      .filter(Boolean).map((fact) => el("span", {}, fact)));
}

/** Whether a managed search found it: its page is not here. */
export const isElsewhere = ({ chunk_id: id }) => id < 0;

/** The link to where a passage came from, or null for one without an address. */
export function outLink(passage, props = {}, words = isElsewhere(passage) ? "Source ↗" : "Confluence ↗") {
  const href = address(passage);
  return href && el("a", {
    href, target: "_blank", rel: "noopener noreferrer",
    "aria-label": isElsewhere(passage) ? `Open ${passage.title}` : `Open ${passage.title} in Confluence`, ...props,
  }, words);
}
