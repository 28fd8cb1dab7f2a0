/** What a dry run found: what would be added, changed and removed. Nothing of it has been done. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";

const changeWords = {
  added: "added", updated: "changed", moved: "moved", readers_changed: "with other readers", removed: "removed",
};
const listWords = {
  added: "would be added", updated: "would be changed", moved: "would move",
    readers_changed: "would have other readers",
  removed: "would be removed",
};
/** Rows shown at a time. */
const planRows = 100;

/** The changes that `job` planned, chosen by what would happen to them. */
export function plannedChanges(job) {
  const byChange = new Map(Object.keys(changeWords).map((change) => [change, []]));
  for (const one of job.planned) (byChange.get(one.change) ?? byChange.set(one.change, []).get(one.change)).push(one);
  const kinds = [...byChange].filter(([, some]) => some.length);
  const listed = job.planned.length;
  const totals = kinds.map(([change, some]) => [change, job.plan
    ? job.plan.spaces.reduce((sum, space) => sum + (space[change] ?? 0), 0) : some.length]);
  const all = totals.reduce((sum, [, times]) => sum + times, 0);
  const summary = el("p", { class: "big-fact" }, kinds.length
    ? `${count(job.counts.seen, "document")} would be read: ${totals.map(([change, times]) =>
      `${times.toLocaleString("en")} ${changeWords[change] ?? change}`).join(", ")}.`
    : "Nothing would change: what is stored is what the source has.");
  const note = listed >= 1000 && el("p", { class: "note" }, job.plan && all > listed
    ? `The first ${listed.toLocaleString("en")} changes are listed here; the counts above are all of them.`
    : `Only the first ${listed.toLocaleString("en")} changes are listed and counted.`);
  return el("section", { class: "stack", "aria-label": "What it would do" }, summary,
    job.plan && planBySpace(job.plan), note,
    kinds.map(([change, some]) => changeList(change, some)));
}

const planColumns = [
  ["read", "Read"], ["added", "Added"], ["updated", "Changed"], ["moved", "Moved"], ["readers_changed", "Readers"],
  ["unchanged", "Unchanged"], ["removed", "Removed"], ["left_out", "Left out"], ["failed", "Failed"],
];

// A row for each space; columns in which nothing stands are left out.
function planBySpace({ requests, spaces }) {
  const columns = planColumns.filter(([key]) => ["read", "added", "removed"].includes(key)
    || spaces.some((space) => space[key] > 0));
  return el("div", { class: "stack" },
    el("div", { class: "scrolls tall", tabindex: "0", role: "group", "aria-label": "By space" },
      el("table", { class: "grid numbers" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Space"),
        columns.map(([, words]) => el("th", { scope: "col" }, words)))),
      el("tbody", {}, spaces.map((space) => el("tr", {},
        el("th", { scope: "row" }, el("span", { dir: "auto" }, space.name || space.key)),
        columns.map(([key]) => el("td", {}, space[key] > 0 ? space[key].toLocaleString("en") : "–"))))))),
    el("p", { class: "note" }, `A sync like this asks the site about ${count(requests, "time")}.`));
}

function changeList(change, some) {
  const list = el("ul", { class: "plain-list" });
  const more = el("button", { type: "button", onclick: () => grow() }, "");
  let shown = 0;
  function grow() {
    list.append(...some.slice(shown, shown + planRows).map((one) => el("li", {},
      el("span", { dir: "auto", class: "isolated" }, one.title || "Without a title"),
      el("span", { class: "note" }, ` ${one.space ? `${one.space}, ` : ""}${one.id}`))));
    shown = Math.min(shown + planRows, some.length);
    more.hidden = shown >= some.length;
    more.textContent = `Show more (${shown} of ${some.length})`;
  }
  return el("details", {
    class: "fold", ontoggle: (event) => { if (event.target.open && !shown) grow(); },
  }, el("summary", {}, `${count(some.length, "document")} ${listWords[change] ?? change}`), list, more);
}
