/** The filters beside the results, with how many results each value has; on a phone a sheet behind a button. */
import { el } from "../shell/dom.js";
import { count, day, kindName } from "../shell/format.js";
import { nameOf } from "./search-found.js";
import { narrowing, withToggled } from "./search-state.js";

const facetAges = [["Any time", null], ["Past week", 7], ["Past month", 30], ["Past year", 365]];
const facetGroups = [
  ["spaces", "Space", (entry) => entry.name || entry.value],
  ["labels", "Label", (entry) => entry.value],
  ["authors", "Author", (entry) => entry.name || entry.value],
  ["updated", "Updated"],
  ["kinds", "Kind", (entry) => kindName(entry.value)],
  ...[["entities", "Named"], ["key_phrases", "Phrase"], ["sentiments", "Tone"], ["languages", "Language"]].map(([key, title]) =>
    [key, title, (entry) => entry.name ?? nameOf(key, entry.value)]),
];
/** These were found in passages, and are counted in the results that stand here. */
const foundKeys = ["entities", "key_phrases", "sentiments", "languages"];
/** Values shown before “more”, and from how many on they can be looked for by name. */
const [fewValues, manyValues] = [7, 15];

/** The day `days` ago, as a filter takes it. */
const daysAgo = (days) => new Date(Date.now() - days * 86400e3).toISOString().slice(0, 10);

/** The width of the page, in root ems, from which on the filters stand beside the results. */
const roomForFacets = 48;

/**
 * The filters as nodes: `aside` where `section` has room for them, else `button` and its sheet.
 *
 * `change(filters)` is called with every tick.
 */
export function facetPanel(section, change) {
  const opened = new Set();
  const body = el("div", { class: "facets-body" });
  const aside = el("aside", { class: "facets", "aria-label": "Filters", hidden: true });
  const button = el("button", { type: "button", class: "facets-open", hidden: true,
    onclick: () => { sheet.showModal(); done.focus(); } }, "Filters");
  const done = el("button", { type: "button", class: "primary", onclick: () => sheet.close() }, "Show the results");
  const sheet = el("dialog", { class: "facets facets-sheet", "aria-label": "Filters" },
    el("div", { class: "facets-frame" }, el("div", { class: "facets-scroll" }), el("div", { class: "row" }, done)));
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });

  let beside = null;
  // An open panel takes room as a narrow window does.
  function fit() {
    const em = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const room = section.clientWidth >= roomForFacets * em;
    if (section.clientWidth === 0 || room === beside) return;
    beside = room;
    section.classList.toggle("facets-beside", room);
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    if (room && sheet.open) sheet.close();
    (room ? aside : sheet.querySelector(".facets-scroll")).append(body);
    focused?.focus();
  }
  new ResizeObserver(fit).observe(section);

  return {
    aside, button, sheet,
    hide() { aside.hidden = true; button.hidden = true; if (sheet.open) sheet.close(); },
    show(facets, filters, total) {
      const focused = document.activeElement?.id;
      const chosen = chosenFilters(filters).length;
      body.replaceChildren(...facetGroups.map(([key, title, name]) =>
        (key === "updated" ? updatedGroup(filters, change)
        : valueGroup({ key, title, name, entries: facets[key] ?? [], filters, change, opened }))).filter(Boolean),
      chosen ? el("button", { type: "button", onclick: () => change({}) }, "Clear filters") : "");
      button.textContent = chosen ? `Filters (${chosen})` : "Filters";
      done.textContent = `Show ${count(total, "result")}`;
      aside.hidden = false;
      button.hidden = false;
      // The boxes are new; the keyboard stays where it was.
      if (focused?.startsWith("facet-")) document.getElementById(focused)?.focus({ preventScroll: true });
    },
  };
}

