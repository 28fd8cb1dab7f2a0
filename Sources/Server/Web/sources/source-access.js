/** “Why may X see this?”: a page, a reader, and what each condition says about the two. */
import { el } from "../shell/dom.js";
import { count, kindName } from "../shell/format.js";
import { trail } from "../shell/passage-facts.js";
import { explainAccess, findPages, readDocument } from "./sources-api.js";
import { labelledField, loadingNote, sourcesPlace, troubleNote, viewHeading } from "./source-parts.js";

export function accessView({ go, say }) {
  const query = el("input", {
    id: "access-query", type: "search", dir: "auto", autocomplete: "off", placeholder: "Words, address or id",
  });
  const found = el("div", {});
  const who = el("input", {
    id: "access-as", dir: "auto", autocomplete: "off", spellcheck: "false", placeholder: "user:ann, group:hr",
  });
  const page = el("div", {});
  const answer = el("div", { "aria-live": "polite" });
  const ask = el("form", { class: "stack narrow", hidden: true, onsubmit: (event) => {
    event.preventDefault();
    go(sourcesPlace(["access"], { page: chosen?.id, as: who.value.trim() }));
    explain();
  } }, labelledField("Who", who,
    "A user or a group, or several with commas between them: somebody who is all of these. Empty: yourself."),
  el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, "Explain")));
  const node = el("div", { class: "stack" }, viewHeading("Who may see a page, and why"),
    el("form", { class: "stack narrow", role: "search", "aria-label": "Pages",
      onsubmit: (event) => { event.preventDefault(); look(); } },
      labelledField("Page", el("div", { class: "box joined" }, query, el("button", { type: "submit" }, "Find")),
        null),
      found),
    page, ask, answer);
  node.querySelector("label").htmlFor = "access-query";
  let chosen = null;
  let loadingID = null;
  let turn = 0;

  /** The id in an address of Confluence, or an id by itself. */
  const idIn = (text) => text.match(/[?&]pageId=(\d+)/)?.[1] ?? text.match(/\/pages\/(\d+)/)?.[1]
    ?? (/^(\d+|upload:.+)$/.test(text) ? text : null);

  async function look() {
    const text = query.value.trim();
    if (!text) { query.focus(); return; }
    const id = idIn(text);
    if (id) return go(sourcesPlace(["access"], { page: id, as: who.value.trim() }));
    const mine = ++turn;
    found.replaceChildren(loadingNote("Looking for pages …"));
    try {
      const results = await findPages(text);
      if (mine !== turn) return;
      found.replaceChildren(results.length ? el("ul", { class: "rows" }, results.map((one) => el("li", {},
        el("button", { type: "button", class: "title", dir: "auto",
          onclick: () => { found.replaceChildren(); go(sourcesPlace(["access"],
            { page: one.document_id, as: who.value.trim() })); },
        }, one.title),
        el("p", { class: "facts" }, el("span", { dir: "auto" },
          [...new Set(trail(one).filter((step) => step !== one.title))].join(" › ")),
          el("span", {}, kindName(one.kind))))))
        : el("p", { class: "note" }, "Nothing that you may read is like this. Give the page’s id or address."));
      say(results.length ? `${count(results.length, "page")} to choose from` : "Nothing found");
    } catch (error) { if (mine === turn) found.replaceChildren(troubleNote(error, look)); }
  }

  async function explain() {
    const mine = ++turn;
    answer.replaceChildren(loadingNote("Looking at its readers …"));
    try {
      const told = await explainAccess(chosen.id, who.value.trim());
      if (mine === turn) answer.replaceChildren(verdict(told, who.value.trim()));
    } catch (error) {
      if (mine === turn) answer.replaceChildren(troubleNote(error, explain));
    }
  }

  async function show(place) {
    const id = place.query.get("page");
    who.value = place.query.get("as") ?? who.value;
    if (id && id === loadingID) return;
    loadingID = null;
    if (!id) { chosen = null; page.replaceChildren(); answer.replaceChildren(); ask.hidden = true; return; }
    if (chosen?.id !== id) {
      const mine = ++turn;
      chosen = null;
      loadingID = id;
      answer.replaceChildren();
      page.replaceChildren(loadingNote("Loading the page …"));
      ask.hidden = true;
      try {
        const document = await readDocument(id);
        if (mine !== turn) return;
        [chosen, loadingID] = [document, null];
        page.replaceChildren(chosenPage(document));
        ask.hidden = false;
        if (!found.children.length && document.title) found.replaceChildren();
        who.focus({ preventScroll: true });
      } catch (error) {
        if (mine !== turn) return;
        loadingID = null;
        page.replaceChildren(error.status === 404
          ? el("div", { class: "problem", role: "alert" },
            el("p", {}, el("strong", {}, "There is no such page for you."),
            " It is not stored, or you may not read it yourself; then its readers are not told to you."))
          : troubleNote(error, () => show(place)));
        return;
      }
    }
    explain();
  }
  return { node, show, leave() { turn += 1; loadingID = null; } };
}

function chosenPage(document) {
  const way = [...new Set([document.space_name || document.space_key,
    ...document.ancestors.map((one) => one.title)])];
  return el("section", { class: "source-card" }, el("h2", { dir: "auto" }, document.title),
    el("p", { class: "facts" }, el("span", { dir: "auto" }, way.filter(Boolean).join(" › ")),
      el("span", {}, kindName(document.kind)), el("span", {}, `id ${document.id}`)));
}

function verdict(told, asked) {
  const name = asked || "You";
  return el("section", { class: "stack", "aria-label": "Why" },
    el("h2", { class: told.may_read ? "verdict yes" : "verdict no", dir: "auto" },
      el("span", { class: "verdict-mark", "aria-hidden": "true" }, told.may_read ? "✓" : "✕"), " ",
      asked ? `${name} ${told.may_read ? "may" : "may not"} read this page`
        : `You ${told.may_read ? "may" : "may not"} read this page`),
    el("p", {}, told.summary),
    told.conditions.length ? el("ol", { class: "conditions" }, told.conditions.map(condition)) : null,
    el("p", { class: "note", dir: "auto" },
      `Looked at as: ${told.reader.join(", ")}. Memberships are as the last sync found them.`));
}

function condition(one) {
  const where = one.origin === "included-page" ? "Because of a page that it includes"
    : "Of the page, its space and what is above it";
  return el("li", { class: one.holds ? "holds" : "fails" },
    stateMark(one.holds), el("div", {},
      el("p", { dir: "auto" }, one.explanation),
      el("p", { class: "note", dir: "auto" }, `${where}. Any one suffices: ${one.any_of.join(", ") || "nobody"}.`,
        one.held_by && ` Held by ${one.held_by}${one.by_membership ? ", as a member" : ""}.`)));
}

const stateMark = (holds) => el("span", { class: `state-tag state-${holds ? "finished" : "failed"}` },
  holds ? "Holds" : "Does not hold");
