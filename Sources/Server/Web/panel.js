/** The side panel, on a phone a sheet: one passage in its page, the way there, the link to Confluence. */
import { get } from "./api.js";
import { byId, el, marked, stylesheet } from "./dom.js";
import { address, day, trail } from "./format.js";
import { isElsewhere, outLink } from "./sources.js";

const panel = byId("panel");
const phone = matchMedia("(max-width: 719px)");
let loading = null;

await stylesheet("panel.css");

/** Opens `passage`; `all` are the passages that “previous” and “next” step through. */
export function openPanel(passage, all = [passage]) {
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
  panel.replaceChildren(el("div", { class: "sheet" }, head(passage, all), text, foot(passage)));
  showText(text, passage, {});
  loadContext(passage, text);
}

function head(passage, all) {
  const index = all.indexOf(passage);
  const step = (word, by) => el("button", {
    type: "button", class: "quiet", disabled: !all[index + by],
    onclick: () => openPanel(all[index + by], all),
  }, word);
  const way = trail(passage);
  const updated = day(passage.updated_at);
  return el("header", {},
    el("div", { class: "row" },
      all.length > 1 && [
        el("span", { class: "note" }, `${index + 1} of ${all.length}`),
        step("Previous", -1), step("Next", 1)],
      el("span", { class: "grow" }),
      el("button", { type: "button", class: "quiet", onclick: () => panel.close() }, "Close")),
    el("h2", { id: "panel-title", tabindex: "-1", dir: "auto" }, passage.title),
    el("nav", { "aria-label": "Where this is" },
      el("ol", { class: "crumbs" }, way.map((name) => el("li", { dir: "auto" }, name)))),
    el("p", { class: "facts" },
      [updated && `updated ${updated}`, passage.author && `by ${passage.author}`]
        .filter(Boolean).map((fact) => el("span", {}, fact))));
}

function foot(passage) {
  return el("footer", {}, address(passage)
    ? outLink(passage, { class: "button primary" }, isElsewhere(passage) ? "Open the source ↗" : "Open in Confluence ↗")
    : el("p", { class: "note" }, "No address: the page’s source did not say where its Confluence is."));
}

function showText(container, passage, context) {
  const here = el("p", { class: "here", dir: "auto" }, marked(passage.text ?? "", marks(passage)));
  container.replaceChildren(...[
    context.before?.trim() && el("p", { class: "around", dir: "auto" }, context.before.trim()),
    here,
    context.after?.trim() && el("p", { class: "around", dir: "auto" }, context.after.trim()),
    context.note && el("p", { class: "note", role: "status" }, context.note),
  ].filter(Boolean));
  const mark = here.querySelector("mark") ?? here;
  container.scrollTop = mark.offsetTop - container.clientHeight / 4;
}

// An answer's source knows its supporting words; a search result knows the words of its snippet only.
function marks({ text = "", quote_ranges: quotes, snippet, highlights = [] }) {
  const at = snippet ? text.indexOf(snippet) : -1;
  return quotes ?? (at < 0 ? [] : highlights.map(([from, to]) => [from + at, to + at]));
}

async function loadContext(passage, container) {
  loading?.abort();
  if (isElsewhere(passage)) return showText(container, passage, {});
  loading = new AbortController();
  try {
    const context = await get(`v1/chunks/${encodeURIComponent(passage.chunk_id)}/context`, loading.signal);
    showText(container, passage, context);
  } catch (error) {
    if (error.name === "AbortError") return;
    const note = `The page around this passage could not be loaded: ${error.detail || error.message}`;
    showText(container, passage, { note });
  }
}
