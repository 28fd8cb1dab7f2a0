/** What could not be read, by the reason: which pages, what to do about it, and another try for each. */
import { el } from "../shell/dom.js";
import { ago, count } from "../shell/format.js";
import { failuresOfSource, startJob } from "./sources-api.js";
import { loadingNote, sourcesLink, troubleNote } from "./source-parts.js";

/** What helps, by what the reason says. */
const remedies = [
  [/\b401\b|signed? in|sign-in/i, "The account is no longer let in. Renew its token, then test the connection."],
  [/\b403\b|not permitted|forbidden/i,
    "The account may not read it. Let the account view the page, or leave the page out."],
  [/\b404\b|not found|no such/i, "It was removed or hidden meanwhile. The next sync settles it."],
  [/larger than|too large|limit/i,
    "It is larger than what is read. Raise the limit in the settings, or leave it out."],
  [/encrypted|password|locked/i, "It is locked with a password. Put an open copy in its place."],
  [/embedded|model/i, "The model could not take it in. Try again; if it stays so, look into the server’s log."],
  [/\b429\b|\b50\d\b|timed out|did not answer|retry can help|reset|broke/i,
    "The site did not answer well. Try again; the next sync does so by itself."],
  [/cannot be read|missing|damaged|malformed|type/i,
    "Its content is not what was expected. Open and save it again in Confluence, then try again."],
];
const remedyForOthers = "Try again; if it fails in the same way, look into the server’s log.";
const failureRows = 30;

// Reasons that differ by an address, an id or a name alone are one.
const kindOfReason = (reason) => reason.replace(/\/[\w/.%?=&-]+/g, "…").replace(/“[^”]*”/g,
  "“…”").replace(/\d{3,}(?!\))/g, "…");

/** `failures` in groups by their reason, most of them first; of `source`, where it is known. */
export function failureGroups(failures, source) {
  const groups = new Map();
  for (const failure of failures) {
    const key = kindOfReason(failure.reason);
    groups.set(key, [...groups.get(key) ?? [], failure]);
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  return el("div", { class: "stack failures" }, sorted.map((some, index) => failureGroup(some, source, index === 0)));
}

/** The failures of `source` by the reasons that the server counted; the pages of a reason come when it is opened. */
export function failuresByReason(source) {
  return el("div", { class: "stack failures" }, source.failure_reasons.map(({ reason, count: times, example }) => {
    const list = el("ul", { class: "rows" });
    const more = el("div", {});
    let begun = false;
    async function grow(cursor = null) {
      begun = true;
      more.replaceChildren(loadingNote("Loading the pages …"));
      try {
        const page = await failuresOfSource(source.id, { reason, cursor, limit: failureRows });
        list.append(...page.failures.map((failure) => failureRow(failure, source, failure.reason !== reason)));
        more.replaceChildren(page.next ? el("button", { type: "button", onclick: () => grow(page.next) },
          `Show more (${list.children.length} of ${times})`) : "");
      } catch (error) { more.replaceChildren(troubleNote(error, () => grow(cursor))); }
    }
    return el("details", { class: "fold", ontoggle: (event) => { if (event.target.open && !begun) grow(); } },
      el("summary", {}, el("span", { dir: "auto" }, reason),
        el("span", { class: "count" }, ` ${count(times, "document")}`),
        example && el("span", { class: "note", dir: "auto" }, ` such as ${example.title || example.id}`)),
      remedyNote(reason), list, more);
  }));
}

const remedyNote = (reason) => el("p", { class: "remedy" }, el("strong", {}, "What to do: "),
  remedies.find(([pattern]) => pattern.test(reason))?.[1] ?? remedyForOthers);

function failureGroup(some, source, open) {
  const [{ reason }] = some;
  const list = el("ul", { class: "rows" });
  const more = el("button", { type: "button", onclick: () => grow() }, "");
  let shown = 0;
  function grow() {
    list.append(...some.slice(shown, shown + failureRows).map((failure) =>
      failureRow(failure, source, some.length > 1 && failure.reason !== reason)));
    shown = Math.min(shown + failureRows, some.length);
    more.hidden = shown >= some.length;
    more.textContent = `Show more (${shown} of ${some.length})`;
  }
  if (open) grow();
  return el("details", { class: "fold", open, ontoggle: (event) => { if (event.target.open && !shown) grow(); } },
    el("summary", {}, el("span", { dir: "auto" }, reason),
      el("span", { class: "count" }, ` ${count(some.length, "document")}`)),
    remedyNote(reason), list, more);
}

function failureRow(failure, source, tellsReason) {
  const said = el("span", { class: "note", role: "status" });
  const address = failureAddress(failure, source);
  const title = failure.title || `Document ${failure.id}`;
  const name = el("span", { dir: "auto", class: "isolated" }, title);
  const retry = source && /^\d+$/.test(failure.id) && el("button", {
    type: "button", class: "quiet", "aria-label": `Try ${failure.title || failure.id} again`,
    async onclick(event) {
      event.target.disabled = true;
      try {
        const job = await startJob(source.id, { page: failure.id });
        said.replaceChildren("Being read. ", sourcesLink("Watch", ["job", job.id]));
      } catch (error) {
        said.textContent = error.detail || error.message;
        event.target.disabled = false;
      }
    },
  }, "Try again");
  return el("li", {},
    el("div", { class: "grow" }, el("p", { class: "two-lines", title },
      address ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name, " ↗") : name),
      tellsReason && el("p", { class: "note", dir: "auto" }, failure.reason),
      el("p", { class: "note" }, failure.failed_at && `failed ${ago(failure.failed_at)}. `, said)),
    retry);
}

// Both products of Confluence lead from a page's id to the page.
function failureAddress(failure, source) {
  if (failure.url) return safeAddress(failure.url);
  if (!source?.base_url || !/^\d+$/.test(failure.id)) return null;
  return safeAddress(`${source.base_url.replace(/\/$/, "")}/pages/viewpage.action?pageId=${failure.id}`);
}

function safeAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch { return null; }
}
