/** Showing pages: each is loaded and mounted on its first visit, and told when it is left. */
import { announce, byId, commonLooks, el } from "./dom.js";
import { loadAnew } from "./loading.js";
import { pages } from "./pages.js";
import { readPlace } from "./place.js";

/** Pages that are mounted, and those on their way, by their tabs; stylesheets by their addresses. */
const mounted = new Map();
const pagesComing = new Map();
const pageStyles = new Map();
let shownTab = null;

/** The section of a tab; made when the page is not of those that stand in the document. */
function sectionOf(tab) {
  let section = byId(`page-${tab}`);
  if (!section) {
    section = el("section", { id: `page-${tab}`, "aria-label": pages[tab].words, hidden: true });
    byId("main").append(section);
  }
  return section;
}

/** The mounted page of `tab`, or a promise of it; `shell` is what it gets to work with. */
function pageOf(tab, shell) {
  if (mounted.has(tab)) return mounted.get(tab);
  if (!pagesComing.has(tab)) {
    const { load, style } = pages[tab];
    pagesComing.set(tab, Promise.all([load(), style && styleOf(style).loaded, tab !== "ask" && commonLooks()]).then(([page]) => {
      const section = sectionOf(tab);
      byId(`page-${tab}-note`)?.remove();
      page.mount(section, shell);
      mounted.set(tab, page);
      return page;
    }).finally(() => pagesComing.delete(tab)));
  }
  return pagesComing.get(tab);
}

/** The stylesheet at `href`, switched off; `loaded` is when it has come or failed. */
function styleOf(href) {
  if (!pageStyles.has(href)) {
    const link = el("link", { rel: "stylesheet", href, media: "not all" });
    link.loaded = new Promise((done) => {
      link.addEventListener("load", done);
      link.addEventListener("error", () => { pageStyles.delete(href); link.remove(); done(); });
    });
    pageStyles.set(href, link);
    document.head.append(link);
  }
  return pageStyles.get(href);
}

// A page's looks are its own: they hold while it is shown.
function wear(tab) {
  const own = pages[tab].style;
  for (const [href, link] of pageStyles) link.media = href === own ? "all" : "not all";
}

/** Fetches what `tab` needs, and shows nothing of it. A failure is told when the page is visited. */
export function fetchAhead(tab) {
  const { load, style } = pages[tab];
  if (mounted.has(tab) || pagesComing.has(tab)) return;
  load().catch(() => {});
  commonLooks();
  if (style) styleOf(style);
}

/** The page that is shown, once it is mounted. */
export const shownPage = () => mounted.get(shownTab) ?? null;

/** Lets go of what the address alone decided to keep out of sight, before it was known what to show. */
function takeOver() {
  const root = document.documentElement;
  if (!root.hasAttribute("data-first")) return;
  byId("page-ask").hidden = true;
  root.removeAttribute("data-first");
}

/** Shows the page of `place`. True once it stands; false when it could not be loaded or was left meanwhile. */
export async function visit(place, shell) {
  const { tab } = place;
  const moved = tab !== shownTab;
  if (moved) mounted.get(shownTab)?.leave?.();
  shownTab = tab;
  takeOver();
  for (const other of Object.keys(pages)) {
    const section = byId(`page-${other}`);
    // The page that stands in the document is in sight before it is mounted.
    if (section) section.hidden = other !== tab || section.hidden && !mounted.has(tab);
  }
  let page = mounted.get(tab);
  if (page) byId(`page-${tab}-note`)?.remove();
  else {
    const waiting = setTimeout(() => tellLoading(tab), 400);
    try {
      page = await pageOf(tab, shell);
    } catch (error) {
      if (shownTab === tab) tellMissing(tab, error, shell);
      return false;
    } finally {
      clearTimeout(waiting);
    }
    // Whoever has gone elsewhere meanwhile is not brought back; a later place of the same tab is the one to show.
    if (shownTab !== tab) return false;
    place = readPlace();
    if (place.tab !== tab) return false;
  }
  wear(tab);
  sectionOf(tab).hidden = false;
  page.show(place);
  return true;
}

/** Says in the place of a page that the caller may not use it; `signIn` is the way on where there is one. */
export function refuse(tab, text, signIn) {
  if (shownTab !== tab) mounted.get(shownTab)?.leave?.();
  shownTab = tab;
  takeOver();
  for (const other of Object.keys(pages)) byId(`page-${other}`)?.toggleAttribute("hidden", other !== tab);
  tellInPlace(tab, el("h1", { class: "page-title", tabindex: "-1" }, pages[tab].words), el("p", {}, text),
    signIn && el("button", { type: "button", class: "primary", onclick: signIn }, "Sign in"));
  byId(`page-${tab}-note`).dataset.told = "refused";
}

/** Whether it was said in the place of `tab` that the caller may not use it. */
export const isTold = (tab) => byId(`page-${tab}-note`)?.dataset.told === "refused";

/** Makes every page forget what it shows: somebody else reads now. */
export function forgetAll() {
  for (const page of mounted.values()) page.forget?.();
}

function tellLoading(tab) {
  if (shownTab !== tab || mounted.has(tab) || pagesComing.size === 0) return;
  tellInPlace(tab, el("p", { class: "note" }, "Loading …"));
}

function tellMissing(tab, error, shell) {
  const words = pages[tab].words;
  const why = navigator.onLine === false ? "You are offline" : "Its files did not come";
  const text = `${words} could not be loaded. ${why}; try again.`;
  announce(text);
  tellInPlace(tab, el("h1", { class: "unseen", tabindex: "-1" }, words), el("div", { class: "problem" },
    el("p", {}, text), el("button", { type: "button", onclick: () => retryPage(tab, shell) }, "Retry")));
}

// Tried once more, then with the page itself.
async function retryPage(tab, shell) {
  try {
    await pageOf(tab, shell);
  } catch {
    if (shownTab === tab && await loadAnew(shell.keep)) return;
  }
  if (shownTab === tab) visit(readPlace(), shell);
}

// Stands in the section of a page that is not there yet; a page that stands in the document keeps what it has.
function tellInPlace(tab, ...content) {
  const section = sectionOf(tab);
  section.hidden = false;
  commonLooks();
  byId(`page-${tab}-note`)?.remove();
  section.prepend(el("div", { class: "page-note", id: `page-${tab}-note` }, content));
}
