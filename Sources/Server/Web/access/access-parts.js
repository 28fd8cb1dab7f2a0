/** What the views of Keys and access are made of: links, headings, tables that become cards, fields, dialogs. */
import { Problem } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { addressOf } from "../shell/place.js";
import { problemNote } from "../ask/outcomes.js";

/** A place of this page. */
export const accessPlace = (path = [], query = {}) => ({ tab: "access", path, query });

/** A link within this page. */
export const accessLink = (words, path, query, props = {}) =>
  el("a", { href: addressOf(accessPlace(path, query)), ...props }, words);

/** The heading of a view, with what stands beside it. */
export const accessHeading = (words, about, ...beside) => el("header", { class: "view-head" },
  el("div", {}, el("h1", { class: "page-title", tabindex: "-1", dir: "auto" }, words),
    about && el("p", { class: "note" }, about)),
  beside.length ? el("div", { class: "row" }, beside) : "");

const rightWords = {
  search: "search pages", ask: "ask questions", flows: "make and run flows",
  ingest: "bring in sources and see how that goes",
  admin: "manage keys and members, see settings, figures and the log",
};

/** The rights there are, in the order of what they allow, with what each is for. */
export const accessRights = Object.entries(rightWords);

/** “search pages” for `search`. */
export const rightWord = (scope) => rightWords[scope] ?? scope;

/** Short texts in frames: rights, users, groups. Long lists are folded behind their number. */
export function tagList(texts, none = "–", longest = 6) {
  if (!texts.length) return el("span", { class: "note" }, none);
  const tags = (some) => some.map((text) => el("li", { class: "label", dir: "auto" }, text));
  if (texts.length <= longest + 1) return el("ul", { class: "tags" }, tags(texts));
  return el("div", {}, el("ul", { class: "tags" }, tags(texts.slice(0, longest))),
    el("details", {}, el("summary", {}, `${texts.length - longest} more`),
      el("ul", { class: "tags" }, tags(texts.slice(longest)))));
}

/**
 * A table whose rows become cards on a phone. `heads`: names of the columns; `rows`: cells in their order, the first
 * being what the row is called. `props` are the table's.
 */
export function cardTable(caption, heads, rows, props = {}) {
  // Told by name as well: as cards on a phone it would be no table to a screen reader any more.
  return el("table", { class: "cards-table", role: "table", ...props },
    el("caption", { class: "unseen" }, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      heads.map((head) => el("th", { scope: "col", role: "columnheader" }, head)))),
    el("tbody", { role: "rowgroup" }, rows.map((cells) => cardRow(heads, cells))));
}

/** One row of a `cardTable`. */
export const cardRow = (heads, cells) => el("tr", { role: "row" }, cells.map((cell, index) => (index === 0
  ? el("th", { scope: "row", role: "rowheader" }, cell)
  : el("td", { "data-head": heads[index], role: "cell" }, el("div", {}, cell)))));

/** A term and what is to be said of it. */
export const accessPair = (term, ...value) => el("div", {}, el("dt", {}, term), el("dd", {}, value));

/**
 * Fills `box` with what `load(signal)` brings and `render(value)` makes of it; a problem stands there with its retry.
 * Returns a function that stops it.
 */
export function fillFrom(box, load, render) {
  const abort = new AbortController();
  const run = async () => {
    box.setAttribute("aria-busy", "true");
    const waiting = setTimeout(() => {
      if (!box.firstChild) box.append(el("p", { class: "note" }, "Loading …"));
    }, 300);
    try {
      const value = await load(abort.signal);
      if (!abort.signal.aborted) box.replaceChildren(...[render(value)].flat().filter(Boolean));
    } catch (error) {
      if (error.name === "AbortError" || abort.signal.aborted) return;
      box.replaceChildren(problemNote(understood(error), { retry: run }));
    } finally {
      clearTimeout(waiting);
      box.removeAttribute("aria-busy");
    }
  };
  run();
  return () => abort.abort();
}

/** A problem in the words of this page: an operation that an older server does not have, a right that is missing. */
export function understood(error) {
  if (!(error instanceof Problem) || error.kind !== "not-found") return error;
  return new Problem({ status: 404, title: "This server does not tell that", detail: "A newer Millrace does." });
}

/** A field with its label, a note under it, and room for what is wrong with it. */
export function accessField(words, field, note) {
  const hint = note && el("p", { class: "note", id: `${field.id}-note` }, note);
  const fault = el("p", { class: "field-fault", id: `${field.id}-fault` });
  field.setAttribute("aria-describedby", [hint?.id, fault.id].filter(Boolean).join(" "));
  const node = el("div", { class: "field" }, el("label", { for: field.id }, words), field, hint, fault);
  return {
    node, field,
    fault(text) {
      fault.textContent = text;
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    },
  };
}

/**
 * Asks before something that cannot be undone, or for what it takes: true once `act()` has gone well, false when it was
 * not wanted. A problem stays in the dialog, with what was chosen.
 */
export function accessDialog({ title, body, word, act, grave = false }) {
  const fault = el("p", { class: "field-fault", role: "alert" });
  const go = el("button", { type: "submit", class: grave ? "grave" : "primary" }, word);
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "access-dialog-title" },
    el("form", {},
      el("h2", { id: "access-dialog-title", dir: "auto" }, title), body, fault,
      el("div", { class: "row end" },
        el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), go)));
  document.body.append(dialog);
  return new Promise((resolve) => {
    let done = false;
    dialog.addEventListener("close", () => { dialog.remove(); resolve(done); });
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      fault.textContent = "";
      try {
        await act();
        done = true;
        dialog.close();
      } catch (error) {
        fault.textContent = `${error.message}. ${error.detail ?? ""}`;
        go.disabled = false;
        go.focus();
      }
    });
    dialog.showModal();
  });
}

/** Says what was done, to everybody. */
export function accessSaid(box, text) {
  box.replaceChildren(el("p", { class: "said" }, text));
  announce(text);
}
