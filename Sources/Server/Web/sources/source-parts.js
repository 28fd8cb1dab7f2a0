/** What the views of the Sources page are made of: links, states, counts, problems, a question before it is too late. */
import { Problem } from "../shell/api.js";
import { byId, el } from "../shell/dom.js";
import { count, kindName } from "../shell/format.js";
import { addressOf } from "../shell/place.js";

/** A place of this page: `path` below it, `query` as an object. */
export const sourcesPlace = (path = [], query = {}) => ({
  tab: "sources", path, query: new URLSearchParams(Object.entries(query).filter(([, value]) => value)),
});

/** A link within this page. */
export const sourcesLink = (words, path, query, props = {}) =>
  el("a", { href: addressOf(sourcesPlace(path, query)), ...props }, words);

/** The heading of a view, which the keyboard is taken to when the view is gone to. */
export const viewHeading = (words, ...beside) => el("header", { class: "view-head" },
  el("h1", { tabindex: "-1", dir: "auto" }, words), beside);

/** What a source is called: its name, else its host. One of the settings that has no name of its own is told its id. */
export function sourceName(source) {
  if (source.name && source.name !== source.id) return source.name;
  try { return new URL(source.base_url).host; } catch { return source.id; }
}

const dialects = {
  cloud: "Confluence Cloud", "data-center": "Confluence Data Center", detect: "Confluence",
};

/** “Confluence Cloud”. */
export const sourceKind = (source) => dialects[source.dialect]
  ?? (source.kind ? source.kind[0].toUpperCase() + source.kind.slice(1) : "Source");

const kindOrder = ["page", "blogPost", "blog_post", "comment", "attachment"];
const kindWord = (kind) => kindName(kind === "blog_post" ? "blogPost" : kind);

/** “63 pages, 21 comments”; “nothing yet” where there is none. */
export function countsByKind(documents = {}) {
  const names = [...kindOrder, ...Object.keys(documents).filter((kind) => !kindOrder.includes(kind))];
  return names.filter((kind) => documents[kind] > 0).map((kind) => count(documents[kind], kindWord(kind))).join(", ")
    || "nothing yet";
}

const stateWords = {
  queued: "Waiting", running: "Running", paused: "Paused", cancelling: "Cancelling", finished: "Finished",
  failed: "Failed", cancelled: "Cancelled", interrupted: "Interrupted",
};

/** The word for a job's state. */
export const jobStateWord = (state) => stateWords[state] ?? state;

/** A state as a word in a frame; its shape and word say it, not a colour. */
export const stateTag = (state, words = jobStateWord(state)) =>
  el("span", { class: `state-tag state-${state}` }, words);

/** What a job reads: “Everything”, “Space ENG”, “Page 123”, “guide.pdf”. */
export function jobScopeWords({ site, space, page, upload, removal }) {
  if (upload) return upload;
  if (page) return `Page ${page}`;
  if (space) return `Space ${space}`;
  if (removal) return "Removal of everything";
  return site ? "Everything" : "Part of it";
}

/** What stands behind “every”: “hour”, “15 minutes”. */
export function spanWords(seconds) {
  const [word, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size
    && seconds % size === 0) ?? (seconds >= 60 ? ["minute", 60] : ["second", 1]);
  const times = Math.round(seconds / size);
  return times === 1 ? word : count(times, word);
}

/** A term and what is to be said of it, for a list of such. */
export const termPair = (term, value) => el("div", {}, el("dt", {}, term), el("dd", {}, value));

/** How long it took or takes: “12 s”, “4 min 10 s”, “2 h 5 min”. */
export function lasting(ms) {
  const all = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (h) return `${h} h ${m} min`;
  return m ? `${m} min ${s} s` : ms < 1000 ? "under a second" : `${s} s`;
}

/** One sentence on what happened and what to do, with a way to try again. */
export function troubleNote(error, retry, words = "Retry") {
  const known = error instanceof Problem;
  const [said, todo] = known ? troubleWords(error) : ["Something in this page went wrong.", "Load it anew."];
  return el("div", { class: "problem", role: "alert" },
    el("p", {}, el("strong", {}, said), " ", todo),
    retry && el("button", { type: "button", onclick: retry }, words));
}

function troubleWords({ status, title, detail, retryAfter }) {
  const sentence = /[.!?]$/.test(title) ? title : `${title}.`;
  if (status === 401) return ["You are no longer signed in.", "Sign in above; what you entered here is kept."];
  if (status === 403) return ["You may not do this.", detail || "Ask whoever runs Millrace for the right to it."];
  const wait = retryAfter ? `Try again in ${count(retryAfter, "second")}.` : "";
  return [sentence, [detail, wait].filter(Boolean).join(" ")];
}

/** While something loads: a word, never a bare spinner. */
export const loadingNote = (words = "Loading …") => el("p", { class: "note", role: "status" }, words);

/**
 * Asks before something that cannot be undone. `body`: what goes and what stays, nodes or strings.
 * Resolves to the form's data, or null when it was thought better of.
 */
export function askFirst({ title, body, yes, no = "Keep it" }) {
  return new Promise((done) => {
    const form = el("form", { method: "dialog", class: "ask-first" },
      el("h2", { id: "ask-first-title" }, title), body,
      el("div", { class: "row" },
        el("button", { type: "submit", value: "no", autofocus: true }, no),
        el("button", { type: "submit", value: "yes", class: "grave" }, yes)));
    const dialog = el("dialog", { class: "ask-first-box", "aria-labelledby": "ask-first-title" }, form);
    dialog.addEventListener("close", () => {
      done(dialog.returnValue === "yes" ? new FormData(form) : null);
      dialog.remove();
    });
    (byId("page-sources") ?? document.body).append(dialog);
    dialog.showModal();
  });
}

/** A label over a field, with what to know about it under it. */
export function labelledField(label, field, note) {
  const id = field.id;
  if (note) field.setAttribute("aria-describedby", `${id}-note`);
  return el("div", { class: "field" }, el("label", { for: id }, label), field,
    note && el("p", { class: "note", id: `${id}-note` }, note));
}
