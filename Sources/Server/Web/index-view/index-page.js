/** The index at a glance: what it holds, how well and how fast it finds, what was slow, and a map of it. */
import { el } from "../shell/dom.js";
import { addressOf } from "../shell/place.js";
import { forgetMap } from "./index-map-file.js";
import { indexPlace } from "./index-parts.js";
import { indexOverview } from "./index-overview.js";
import { mapView } from "./index-map.js";
import { traceListView } from "./index-traces.js";
import { traceView } from "./index-trace.js";

/** Views by the first part of the path. */
const indexViews = {
  "": { words: "Overview", make: indexOverview },
  map: { words: "Map", make: mapView },
  traces: { words: "Traces", make: traceListView },
  trace: { make: traceView, under: "traces" },
};

let indexShell = null;
let indexNav = null;
let indexBody = null;
let indexShown = null;
let indexShownName = null;

export const indexPage = {
  mount(section, shell) {
    indexShell = shell;
    indexNav = el("nav", { class: "sub-nav", "aria-label": "Index" });
    indexBody = el("div");
    section.append(indexNav, indexBody);
  },

  show(place) {
    const name = place.path[0] in indexViews ? place.path[0] : "";
    const here = indexViews[name].under ?? name;
    indexNav.replaceChildren(...Object.entries(indexViews).filter(([, view]) => view.words)
      .map(([key, { words }]) => el("a", {
        href: addressOf(indexPlace(key ? [key] : [])), "aria-current": key === here ? "page" : null,
      }, words)));
    document.title = `${indexViews[here].words} · Index · Millrace`;
    const wholeName = [name, ...place.path.slice(1)].join("/");
    if (indexShown && indexShownName === wholeName) return indexShown.show?.(place);
    const isFirst = indexShownName === null;
    indexShown?.leave?.();
    indexShown = indexViews[name].make({ shell: indexShell, id: place.path[1] ?? null });
    indexShownName = wholeName;
    indexBody.replaceChildren(indexShown.node);
    indexShown.show?.(place);
    if (!isFirst) indexBody.querySelector("h1")?.focus({ preventScroll: true });
  },

  leave() {
    indexShown?.leave?.();
    indexShown = indexShownName = null;
  },

  forget() {
    this.leave();
    forgetMap();
    indexBody?.replaceChildren();
  },

  field: () => indexBody.querySelector("h1"),

  keys: [["← → ↑ ↓", "on the map: the next point that way"], ["Shift ← → ↑ ↓", "on the map: move it"],
    ["+ −", "on the map: closer, farther"], ["0", "on the map: all of it"],
    ["Enter", "on the map: open the passage"]],
};
