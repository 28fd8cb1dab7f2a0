/** The filters beside search results, with how many results each would leave. */
import { byId, el } from "./dom.js";
import { kindName } from "./format.js";
import { toggled } from "./place.js";

const box = byId("facets");
const wide = matchMedia("(min-width: 800px)");
const daysOf = [["any time", null], ["past week", 7], ["past month", 30], ["past year", 365]];
const groups = [
  ["spaces", "Space", (entry) => entry.name || entry.value],
  ["labels", "Label", (entry) => entry.value],
  ["kinds", "Kind", (entry) => kindName(entry.value)],
  ["authors", "Author", (entry) => entry.name || entry.value],
];
/** Values shown before “more”. */
const shortList = 8;

// Beside the results the filters are always open; above them they open on demand.
const fit = () => { box.open = wide.matches; };
wide.addEventListener("change", fit);
fit();

/** Shows `facets` with the ticks of `filters`; `change(filters)` is called with every tick. */
export function showFacets(facets, filters, change) {
  const focused = document.activeElement?.id;
  const chosen = groups.flatMap(([key]) => filters[key] ?? []).length + (filters.updated_after ? 1 : 0);
  byId("facets-label").textContent = chosen ? `Filters (${chosen})` : "Filters";
  byId("facets-body").replaceChildren(
    ...groups.map(([key, title, name]) => group(key, title, name, facets[key] ?? [], filters, change)),
    updated(filters, change),
    chosen ? el("button", { type: "button", onclick: () => change({}) }, "Clear filters") : "");
  box.hidden = false;
  // The boxes are new; the keyboard stays where it was.
  if (focused?.startsWith("facet-")) byId(focused)?.focus();
}

/** Takes the filters away: there is nothing to narrow. */
export function hideFacets() { box.hidden = true; }

function group(key, title, name, entries, filters, change) {
  // A chosen value stays even when nothing is left of it: otherwise it could not be unchosen.
  const missing = (filters[key] ?? []).filter((value) => !entries.some((entry) => entry.value === value));
  const all = [...entries, ...missing.map((value) => ({ value, count: 0 }))];
  const rows = all.map((entry) => el("label", { class: "check" },
    el("input", {
      type: "checkbox", id: `facet-${key}-${entry.value}`,
      checked: (filters[key] ?? []).includes(entry.value),
      onchange: () => change(toggled(filters, key, entry.value)),
    }), el("span", { dir: "auto" }, name(entry)), el("span", { class: "count" }, String(entry.count))));
  return rows.length ? el("fieldset", {}, el("legend", {}, title), shortened(rows)) : "";
}

function updated(filters, change) {
  const rows = daysOf.map(([name, days]) => {
    const after = days && new Date(Date.now() - days * 86400e3).toISOString().slice(0, 10);
    return el("label", { class: "check" },
      el("input", {
        type: "radio", name: "updated", id: `facet-updated-${days}`,
        checked: (filters.updated_after ?? null) === after,
        onchange: () => change({ ...filters, updated_after: after ?? undefined }),
      }), el("span", {}, name));
  });
  // An address from another day names a date that none of the rows stands for.
  const own = filters.updated_after && !rows.some((row) => row.querySelector(":checked, [checked]"));
  return el("fieldset", {}, el("legend", {}, "Updated"), rows,
    own && el("p", { class: "note" }, `since ${filters.updated_after}`));
}

function shortened(rows) {
  if (rows.length <= shortList + 1) return rows;
  return [rows.slice(0, shortList), el("details", { class: "plain" },
    el("summary", {}, `${rows.length - shortList} more`), rows.slice(shortList))];
}
