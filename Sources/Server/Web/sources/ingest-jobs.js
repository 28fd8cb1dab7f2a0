/** The jobs there were and are, newest first. */
import { plainText } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { ago, day } from "../shell/format.js";
import { listJobs, listSources } from "./sources-api.js";
import { endWords } from "./ingest-job.js";
import { isOver } from "./ingest-follow.js";
import { progressWords } from "./ingest-progress.js";
import {
  jobScopeWords, labelledField, lasting, loadingNote, sourceName, sourcesLink, sourcesPlace, stateTag, troubleNote,
    viewHeading,
} from "./source-parts.js";

const jobStates = [
  ["", "All"], ["queued,running,paused,cancelling", "Under way"], ["finished", "Finished"],
  ["failed,interrupted", "Failed"], ["cancelled", "Cancelled"],
];

export function jobListView({ go }) {
  const list = el("div", {}, loadingNote("Loading the jobs …"));
  const sourceField = el("select", { id: "jobs-source" }, el("option", { value: "" }, "All sources"));
  const stateField = el("select", { id: "jobs-state" },
    jobStates.map(([value, words]) => el("option", { value }, words)));
  const node = el("div", { class: "stack" }, viewHeading("Jobs"),
    el("form", { class: "row filters", onchange: choose, onsubmit: (event) => event.preventDefault() },
      labelledField("Source", sourceField), labelledField("State", stateField)),
    list);
  let stop = new AbortController();
  let timer = 0;
  let names = new Map();
  let cursor = null;
  let rows = null;

  function choose() {
    go(sourcesPlace(["jobs"], { source: sourceField.value, state: stateField.value }), { replace: true });
  }

  async function load(query, from = null) {
    clearTimeout(timer);
    try {
      const page = await listJobs({ source: query.get("source"), state: query.get("state"), cursor: from,
        limit: 20 }, stop.signal);
      cursor = page.next;
      draw(page.jobs, query, from);
      // The first page stays fresh as long as nobody has gone further down.
      if (!from && page.jobs.some((job) => !isOver(job))) timer = setTimeout(() => load(query), 3000);
    } catch (error) {
      if (error.name === "AbortError") return;
      const note = troubleNote(error, () => load(query, from));
      if (from) list.lastElementChild.replaceWith(note); else list.replaceChildren(note);
    }
  }

  function draw(jobs, query, from) {
    const focused = document.activeElement?.dataset?.key;
    if (!from) rows = el("ul", { class: "rows" });
    rows.append(...jobs.map(jobRow));
    if (!from) {
      list.replaceChildren(jobs.length ? rows
        : el("p", { class: "note" }, [...query.values()].some(Boolean) ? "No job is like this."
          : "No job has run yet."));
    }
    list.querySelector(":scope > button, :scope > .problem")?.remove();
    if (cursor) list.append(el("button", { type: "button", onclick: (event) => {
      event.target.disabled = true;
      clearTimeout(timer);
      load(query, cursor);
    } }, "Older jobs"));
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function jobRow(job) {
    const took = isOver(job) ? lasting(Date.parse(job.ended_at) - Date.parse(job.started_at ?? job.created_at))
      : null;
    return el("li", {},
      el("div", { class: "grow" },
        sourcesLink(`${jobScopeWords(job.scope)}${job.dry_run ? " (dry run)" : ""}`, ["job", job.id], {},
          { dir: "auto", "data-key": job.id }),
        el("p", {}, isOver(job) ? endWords(job) : progressWords(job)),
        el("p", { class: "facts", title: day(job.created_at) },
          el("span", {}, el("bdi", { "data-source": job.source }, names.get(job.source) ?? job.source)),
          el("span", {}, took ? `${ago(job.ended_at)}, took ${took}` : `asked for ${ago(job.created_at)}`),
          el("span", {}, `by ${job.created_by}`))),
      stateTag(job.state));
  }

  async function show(place) {
    stop.abort();
    stop = new AbortController();
    stateField.value = place.query.get("state") ?? "";
    load(place.query);
    try {
      const sources = await listSources(stop.signal);
      names = new Map(sources.map((source) => [source.id, plainText(sourceName(source))]));
    } catch { return; /* their ids have to do */ }
    sourceField.replaceChildren(el("option", { value: "" }, "All sources"),
      ...[...names].map(([id, name]) => el("option", { value: id }, name)),
        el("option", { value: "uploads" }, "Uploads"));
    sourceField.value = place.query.get("source") ?? "";
    for (const name of list.querySelectorAll("[data-source]")) name.textContent = names.get(name.dataset.source)
      ?? name.textContent;
  }
  return { node, show, leave() { stop.abort(); clearTimeout(timer); } };
}
