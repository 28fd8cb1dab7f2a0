/** The pages to go to: a rail on wide screens, a bar below on a phone, what does not fit there under “More”. */
import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { may } from "./me.js";
import { pages } from "./pages.js";

const nav = byId("pages");
const narrowScreen = matchMedia("(max-width: 899px)");
/** Entries of the bar on a phone, “More” among them. */
const barSize = 5;
const links = new Map();
let current = null;
let more = null;

/** Pages that the caller may use. */
export const offered = () => Object.keys(pages).filter((tab) => may(pages[tab].scope));

/** Offers what the caller may use. The first two stand in the document already. */
export function showRail() {
  const tabs = offered();
  // Where nothing is allowed yet, asking is what people come for.
  if (!tabs.length) tabs.push("ask", "search");
  const inBar = narrowScreen.matches && tabs.length > barSize ? tabs.slice(0, barSize - 1) : tabs;
  const rest = tabs.filter((tab) => !inBar.includes(tab));
  const items = (list) => list.map((tab) => linkOf(tab).parentElement);
  const focused = document.activeElement;
  if (rest.length) more ??= moreMenu();
  replaceItems(byId("page-list"), [...items(inBar), ...(rest.length ? [more.parentElement] : [])]);
  if (more) replaceItems(more.lastElementChild, items(rest));
  if (nav.contains(focused) && document.activeElement !== focused) focused.focus();
  markCurrent();
}

function moreMenu() {
  const menu = el("details", {
    class: "rail-more", onclick: (event) => { if (event.target.closest("a")) menu.open = false; },
  }, el("summary", {}, icon("more"), el("span", {}, "More")), el("ul", { class: "rail-more-body" }));
  el("li", {}, menu);
  return menu;
}

// Only what differs: a list that is put in anew would move under the reader's finger.
function replaceItems(list, items) {
  if (items.length === list.children.length && items.every((item, index) => item === list.children[index])) return;
  list.replaceChildren(...items);
}

function linkOf(tab) {
  if (links.has(tab)) return links.get(tab);
  let link = byId(`tab-${tab}`);
  if (!link) {
    link = el("a", { href: `#${tab}`, id: `tab-${tab}` }, el("span", {}, pages[tab].words));
    el("li", {}, link);
  }
  if (!link.querySelector("svg")) link.prepend(icon(tab));
  if (pages[tab].short) {
    link.querySelector("span").replaceChildren(el("span", { class: "rail-long" }, pages[tab].words),
      el("span", { class: "rail-short" }, pages[tab].short));
  }
  links.set(tab, link);
  return link;
}

/** Says where the reader is; the tab leads back to where they left it. */
export function showPlace(place, address) {
  current = place.tab;
  document.documentElement.removeAttribute("data-reading");
  linkOf(current).href = address;
  markCurrent();
  if (more) more.open = false;
}

function markCurrent() {
  for (const [tab, link] of links) {
    if (tab === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  more?.classList.toggle("here", more.contains(links.get(current) ?? null));
}

narrowScreen.addEventListener("change", showRail);

// Reading on by hand takes the bar out of the way; going back brings it again.
let readTo = 0;
addEventListener("touchstart", () => { readTo = scrollY; }, { passive: true });
addEventListener("touchmove", () => {
  if (Math.abs(scrollY - readTo) < 24) return;
  document.documentElement.toggleAttribute("data-reading", scrollY > readTo);
  readTo = scrollY;
}, { passive: true });
