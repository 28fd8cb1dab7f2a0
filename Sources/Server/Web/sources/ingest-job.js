/** One ingest job as it happens: how far it is, what it counted, what failed, and the means to hold or end it. */
import { isolated, plainText } from "../shell/plain-text.js";
import { el } from "../shell/dom.js";
import { ago, count, day } from "../shell/format.js";
import { listSources, startJob, steerJob } from "./sources-api.js";
import { followJob, isOver } from "./ingest-follow.js";
import { plannedChanges } from "./ingest-plan.js";
import { progressBar, progressWords, timeLeft } from "./ingest-progress.js";
import { failureGroups } from "./source-failures.js";
import {
  askFirst, jobScopeWords, jobStateWord, lasting, loadingNote, sourceName, sourcesLink, sourcesPlace, stateTag,
    termPair,
  troubleNote, viewHeading,
} from "./source-parts.js";

const countNames = [
  ["seen", "looked at"], ["stored", "stored"], ["unchanged", "unchanged"], ["readers_changed", "readers changed"],
  ["removed", "removed"], ["left_out", "left out by choice"], ["failed", "failed"], ["chunks", "passages"],
  ["embedded", "passages understood"], ["tokens", "tokens read"], ["dollars", "cost"],
];

const dollars = (sum) => (sum < 0.0001 ? "< $0.0001" : `$${sum.toFixed(sum < 1 ? 4 : 2)}`);

const connectionWords = {
  live: "Told as it happens.", asking: "Nothing was told for a while; asked for every few seconds.",
  lost: "The connection is lost. Trying again; the job goes on by itself.",
};

export function jobView({ id, go, say }) {
  const heading = viewHeading("Ingest job");
  const live = jobPanel(id, { go, say, title: heading.querySelector("h1") });
  const node = el("div", { class: "stack" }, heading, live.node);
  return { node, show() { live.start(); }, leave() { live.stop(); } };
}

/**
 * A job that is followed while it is shown: `start`, `stop`, and `ended(job)` once it has come to its end.
 * `title`: what tells its name, where that stands elsewhere; `quiet`: without a way to begin it again, and below a
 * heading of its own.
 */