/** What is chosen, as `[words, filters without it]`, for the row of chosen filters. */
export function chosenFilters(filters, facets = {}) {
  const chosen = facetGroups.filter(([key]) => key !== "updated").flatMap(([key, title, name]) =>
    (filters[key] ?? []).map((value) => {
    const entry = facets[key]?.find((one) => one.value === value) ?? { value };
    return [`${title}: ${name(entry)}`, withToggled(filters, key, value)];
  }));
  if (filters.updated_after) chosen.push([`Updated since ${day(filters.updated_after) ?? filters.updated_after}`,
    { ...filters, updated_after: undefined }]);
  return chosen;
}

/** The row of chosen filters, each of which a press takes away. */
export function chosenRow(filters, facets, change) {
  const chosen = chosenFilters(filters, facets);
  return chosen.length > 0 && el("ul", { class: "chosen", "aria-label": "Chosen filters" },
    chosen.map(([words, without]) => el("li", {},
    el("button", { type: "button", dir: "auto", "aria-label": `${words}. Remove`,
      onclick: () => change(narrowing(without) ?? {}) },
      el("span", { class: "chosen-words" }, words), el("span", { "aria-hidden": "true" }, " ×")))));
}

function valueGroup({ key, title, name, entries, filters, change, opened }) {
  const picked = filters[key] ?? [];
  // A chosen value stays even when nothing is left of it: otherwise it could not be unchosen.
  const missing = picked.filter((value) => !entries.some((entry) => entry.value === value)).map((value) =>
    ({ value, count: 0 }));
  const all = [...entries, ...missing];
  if (!all.length) return null;
  const rows = all.map((entry) => el("label", { class: "check" },
    el("input", {
      type: "checkbox", id: `facet-${key}-${entry.value}`, checked: picked.includes(entry.value),
      onchange: () => change(withToggled(filters, key, entry.value)),
    }), el("span", { dir: "auto", class: "facet-name" }, name(entry)),
      el("span", { class: "count" }, entry.count.toLocaleString("en"))));
  const isFound = foundKeys.includes(key);
  // One tone or language of all says nothing.
  if (isFound && all.length < 2 && !picked.length) return null;
  return el("fieldset", {}, el("legend", {}, isFound ? `${title}, in the results here` : title), folded(key, rows, all, opened));
}

// The chosen ones and the most frequent first; the rest under “more”, with a box to find among many.
function folded(key, rows, entries, opened) {
  if (rows.length <= fewValues + 1) return rows;
  const isPicked = (row) => row.querySelector("input").hasAttribute("checked");
  const first = [...rows.slice(0, fewValues), ...rows.slice(fewValues).filter(isPicked)];
  const others = rows.filter((row) => !first.includes(row));
  if (!others.length) return first;
  const find = rows.length > manyValues && el("input", {
    type: "search", class: "facet-find", "aria-label": "Find among these", placeholder: "Find", autocomplete: "off",
      dir: "auto",
    oninput: (event) => {
      const word = event.target.value.trim().toLowerCase();
      for (const row of others) row.hidden = !row.querySelector(".facet-name").textContent.toLowerCase().includes(word);
    },
  });
  return [first, el("details", {
    class: "more-values", open: opened.has(key), ontoggle: (event) =>
      (event.target.open ? opened.add(key) : opened.delete(key)),
  }, el("summary", {}, `${others.length} more`), find, el("div", { class: "facet-others" }, others))];
}

function updatedGroup(filters, change) {
  const known = facetAges.map(([, days]) => days && daysAgo(days));
  const rows = facetAges.map(([words, days], index) => el("label", { class: "check" },
    el("input", {
      type: "radio", name: "facet-updated", id: `facet-updated-${days ?? "any"}`,
      checked: (filters.updated_after ?? null) === known[index],
      onchange: () => change({ ...filters, updated_after: known[index] ?? undefined }),
    }), el("span", {}, words)));
  // An address from another day names a date that none of the rows stands for.
  const own = filters.updated_after && !known.includes(filters.updated_after);
  return el("fieldset", {}, el("legend", {}, "Updated"), rows,
    own && el("p", { class: "note" }, `since ${day(filters.updated_after) ?? filters.updated_after}`));
}
