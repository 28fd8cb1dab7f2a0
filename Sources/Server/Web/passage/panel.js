/** The side panel, on a phone a sheet: one passage in its page, the way there, the link to Confluence. */
import { get } from "../shell/api.js";
import { byId, el, stylesheet } from "../shell/dom.js";
import { day, kindName } from "../shell/format.js";
import { address } from "../shell/passage-facts.js";
import { addressOf } from "../shell/place.js";
import { age, isElsewhere, outLink, placeOf } from "../ask/passages.js";
import { whenFormulas } from "../ask/inline.js";
import { accessReasons } from "./access-reasons.js";
import { insightDetails } from "./passage-insights.js";
import { pageText } from "./passage-text.js";

const panel = byId("panel");
const phone = matchMedia("(max-width: 719px)");
// Fetched with this module: a server that goes away takes no looks with it.
stylesheet("passage/panel.css", true);
let loading = null;

/** Opens `passage`; `all` are the passages that “previous” and “next” step through. */
export async function openPanel(passage, all = [passage]) {
  await stylesheet("passage/panel.css");
  if (!panel.open) {
    if (phone.matches) panel.showModal();
    else panel.show();
    document.body.classList.add("with-panel");
  }
  fill(passage, all);
  panel.querySelector("h2").focus({ preventScroll: true });
}

// The browser gives the focus back by itself, to what had it when the panel was shown.
panel.addEventListener("close", () => {
  loading?.abort();
  document.body.classList.remove("with-panel");
});
// A tap on the dark behind the sheet is a tap on the dialog itself.
panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });

function fill(passage, all) {
  const text = el("div", {
    class: "page-text", tabindex: "0", role: "group", "aria-label": "The passage in its page",
  });
  const about = el("div", {}, aboutNodes(passage));
  const foot = el("div", { class: "sheet-foot" }, footNodes(passage));
  panel.replaceChildren(el("div", { class: "sheet" },
    el("div", { class: "sheet-head" }, steps(passage, all),
      el("h2", { id: "panel-title", tabindex: "-1", dir: "auto", title: passage.title }, passage.title), about), text, foot));
  showText(text, passage, {});
  loadContext(passage, (known, context) => {
    about.replaceChildren(...aboutNodes(known));
    foot.replaceChildren(...footNodes(known));
    showText(text, known, context);
  });
}

function steps(passage, all) {
  const index = all.indexOf(passage);
  const step = (word, by) => el("button", {
    type: "button", class: "quiet", disabled: !all[index + by],
    onclick: () => openPanel(all[index + by], all),
  }, word);
  return el("div", { class: "row" },
    all.length > 1 && [el("span", { class: "note" }, `${index + 1} of ${all.length}`), step("Previous", -1), step("Next", 1)],
    el("span", { class: "grow" }),
    el("button", { type: "button", class: "quiet", onclick: () => panel.close() }, "Close"));
}

// Where it is, how old, whose.
function aboutNodes(passage) {
  const updated = day(passage.updated_at);
  const kind = passage.kind && passage.kind !== "page" ? kindName(passage.kind) : null;
  return [
    el("nav", { "aria-label": "Where this is" },
      el("ol", { class: "crumbs" }, placeOf(passage).map((name) => el("li", { dir: "auto" }, name)))),
    el("p", { class: "facts" }, [
      kind, updated && el("time", { datetime: passage.updated_at }, `updated ${updated}, ${age(passage.updated_at)}`),
      passage.author && el("span", {}, "by ", el("bdi", {}, passage.author)),
    ].filter(Boolean).map((fact) => el("span", {}, fact)))];
}

function footNodes(passage) {
  const id = passage.document_id;
  const isOurs = id && !isElsewhere(passage);
  return [
    el("div", { class: "row" },
      address(passage)
        ? outLink(passage, { class: "button primary" }, isElsewhere(passage) ? "Open the source ↗" : "Open in Confluence ↗")
        : el("span", { class: "note" }, "Its address in Confluence is not known."),
      isOurs && el("button", { type: "button", onclick: () => {
        panel.close();
        location.hash = addressOf({ tab: "ask", questions: [], more: { about: id } });
      } }, "Ask about this page")),
    insightDetails(passage), isOurs && whyDetails(id)].filter(Boolean);
}

function whyDetails(id) {
  const reasons = el("div", { class: "why-access", "aria-live": "polite" });
  const details = el("details", { class: "why-seen" }, el("summary", {}, "Why may I see this?"), reasons);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    reasons.replaceChildren(el("p", { class: "note" }, "Looking it up …"));
    reasons.replaceChildren(...await accessReasons(id));
    details.scrollIntoView({ block: "nearest" });
  });
  return details;
}

function showText(container, passage, context) {
  container.replaceChildren(...pageText(passage, context));
  whenFormulas(container.textContent, () => {
    if (container.isConnected) container.replaceChildren(...pageText(passage, context));
  });
  const mark = container.querySelector("mark") ?? container.querySelector(".here");
  if (mark) container.scrollTop += mark.getBoundingClientRect().top - container.getBoundingClientRect().top - container.clientHeight / 4;
}

// Of a passage that came with a conversation only its words are known; the page tells the rest.
async function loadContext(passage, show) {
  loading?.abort();
  if (isElsewhere(passage)) return;
  const mine = loading = new AbortController();
  try {
    const context = await get(`v1/chunks/${encodeURIComponent(passage.chunk_id)}/context`, mine.signal);
    const isWhole = passage.text === context.text;
    show({ ...context, ...passage, ...(isWhole ? {} : { text: context.text, quote_ranges: found(context.text, passage) }),
      updated_at: context.updated_at, author: context.author, ancestors: context.ancestors, heading_path: context.heading_path }, context);
  } catch (error) {
    if (error.name === "AbortError") return;
    const note = error.status === 404 ? "This page is not there any more, or you may no longer read it."
      : `The page around this passage could not be loaded: ${error.detail || error.message}`;
    show(passage, { note });
  }
}

// Where the words of a passage that is known by a quote alone are in its text.
function found(text, { text: quote = "", quote_ranges: ranges }) {
  const at = quote ? text.indexOf(quote) : -1;
  return at < 0 ? [] : (ranges ?? []).map(([from, to]) => [from + at, to + at]);
}