export function jobPanel(id, { go, say, ended = () => {}, quiet = false, title = null }) {
  const node = el("div", { class: "job stack" }, loadingNote("Looking for the job …"));
  const level = quiet ? "h3" : "h2";
  const samples = [];
  let stopFollowing = null;
  let parts = null;
  let source = null;
  let lastState = null;
  let latest = null;
  let lastSaid = 0;

  function told(job) {
    const now = Date.now();
    latest = job;
    samples.push([now, job.counts.seen]);
    while (samples.length > 40 || samples[0][0] < now - 60000) samples.shift();
    if (!parts || !node.contains(parts.whole)) {
      parts = jobParts(job);
      node.replaceChildren(parts.whole);
    }
    draw(job);
    if (lastState !== null && job.state !== lastState) say(`${jobScopeWords(job.scope)}: ${jobStateWord(job.state)}`);
    else if (now - lastSaid > 20000 && !isOver(job)) { lastSaid = now; say(progressWords(job)); }
    if (isOver(job) && lastState !== job.state) ended(job);
    lastState = job.state;
  }

  function jobParts(job) {
    const part = (tag, props) => el(tag, props);
    const name = `${jobScopeWords(job.scope)}${job.dry_run ? " (dry run)" : ""}`;
    if (title) title.textContent = plainText(name);
    const made = {
      name, title: title ? part("span", {}) : el("h2", {}, el("span", { dir: "auto" }, name)),
      state: part("span", {}), from: part("p", { class: "note" }), bar: part("div", {}),
      words: part("p", {}), current: part("p", { class: "note clipped", dir: "auto" }),
      reason: part("div", {}), counts: part("dl", { class: "figures" }), buttons: part("div", { class: "row" }),
      connection: part("p", { class: "note", role: "status" }), problem: part("div", {}), plan: part("div", {}),
      failures: part("div", {}), notes: part("div", {}),
    };
    made.whole = el("div", { class: "stack" },
      el("div", { class: "card-head" }, title ? made.from : made.title, made.state), title ? null : made.from,
      el("div", { class: "progress-line" }, made.bar, made.words, made.current),
      made.reason, made.buttons, made.connection, made.problem, made.counts, made.notes, made.plan, made.failures);
    return made;
  }

  function draw(job) {
    const over = isOver(job);
    const begun = Date.parse(job.started_at ?? job.created_at);
    const took = lasting((over ? Date.parse(job.ended_at) : Date.now()) - begun);
    if (title && source) title.textContent = `${plainText(parts.name)} of ${isolated(sourceName(source))}`;
    parts.state.replaceChildren(stateTag(job.state));
    parts.from.replaceChildren(...[
      source && sourcesLink(sourceName(source), ["of", source.id]), source && " · ",
      over ? `ended ${ago(job.ended_at)}, took ${took}` : job.started_at
        ? `began ${ago(job.started_at)}, ${took} so far`
        : `asked for ${ago(job.created_at)}`,
      ` · by ${job.created_by}`, job.attempts > 1 && ` · begun ${count(job.attempts, "time")}`].filter(Boolean));
    parts.from.title = day(job.created_at) ?? "";
    if (over) parts.bar.replaceChildren();
    else {
      const bar = parts.bar.firstElementChild;
      const next = progressBar(job);
      // The same bar moves on; a new one would be announced anew.
      if (bar && bar.hasAttribute("max") === next.hasAttribute("max")) {
        for (const { name, value } of next.attributes) bar.setAttribute(name, value);
      } else parts.bar.replaceChildren(next);
    }
    const left = timeLeft(job, samples);
    parts.words.textContent = over ? endWords(job) : [progressWords(job), left].filter(Boolean).join(", ");
    parts.current.textContent = over ? "" : plainText(job.current_title ?? "");
    parts.current.title = parts.current.textContent;
    parts.reason.replaceChildren(job.reason ? el("div", { class: "problem" },
      el("p", {}, el("strong", {}, "Why it did not come to its end:"), " ", el("span", { dir: "auto" }, job.reason)))
        : "");
    // What a dry run stored is nothing: what it would do is told below.
    parts.counts.replaceChildren(...(job.planned && over ? [] : countNames)
      .filter(([key]) => job.counts[key] > 0 || key === "seen" || key === "stored")
      .map(([key, words]) => termPair(words, key === "dollars" ? dollars(job.counts[key]) : job.counts[key].toLocaleString("en"))));
    drawButtons(job, over);
    if (over) parts.connection.textContent = "";
    parts.notes.replaceChildren(job.notes.length ? el("section", {}, el(level, {}, "To know"),
      el("ul", { class: "bullets" }, job.notes.map((note) => el("li", { dir: "auto" }, note)))) : "");
    if (over || job.failures.length !== parts.failureCount) drawFailures(job);
    if (job.planned && over) parts.plan.replaceChildren(plannedChanges(job));
  }

  function drawFailures(job) {
    parts.failureCount = job.failures.length;
    parts.failures.replaceChildren(job.failures.length ? el("section", { class: "stack" },
      el(level, {}, job.counts.failed > job.failures.length
        ? `The first ${job.failures.length} of ${count(job.counts.failed, "failure")}` : "What failed"),
      failureGroups(job.failures, source)) : "");
  }

  function drawButtons(job, over) {
    const wanted = over ? (quiet ? "" : "again") : job.state;
    if (parts.buttonsFor === wanted) return;
    parts.buttonsFor = wanted;
    const button = (words, does, props = {}) => el("button", { type: "button", onclick: does, ...props }, words);
    const hadFocus = parts.buttons.contains(document.activeElement);
    parts.buttons.replaceChildren(...[
      job.state === "running" && button("Hold", () => steer("pause")),
      job.state === "paused" && button("Go on", () => steer("resume"), { class: "primary" }),
      !over && job.state !== "cancelling" && button("Cancel", () => cancel(job)),
      over && !quiet && !job.scope.upload && button("Read again", () => again(job)),
      over && !quiet && job.dry_run && !job.scope.upload && job.state === "finished"
        && button("Do it", () => again({ ...job, dry_run: false }), { class: "primary" }),
    ].filter(Boolean));
    if (hadFocus) parts.buttons.querySelector("button")?.focus();
  }

  async function steer(verb) {
    parts.problem.replaceChildren();
    for (const button of parts.buttons.querySelectorAll("button")) button.disabled = true;
    try { told(await steerJob(id, verb)); } catch (error) {
      parts.problem.replaceChildren(troubleNote(error, () => steer(verb)));
    }
    for (const button of parts.buttons.querySelectorAll("button")) button.disabled = false;
  }

  async function cancel(job) {
    const sure = await askFirst({
      title: "Cancel this job?", yes: "Cancel the job", no: "Let it go on",
      body: el("p", {}, job.dry_run ? "Nothing was changed by it, and nothing will be."
        : "What it stored so far stays; it removes nothing. The next sync goes on from there."),
    });
    if (sure) steer("cancel");
  }

  async function again(job) {
    try { go(sourcesPlace(["job", (await startJob(job.source, job.scope, job.dry_run)).id])); } catch (error) {
      parts.problem.replaceChildren(troubleNote(error, () => again(job)));
    }
  }

  async function findSource() {
    try { source = (await listSources()).find((one) => one.id === parts?.sourceID)
      ?? null; } catch { /* named by its id */ }
  }

  return {
    node,
    start() {
      stopFollowing?.();
      stopFollowing = followJob(id, {
        told(job) {
          told(job);
          if (parts.sourceID) return;
          parts.sourceID = job.source;
          // By then the job may have gone on: what is drawn is what was told last.
          findSource().then(() => { draw(latest); drawFailures(latest); });
        },
        connection(how) { if (parts) parts.connection.textContent = connectionWords[how]; },
        trouble(error) {
          const note = error.status === 404
            ? el("div", { class: "problem" }, el("p", {}, el("strong", {}, "There is no such job."),
              " Jobs that ended long ago are forgotten. ", sourcesLink("See the jobs that are kept", ["jobs"]), "."))
            : troubleNote(error, () => this.again());
          if (parts) parts.problem.replaceChildren(note); else node.replaceChildren(note);
        },
        again: () => this.start(),
      });
    },
    stop() { stopFollowing?.(); stopFollowing = null; },
  };
}

/** How a job ended, as a sentence. */
export function endWords(job) {
  const { stored, removed, failed, readers_changed: readers } = job.counts;
  if (job.state === "finished" && job.dry_run) return "Looked through; nothing was changed.";
  const did = [
    stored && `${count(stored, "document")} stored`, removed && `${removed} removed`,
    readers && `readers of ${readers} changed`, failed && `${failed} failed`,
  ].filter(Boolean).join(", ") || "nothing was new";
  if (job.state === "finished") return `Done: ${did}.`;
  if (job.state === "cancelled") return `Cancelled: ${did} before that, and it stays.`;
  return `${jobStateWord(job.state)}: ${did} before that.`;
}
