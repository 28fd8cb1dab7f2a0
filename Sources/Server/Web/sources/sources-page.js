/** The Sources page: what is read, how it stands, and whatever an engineer does about it. */
import { announce, el } from "../shell/dom.js";
import { sourcesLink } from "./source-parts.js";
import { sourceListView } from "./source-list.js";
import { sourceView } from "./source-view.js";
import { jobListView } from "./ingest-jobs.js";
import { jobView } from "./ingest-job.js";
import { uploadView } from "./source-upload.js";
import { accessView } from "./source-access.js";
import { sourceAddView } from "./source-add.js";

/** Views by the first part of the path. Those that `keep` hold what somebody entered, and outlive a look elsewhere. */
const sourcesViews = {
  "": { make: sourceListView, words: "Sources" },
  add: { make: sourceAddView, keep: true },
  of: { make: sourceView },
  jobs: { make: jobListView, words: "Jobs" },
  job: { make: jobView },
  upload: { make: uploadView, words: "Upload", keep: true },
  access: { make: accessView, words: "Readers", keep: true },
};

let sourcesSection = null;
let sourcesShell = null;
let sourcesBody = null;
let sourcesNav = null;
let shownView = null;
let shownName = null;
let keptViews = {};

export const sourcesPage = {
  mount(section, shell) {
    sourcesSection = section;
    sourcesShell = shell;
    sourcesNav = el("nav", { class: "sub-nav", "aria-label": "Sources" });
    sourcesBody = el("div", { class: "sources-body" });
    section.append(sourcesNav, sourcesBody);
  },

  show(place) {
    const first = place.path?.[0] ?? "";
    const name = first in sourcesViews ? first : "";
    const whole = `${name}/${(place.path ?? []).slice(1).join("/")}`;
    showSubNav(name);
    document.title = "Sources · Millrace";
    if (shownView && shownName === whole) return shownView.show?.(place);
    const moved = shownName !== null;
    leaveShown();
    const { make, keep } = sourcesViews[name];
    shownView = keptViews[whole] ?? make({
      id: place.path?.[1] ?? null, place,
      go: (next, how) => sourcesShell.go(next, how ?? {}),
      say: (text) => (sourcesShell.announce ?? announce)(text),
      me: () => sourcesShell.me?.() ?? null,
      drop: () => { delete keptViews[whole]; },
    });
    shownName = whole;
    if (keep) keptViews[whole] = shownView;
    sourcesBody.replaceChildren(shownView.node);
    shownView.show?.(place);
    if (moved) sourcesBody.querySelector("h1")?.focus({ preventScroll: true });
    if (moved) scrollTo(0, 0);
  },

  leave() { leaveShown(); },

  forget() {
    leaveShown();
    for (const view of Object.values(keptViews)) view.forget?.();
    keptViews = {};
    shownName = null;
    sourcesBody?.replaceChildren();
  },
};

function leaveShown() {
  shownView?.leave?.();
  shownView = null;
}

function showSubNav(name) {
  const under = { of: "", add: "", job: "jobs" }[name] ?? name;
  sourcesNav.replaceChildren(...Object.entries(sourcesViews).filter(([, view]) => view.words)
    .map(([key, view]) => sourcesLink(view.words, key ? [key] : [], {},
      { "aria-current": key === under ? "page" : null })));
}
