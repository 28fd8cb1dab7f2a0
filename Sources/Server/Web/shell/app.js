/** Where it starts: the address decides what is shown, and every change of place goes through `go`. */
import { startAccess } from "./access.js";
import { dropAhead, viewer } from "./api.js";
import { announce, byId, titled } from "./dom.js";
import { startKeys } from "./keys.js";
import { partOf } from "./loading.js";
import { askMe, forgetMe, may, me, myName, onMe } from "./me.js";
import { showViewing, startNotices } from "./notices.js";
import { pages } from "./pages.js";
import { addressOf, readPlace } from "./place.js";
import { offered, showPlace, showRail } from "./rail.js";
import { fillAccess, signIn } from "./sign-in.js";
import { fetchAhead, forgetAll, isTold, refuse, shownPage, visit } from "./visits.js";

const sidePanel = byId("panel");
let currentTab = null;
let openPalette = null;
let unsent = null;

/** What every page gets to work with. */
const shell = {
  go, announce, me, may, viewAs, keep,
  openPanel: async (passage, all) => (await partOf(() => import("../passage/panel.js")))?.openPanel(passage, all),
};

async function showNow(place) {
  const moved = currentTab !== null && currentTab !== place.tab;
  const { tab } = place;
  currentTab = tab;
  showPlace(place, addressOf(place));
  if (moved) scrollTo(0, 0);
  titled(tab === "ask" ? "Millrace" : `${pages[tab].words} · Millrace`);
  if (isRefused(tab)) {
    const who = viewer.get() || (myName() ?? "somebody who is not signed in");
    refuse(tab, `For this page you need the right “${pages[tab].scope}”, which ${who} does not have here.`,
      me().anonymous && !viewer.get() && (async () => { await keep(); signIn(); }));
    if (moved) focusPage(tab);
    return;
  }
  const stands = await visit(place, shell);
  if (moved && currentTab === tab) focusPage(tab);
  if (stands) unsent?.restore();
}

// What keeps texts while somebody signs in; at once where one has just come back from there.
async function loadUnsent() {
  if (unsent) return;
  const part = await partOf(() => import("./unsent.js"));
  if (unsent || !part) return;
  unsent = part.startUnsent(shownPage);
  if (shownPage()) unsent.restore();
}

/** Keeps what is typed; whoever leaves the page waits for it. */
async function keep() {
  if (!unsent) await loadUnsent();
  unsent?.keep();
}

// A page that needs more than the caller may do says so at once; the two that everybody comes for say it themselves.
const isRefused = (tab) => Boolean(me()) && !pages[tab].isOpen && !may(pages[tab].scope)
  && tab !== "ask" && tab !== "search";

// To the page's heading, or to where typing belongs there; a page that has put the focus itself knows better.
function focusPage(tab) {
  const section = byId(`page-${tab}`);
  if (!section || section.contains(document.activeElement)) return;
  (fieldOf(section) ?? section).focus({ preventScroll: true });
}

function fieldOf(section) {
  const field = shownPage()?.field?.() ?? section.querySelector("h1") ?? section;
  if (!field.matches("a[href], button, input, select, textarea, [tabindex]")) field.tabIndex = -1;
  return field;
}

function go(place, { replace = false } = {}) {
  if (addressOf(place) === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(place));
  showNow(readPlace());
}

/** Reads as `principals` from now on; empty for the caller themselves. */
function viewAs(principals) {
  viewer.set(principals);
  showViewing({ becomeAnother });
  becomeAnother();
}

// Whoever is somebody else from now on sees nothing of before.
function becomeAnother() {
  sidePanel.close();
  forgetAll();
  forgetMe();
  askMe();
  showNow(readPlace());
}

function hasUnsent() {
  try { return sessionStorage.getItem("millrace.unsent") !== null; } catch { return false; }
}

/** Takes the reader to where typing belongs. */
function toField() {
  const section = byId(`page-${readPlace().tab}`);
  if (section) fieldOf(section).focus();
}

/** Opens the palette, or the list of keys; at once when it has been loaded, so that no letter goes elsewhere. */
async function commands(what) {
  openPalette ??= (await partOf(() => import("./palette.js")))?.openCommands;
  openPalette?.(what, { go, page: shownPage(), becomeAnother });
}

/** Milliseconds for which the page that people come for has the browser to itself, before pages for few are fetched. */
const headStart = 10_000;

// What the caller may use is fetched while they read, so that a server that goes away takes nothing with it.
function fetchAll() {
  dropAhead();
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  const inTurn = (parts) => {
    const [part, ...rest] = parts;
    if (part) idle(() => { part(); inTurn(rest); });
  };
  inTurn([
    loadUnsent,
    () => import("../passage/panel.js").catch(() => {}),
    () => import("./palette.js").then((palette) => {
      openPalette = palette.openCommands;
      return palette.preparePalette();
    }).catch(() => {}),
    () => fetchAhead("search"), fillAccess,
  ]);
  setTimeout(() => inTurn(offered().filter((tab) => tab !== "search").map((tab) => () => fetchAhead(tab))), headStart);
}

// Whoever reaches for a page means to go there.
for (const sign of ["pointerover", "focusin"]) {
  byId("pages").addEventListener(sign, ({ target }) => {
    const tab = target.closest?.("a")?.id.replace("tab-", "");
    if (tab && pages[tab]) fetchAhead(tab);
  });
}

byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  toField();
});
addEventListener("popstate", () => { sidePanel.close(); showNow(readPlace()); });

startNotices({ becomeAnother, keep });
startAccess({ becomeAnother, keep });
if (hasUnsent()) loadUnsent();
startKeys({ escape: () => shownPage()?.escape?.(), toField, commands, panel: sidePanel });
onMe(showRail);
// A page that was shown before it was known who asks, or told to somebody else.
onMe(() => { if (isRefused(readPlace().tab) !== isTold(readPlace().tab)) showNow(readPlace()); });
showRail();
// What is seen comes first.
Promise.all([showNow(readPlace()), askMe()]).then(() => shownPage()?.ready?.()).then(fetchAll);
