/** All sources, a card each: what is stored of it, how its last sync went, what failed, and when it is read next. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { ago, count, day } from "../shell/format.js";
import { changeSource, listSources, readJob, readTagged, startJob, steerJob } from "./sources-api.js";
import { isOver } from "./ingest-follow.js";
import { progressLine } from "./ingest-progress.js";
import {
  countsByKind, loadingNote, sourceKind, sourceName, sourcesLink, sourcesPlace, spanWords, stateTag, termPair,
  troubleNote, viewHeading,
} from "./source-parts.js";

/** How often the cards are looked at anew: while something runs, and otherwise. */
const [busyPause, calmPause] = [2000, 30000];

export function sourceListView({ go, say }) {
  const body = el("div", {}, loadingNote("Loading the sources …"));
  // Where there is nothing yet, the page itself offers it.
  const adding = sourcesLink("Add a source", ["add"], {}, { class: "button primary" });
  const node = el("div", { class: "stack" },
    viewHeading("Sources", adding), body);
  let stop = new AbortController();
  let timer = 0;
  let told = "";

  async function load() {
    clearTimeout(timer);
    try {
      const sources = await listSources(stop.signal);
      const jobs = await Promise.all(sources.map((source) => currentJob(source, stop.signal)));
      draw(sources, jobs);
      timer = setTimeout(load, jobs.some(Boolean) ? busyPause : calmPause);
    } catch (error) {
      if (error.name === "AbortError") return;
      // What is shown stays; it is only no longer known to be true.
      const note = troubleNote(error, () => { stop.abort(); stop = new AbortController(); load(); });
      if (body.querySelector(".source-card")) {
        body.querySelector(":scope > .problem")?.remove();
        body.prepend(note);
        if (error.status === 0) timer = setTimeout(load, calmPause / 3);
      } else body.replaceChildren(note);
    }
  }

  function draw(sources, jobs) {
    // Drawing anew must not take the keyboard away from where it is.
    const focused = document.activeElement?.dataset?.key;
    adding.hidden = !sources.length;
    if (!sources.length) return showNothing();
    body.replaceChildren(el("ul", { class: "cards" },
      sources.map((source, index) => el("li", {}, card(source, jobs[index])))));
    if (focused) body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    const news = sources.map((source, index) => `${sourceName(source)}: ${
      jobs[index] ? "being read" : "not being read"}`).join(". ");
    if (told && news !== told) say(news);
    told = news;
  }

  // What was sent once is there, though no source stands for it.
  async function showNothing() {
    if (!body.querySelector(".nothing")) body.replaceChildren(nothingRead());
    try {
      const { documents, kinds } = await get("v1/status", stop.signal);
      const here = body.querySelector(".nothing .held");
      if (here && documents) here.textContent = `What you may read here now came by an export or an upload: ${countsByKind(kinds)}.`;
    } catch { /* that nothing is followed is true all the same */ }
  }

  function card(source, job) {
    const start = async (event) => {
      event.target.disabled = true;
      try {
        const made = await startJob(source.id, { site: true });
        go(sourcesPlace(["job", made.id]));
      } catch (error) { event.target.closest(".source-card").append(troubleNote(error)); event.target.disabled = false; }
    };
    const goOn = async (event) => {
      event.target.disabled = true;
      try {
        const { etag: tag } = await readTagged(source.id);
        await changeSource(source.id, tag, { enabled: true });
        say("It is read again");
      } catch (error) {
        event.target.closest(".source-card").append(troubleNote(error));
        event.target.disabled = false;
        return;
      }
      load();
    };
    const steer = (verb) => async (event) => {
      event.target.disabled = true;
      try { await steerJob(job.id, verb); say(verb === "pause" ? "Pausing" : "Going on"); } catch (error) {
        event.target.closest(".source-card").append(troubleNote(error));
        return;
      }
      load();
    };
    return el("article", { class: "source-card", "aria-labelledby": `card-${source.id}` },
      el("div", { class: "card-head" },
        el("h2", { id: `card-${source.id}` },
          sourcesLink(sourceName(source), ["of", source.id], {}, { dir: "auto", "data-key": `of-${source.id}` })),
        sourceStateTag(source, job)),
      el("p", { class: "facts" }, el("span", {}, sourceKind(source)),
        el("span", {}, el("span", { class: "address", dir: "ltr" }, source.base_url))),
      el("p", { class: "big-fact" }, countsByKind(source.documents)),
      el("dl", { class: "pairs" },
        termPair("Last sync", lastSyncWords(source)),
        termPair("Next sync", nextSyncWords(source)),
        termPair("Spaces", spacesWords(source)),
        source.failures > 0 && termPair("Failed", failedWords(source))),
      job && progressLine(job),
      el("div", { class: "row" },
        job
          ? [sourcesLink("Watch", ["job", job.id], {},
            { class: "button", "data-key": `watch-${source.id}`,
              "aria-label": `Watch ${sourceName(source)} being read` }),
            ["running", "paused"].includes(job.state) && el("button", {
              type: "button", "data-key": `steer-${source.id}`,
                onclick: steer(job.state === "paused" ? "resume" : "pause"),
            }, job.state === "paused" ? "Go on" : "Hold")]
          : source.state === "draft"
            ? sourcesLink("Go on setting up", ["add", source.id], {},
              { class: "button primary", "data-key": `setup-${source.id}` })
            : source.state === "disabled" ? el("button", {
              type: "button", onclick: goOn, "data-key": `go-on-${source.id}`,
              "aria-label": `Go on reading ${sourceName(source)}`,
            }, "Go on reading")
            : [undefined, "enabled"].includes(source.state) && el("button", {
            type: "button", onclick: start, "data-key": `sync-${source.id}`,
              "aria-label": `Sync ${sourceName(source)} now`,
          }, "Sync now"),
        sourcesLink("Details", ["of", source.id], {},
          { class: "button quiet", "data-key": `details-${source.id}`,
            "aria-label": `Details of ${sourceName(source)}` })));
  }

  return {
    node,
    show() { stop.abort(); stop = new AbortController(); load(); },
    leave() { stop.abort(); clearTimeout(timer); },
  };
}

