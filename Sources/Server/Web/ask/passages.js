/** Passages as a reader meets them: a marker in the answer, a card while it is written, a line under it. */
import { el } from "../shell/dom.js";
import { ago, count, day, kindName } from "../shell/format.js";
import { address, trail } from "../shell/passage-facts.js";
import { partOf } from "../shell/loading.js";
import { previewed } from "../passage/preview.js";
import { quoteNode } from "./quote.js";

// Loaded when first needed: most of a page's life nobody has opened a panel yet.
const openPanel = async (passage, all) => (await partOf(() => import("../passage/panel.js")))?.openPanel(passage, all);

/** The `[1]` of an answer: previews its passage on hover and focus, opens it in the side panel. */
export function citeButton(citation, all) {
  const button = el("button", {
    type: "button", class: "cite", "aria-label": `Source ${citation.marker}: ${citation.title}`,
    onclick: () => openPanel(citation, all),
  }, String(citation.marker));
  return previewed(button, citation);
}

/** What was found, in sight while the answer is written; one line that opens once it stands. */
export class FoundPassages {
  #cards = [];

  /** `passages` as the server found them, best first. */
  constructor(passages) {
    const pages = new Set(passages.map((passage) => passage.document_id)).size;
    this.#cards = passages.map((passage) => [passage, el("span", { class: "number", hidden: true })]);
    const cards = this.#cards.map(([passage, number]) => el("li", {}, previewed(
      el("button", { type: "button", class: "card", onclick: () => openPanel(passage, passages) },
        el("span", { class: "card-title", dir: "auto", title: passage.title }, number, passage.title),
        el("span", { class: "card-space", dir: "auto" }, placeWords(passage))), passage)));
    this.words = `${count(passages.length, "passage")} from ${count(pages, "page")}`;
    this.node = el("details", { class: "found", open: true },
      el("summary", {}, this.words), el("ol", { class: "strip", tabindex: "0", "aria-label": this.words }, cards));
  }

  /** Folds, unless the reader is in the midst of them; `citations` tell which of them the answer stands on. */
  fold(citations) {
    for (const [passage, number] of this.#cards) {
      const cited = citations.find((citation) => citation.chunk_id === passage.chunk_id);
      number.hidden = !cited;
      number.textContent = cited ? `${cited.marker}` : "";
    }
    if (!this.node.matches(":hover, :focus-within")) this.node.open = false;
  }
}

/** The sources of an answer in order: where each is from and the words that count. */
export function sourceList(citations, heading, numbered = true) {
  return el("section", { class: "sources" },
    el("h3", {}, heading),
    el("ol", {}, citations.map((citation) => el("li", {},
      numbered && el("span", { class: "number", "aria-hidden": "true" }, `${citation.marker}`),
      el("div", { class: "source" },
        titleButton(citation, citations), passageFacts(citation), quoteNode(citation, 240))))));
}

/** A passage's title, which opens it in the side panel. */
export function titleButton(passage, all) {
  return el("button", {
    type: "button", class: "title", dir: "auto", title: passage.title, onclick: () => openPanel(passage, all),
  }, passage.title);
}

/** Space › ancestors › headings: each name once, and the title's own not at all. */
export function placeOf(passage) {
  const said = new Set([passage.title?.trim().toLowerCase()]);
  return trail(passage).filter((name) => {
    const low = name.trim().toLowerCase();
    return !said.has(low) && said.add(low);
  });
}

const placeWords = (passage) => passage.ancestors?.at(-1)?.title ?? passage.space_name ?? "";

/** `3 weeks ago`, or null for no date. */
export function age(iso) {
  const days = (Date.now() - Date.parse(iso ?? "")) / 86400e3;
  if (!(days >= 14)) return ago(iso);
  const [size, word] = days < 60 ? [7, "week"] : days < 730 ? [30.44, "month"] : [365.25, "year"];
  return `${count(Math.floor(days / size), word)} ago`;
}

/** The way to a passage, its age, its kind if that is not a page, the link out. */
export function passageFacts(passage) {
  const way = placeOf(passage);
  const kind = passage.kind && passage.kind !== "page" ? kindName(passage.kind) : null;
  return el("p", { class: "facts" }, [
    way.length > 0 && el("span", { title: way.join(" › ") }, way.map((name, i) => [i > 0 && " › ", el("bdi", {}, name)])),
    age(passage.updated_at) && el("time", { datetime: passage.updated_at, title: day(passage.updated_at) }, age(passage.updated_at)),
    kind, outLink(passage),
  ].filter(Boolean).map((fact) => el("span", {}, fact)));
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
