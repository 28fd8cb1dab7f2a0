/** A question that is about one page: told above the box, and held to that page. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";

/**
 * The page of this id: its `title`, the `filters` that hold a question to it, `line(end)` to stand above the box, and
 * `notes(answer)` for under an answer. A Problem is thrown where the caller may not read it.
 */
export async function openAbout(id) {
  const page = await get(`v1/documents/${encodeURIComponent(id)}`);
  return {
    title: page.title, filters: { documents: [id] },
    line: (end) => el("p", { id: "about", class: "about" },
      el("span", {}, "About ", el("bdi", { title: page.title }, page.title)),
      el("button", { type: "button", class: "quiet", "aria-label": `No longer about ${page.title}`, onclick: end }, "Remove")),
    notes: (answer) => notesOn(answer.citations.filter((citation) => citation.document_id !== id)),
  };
}

function notesOn(others) {
  const words = `Not only from this page: ${others.map(({ marker }) => `[${marker}]`).join(" ")} ${others.length > 1 ? "are" : "is"} from elsewhere.`;
  return others.length ? [el("p", { class: "note" }, words)] : [];
}