/** The job that reads `source` now, or null. */
export async function currentJob(source, signal) {
  if (!source.current_job) return null;
  const job = await readJob(source.current_job, signal);
  return isOver(job) ? null : job;
}

/** How a source stands, in one word or two. */
export function sourceStateTag(source, job) {
  if (job) return stateTag(job.state, job.state === "paused" ? "Held" : "Being read");
  if (source.state === "removing") return stateTag("cancelling", "Being removed");
  if (source.state === "draft") return stateTag("queued", "Being set up");
  if (source.state === "disabled") return stateTag("paused", "Paused");
  if (!source.last_sync) return stateTag("queued", "Not read yet");
  return source.last_sync.state === "finished"
    ? stateTag("finished", source.failures ? "Read, with failures" : "Up to date")
    : stateTag("failed", "Last sync failed");
}

// How many could not be read, and the commonest reasons, which lead to their pages.
function failedWords(source) {
  const toFailures = (words, key) => sourcesLink(words, ["of", source.id], { part: "failures" },
    { "data-key": `${key}-${source.id}` });
  return [toFailures(count(source.failures, "document"), "failed"), source.failure_reasons?.length
    ? el("ul", { class: "reasons" }, source.failure_reasons.slice(0, 3).map(({ reason, count: times }) => el("li", {},
      el("span", { class: "count" }, `${times.toLocaleString("en")} × `), el("span", { dir: "auto" }, reason))))
    : null];
}

/** “12 minutes ago, 4 changed”, or why it came to nothing. */
export function lastSyncWords({ last_sync: last }) {
  if (!last) return "never";
  const when = el("time", { datetime: last.ended_at, title: day(last.ended_at) },
    ago(last.ended_at) ?? "at an unknown time");
  const how = last.state === "finished"
    ? `, ${last.stored ? `${count(last.stored, "document")} stored` : "nothing new"}`
    : `, ${last.state}${last.reason ? `: ${last.reason}` : ""}`;
  return [when, how];
}

/** “in 3 hours, every 4 hours”. */
export function nextSyncWords(source) {
  if (source.state === "draft") return "once it is set up";
  if (source.state === "disabled") return "not while it is paused";
  if (!source.sync_seconds) return "only when told to";
  const often = `every ${spanWords(source.sync_seconds)}`;
  // After failures in a row the pause grows, up to a day.
  const slower = source.failed_syncs > 1 ? `, later after ${source.failed_syncs} failures in a row` : "";
  return `${[ago(source.next_sync), often].filter(Boolean).join(", ")}${slower}`;
}

/** “all but personal ones”, “ENG, OPS and 4 more”. */
export function spacesWords({ spaces }) {
  const some = (keys) => keys.slice(0, 6).join(", ") + (keys.length > 6 ? ` and ${keys.length - 6} more` : "");
  const chosen = spaces?.included?.length ? some(spaces.included) : "all but personal ones";
  return spaces?.excluded?.length ? `${chosen}, without ${some(spaces.excluded)}` : chosen;
}

function nothingRead() {
  return el("div", { class: "nothing" },
    el("p", { class: "lead" }, "No site is followed yet."),
    el("p", { class: "held" }),
    el("p", {}, "Millrace answers from what it has read: a Confluence site, which it follows from then on, or an export or a document that you send once."),
    el("div", { class: "row" },
      sourcesLink("Add a source", ["add"], {}, { class: "button primary" }),
      sourcesLink("Upload an export or a document", ["upload"], {}, { class: "button" })));
}
