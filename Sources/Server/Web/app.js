/** Where it starts: the address decides what is shown, and every change of place goes through `go`. */
import { startAccess } from "./access.js";
import { get } from "./api.js";
import { forgetAnswers, showAsk, showNoStatus, showStatus, startAsk, stopAsking } from "./ask.js";
import { byId } from "./dom.js";
import { addressOf, readPlace } from "./place.js";

const places = {
  ask(place) {
    byId("page-ask").hidden = false;
    showAsk(place);
  },
  search: showSearch,
};
const panel = byId("panel");
let search = null;

// The Search page is loaded when it is first visited: an answer needs none of it.
async function showSearch(place) {
  if (!search) {
    search = await import("./search.js");
    search.startSearch(go);
  }
  if (readPlace().tab !== "search") return;
  byId("page-search").hidden = false;
  search.showSearch(place);
}

function show(place) {
  for (const tab of Object.keys(places)) {
    const here = tab === place.tab;
    if (!here) byId(`page-${tab}`).hidden = true;
    if (here) byId(`tab-${tab}`).setAttribute("aria-current", "page");
    else byId(`tab-${tab}`).removeAttribute("aria-current");
  }
  // A tab leads back to where the reader left it.
  byId(`tab-${place.tab}`).href = addressOf(place);
  places[place.tab](place);
}

function go(place, { replace = false } = {}) {
  if (addressOf(place) === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(place));
  show(place);
}

// Whoever is somebody else from now on sees nothing of before.
function becomeAnother() {
  forgetAnswers();
  search?.forgetResults();
  loadStatus();
  panel.close();
  show(readPlace());
}

async function loadStatus() {
  try { showStatus(await get("v1/status")); } catch (problem) { showNoStatus(problem); }
}

// Escape ends what is on top: a menu, the panel, the answer being written. A preview has caught it before.
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details:is(.menu, .scope)[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (panel.open) panel.close();
    else stopAsking();
  }
  if (event.key === "/" && !event.target.closest("input, textarea")) {
    event.preventDefault();
    byId(readPlace().tab === "search" ? "query" : "question").focus();
  }
});
// A click beside an open menu closes it.
addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll("details:is(.menu, .scope)[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId(readPlace().tab === "search" ? "query" : "question").focus();
});
addEventListener("popstate", () => { panel.close(); show(readPlace()); });

startAsk(go);
startAccess(becomeAnother);
show(readPlace());
loadStatus();
