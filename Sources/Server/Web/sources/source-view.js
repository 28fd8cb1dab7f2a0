/** One source in full: how it stands, whether it can be reached, its spaces, what failed, what may be done to it. */
import { isolated, plainText } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { failuresOfSource, listJobs, readSource, spacesOfSource, startJob } from "./sources-api.js";
import { endWords } from "./ingest-job.js";
import { isOver } from "./ingest-follow.js";
import { progressLine } from "./ingest-progress.js";
import { connectionSteps } from "./source-test.js";
import { failureGroups, failuresByReason } from "./source-failures.js";
import { currentJob, lastSyncWords, nextSyncWords, sourceStateTag, spacesWords } from "./source-list.js";
import { sourceChanges } from "./source-changes.js";
import {
  countsByKind, jobScopeWords, labelledField, loadingNote, sourceKind, sourceName, sourcesLink, sourcesPlace,
    stateTag,
  termPair, troubleNote, viewHeading,
} from "./source-parts.js";

export function sourceView({ id, go, say }) {
  const heading = viewHeading("Source");
  const top = el("div", { class: "stack" }, loadingNote("Loading the source …"));
  const rest = el("div", { class: "stack" });
  const node = el("div", { class: "stack" }, heading, top, rest);
  let stop = new AbortController();
  let timer = 0;
  let wasBusy = null;
  let drawnRest = false;

  async function load() {
    clearTimeout(timer);
    try {
      const source = await readSource(id, stop.signal);
      const job = await currentJob(source, stop.signal);
      heading.querySelector("h1").textContent = plainText(sourceName(source));
      document.title = `${isolated(sourceName(source))} · Sources · Millrace`;
      drawTop(source, job);
      if (!drawnRest) { drawnRest = true; drawRest(source); }
      // What failed and which jobs there were is known anew once a job has ended.
      else if (wasBusy && !job) { loadFailures(source); loadJobs(); }
      wasBusy = job !== null;
      timer = setTimeout(load, job ? 2000 : 30000);
    } catch (error) {
      if (error.name === "AbortError") return;
      const note = error.status === 404
        ? el("div", { class: "problem" }, el("p", {}, el("strong", {}, "There is no such source."),
          " It may have been deleted. ",
          sourcesLink("See all sources", []), "."))
        : troubleNote(error, load);
      if (drawnRest) { top.querySelector(".problem")?.remove(); top.prepend(note); timer = setTimeout(load,
        10000); } else top.replaceChildren(note);
    }
  }

  function drawTop(source, job) {
    const focused = document.activeElement?.dataset?.key;
    top.replaceChildren(el("section", { class: "source-card", "aria-label": "How it stands" },
      el("div", { class: "card-head" }, el("p", { class: "facts" }, el("span", {}, sourceKind(source)),
        el("span", {}, el("a", { href: source.base_url, rel: "noopener noreferrer", target: "_blank",
          "data-key": "address" }, `${source.base_url} ↗`))),
      sourceStateTag(source, job)),
      el("p", { class: "big-fact" }, countsByKind(source.documents)),
      el("dl", { class: "pairs" }, termPair("Last sync", lastSyncWords(source)),
        termPair("Next sync", nextSyncWords(source)),
        termPair("Spaces", spacesWords(source)),
        termPair("Failed", source.failures ? count(source.failures, "document") : "none"),
        source.documents_by_space?.length > 1 && termPair("By space", bySpace(source.documents_by_space))),
      job && progressLine(job),
      job && el("div", { class: "row" }, sourcesLink("Watch", ["job", job.id], {},
        { class: "button", "data-key": "watch" }))));
    if (focused) top.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  const failures = el("div", {});
  const jobs = el("div", {});

  function drawRest(source) {
    const parts = [
      source.failures > 0 && part("Failures", failures, "failures"),
      source.state !== "removing" && part("Read again", readAgain(source, go)),
      !source.failures && part("Failures", failures, "failures"),
      part("Connection", connectionSteps(source, say)),
      part("Spaces", spacesPart(source)),
      part("Jobs", jobs),
      source.state !== "removing" && sourceChanges(source, { go, say, changed: load }),
    ];
    rest.replaceChildren(...parts.filter(Boolean));
    loadFailures(source);
    loadJobs();
  }

  // By the reasons that the server counted; where it counted none, by those of the first failures.
  async function loadFailures(source) {
    if (!source.failures) {
      failures.replaceChildren(el("p", { class: "note" }, "Everything that was to be read could be read."));
      return;
    }
    if (source.failure_reasons?.length) return failures.replaceChildren(failuresByReason(source));
    if (!failures.children.length) failures.replaceChildren(loadingNote("Loading the failures …"));
    try {
      const page = await failuresOfSource(source.id, { limit: 500 }, stop.signal);
      failures.replaceChildren(failureGroups(page.failures, source),
        page.next ? el("p", { class: "note" }, `These are the first ${page.failures.length} of ${source.failures}.`)
          : "");
    } catch (error) {
      if (error.name !== "AbortError") failures.replaceChildren(troubleNote(error, () => loadFailures(source)));
    }
  }

  async function loadJobs() {
    try {
      const page = await listJobs({ source: id, limit: 5 }, stop.signal);
      jobs.replaceChildren(page.jobs.length ? el("ul", { class: "rows" }, page.jobs.map((job) => el("li", {},
        el("div", { class: "grow" }, sourcesLink(`${jobScopeWords(job.scope)}${job.dry_run ? " (dry run)" : ""}`,
          ["job", job.id]),
          el("p", { class: "note" }, isOver(job) ? endWords(job) : "Under way")), stateTag(job.state))))
        : el("p", { class: "note" }, "None yet."),
      page.jobs.length ? sourcesLink("All of its jobs", ["jobs"], { source: id }) : "");
    } catch (error) {
      if (error.name !== "AbortError") jobs.replaceChildren(troubleNote(error, loadJobs));
    }
  }

  return {
    node,
    show(place) {
      stop.abort();
      stop = new AbortController();
      load().then(() => {
        if (place.query?.get("part") === "failures") rest.querySelector("#part-failures")?.scrollIntoView({ block: "start" });
      });
    },
    leave() { stop.abort(); clearTimeout(timer); },
  };
}

const part = (title, body, name = null) => el("section",
  { class: "part", id: name && `part-${name}`, "aria-label": title }, el("h2", {}, title), body);

// The largest first; many fold away.
function bySpace(spaces) {
  const rows = [...spaces].sort((a, b) => b.documents - a.documents).map((space) => el("li", {},
    el("span", { dir: "auto", class: "isolated" }, space.name || space.key),
      el("span", { class: "count" }, ` ${space.documents.toLocaleString("en")}`)));
  return rows.length <= 6 ? el("ul", {}, rows)
    : [el("ul", {}, rows.slice(0, 5)), el("details", {}, el("summary", {}, `${rows.length - 5} more spaces`),
      el("ul", {}, rows.slice(5)))];
}

// Everything, a space or a page; for good or only to see what it would do.
function readAgain(source, go) {
  const said = el("div", {});
  const what = el("select", { id: "again-what", onchange: fit },
    el("option", { value: "site" }, "everything"), el("option", { value: "space" }, "one space"),
      el("option", { value: "page" }, "one page"));
  const which = el("input", { id: "again-which", autocomplete: "off", spellcheck: "false",
    "aria-describedby": "again-said" });
  const whichField = labelledField("Key of the space", which);
  const dry = el("input", { type: "checkbox", id: "again-dry" });
  // What is not read by itself is not read for good either.
  if (["draft", "disabled"].includes(source.state)) { dry.checked = true; dry.disabled = true; }
  const dryField = el("label", { class: "check" }, dry, el("span", {}, "Dry run: change nothing"));
  function fit() {
    whichField.hidden = what.value === "site";
    whichField.querySelector("label").textContent = what.value === "page" ? "Id of the page" : "Key of the space";
    dryField.hidden = what.value === "page";
    which.removeAttribute("aria-invalid");
    said.replaceChildren();
  }
  fit();
  return el("form", { class: "row wrap-end", novalidate: true, async onsubmit(event) {
    event.preventDefault();
    const key = which.value.trim();
    if (what.value !== "site" && !key) {
      which.setAttribute("aria-invalid", "true");
      said.replaceChildren(el("p", { class: "field-error", id: "again-said", role: "alert" },
        what.value === "page" ? "Give the page’s id." : "Give the space’s key."));
      which.focus();
      return;
    }
    const scope = what.value === "site" ? { site: true } : { [what.value]: key };
    try {
      go(sourcesPlace(["job", (await startJob(source.id, scope, what.value !== "page" && dry.checked)).id]));
    } catch (error) { said.replaceChildren(troubleNote(error)); }
  } }, labelledField("Read", what), whichField, dryField, el("button", { type: "submit" }, "Start"), said);
}

function spacesPart(source) {
  const body = el("div", { class: "stack" });
  const load = async () => {
    body.replaceChildren(loadingNote("Asking the site …"));
    try {
      const spaces = await spacesOfSource(source.id);
      body.replaceChildren(el("p", {},
        `The account sees ${count(spaces.length, "space")}; ${spaces.filter((one) => one.chosen).length} are read.`),
        el("ul", { class: "space-list" }, spaces.map((space) => el("li", {},
          el("span", { class: "grow isolated", dir: "auto" }, `${space.name} `,
            el("span", { class: "note" }, `${space.key}, ${space.type}`)),
          el("span", { class: "note" }, space.chosen ? "read" : "not read")))));
      body.querySelector("ul").tabIndex = 0;
      body.querySelector("ul").setAttribute("aria-label", "Spaces of the site");
    } catch (error) { body.replaceChildren(troubleNote(error, load)); }
  };
  body.append(el("div", {}, el("button", { type: "button", onclick: load }, "Show the spaces of the site")));
  return body;
}
