/** How far a job is: a bar, a sentence, and how long it will go on if it goes on like this. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { lasting } from "./source-parts.js";

const stagesOfJob = {
  documents: "Reading documents", removals: "Taking away what is gone", index: "Updating the index",
    finished: "Finishing",
};

/** The bar with its sentence, for a card. */
export function progressLine(job) {
  const words = progressWords(job);
  return el("div", { class: "progress-line" }, progressBar(job, words), el("p", { class: "note" }, words));
}

/** A bar from what is known; one without an end where the source has not told how many there are. */
export function progressBar(job, label = progressWords(job)) {
  const known = job.expected > 0 && job.stage === "documents";
  // The listing may grow while it is read: the bar never passes its end.
  const share = known ? Math.min(job.counts.seen, job.expected) : null;
  return el("progress", { "aria-label": label, max: known ? job.expected : null, value: share });
}

/** “Reading documents: 312 of 400”. */
export function progressWords(job) {
  if (job.state === "queued") return "Waiting for its turn";
  const stage = stagesOfJob[job.stage] ?? "Starting";
  const far = job.stage !== "documents" ? ""
    : job.expected > 0 ? `: ${Math.min(job.counts.seen, job.expected).toLocaleString("en")} of ${job.expected.toLocaleString("en")}`
    : `: ${count(job.counts.seen, "document")} so far`;
  const held = { paused: " (held)", cancelling: " (being cancelled)" }[job.state] ?? "";
  return `${stage}${far}${held}`;
}

/** What is left, guessed from how it went so far: `samples` are `[time, seen]`, oldest first. Null where it cannot be known. */
export function timeLeft(job, samples) {
  if (job.state !== "running" || job.stage !== "documents" || !(job.expected > 0) || samples.length < 3) return null;
  const [[from, first], [to, last]] = [samples[0], samples.at(-1)];
  if (to - from < 3000 || last <= first) return null;
  const left = (job.expected - job.counts.seen) * (to - from) / (last - first);
  return left > 0 ? `about ${lasting(left)} left` : null;
}
