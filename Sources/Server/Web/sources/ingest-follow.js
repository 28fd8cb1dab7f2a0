/** Follows an ingest job: by events, taken up again where the connection goes, and by asking where none come. */
import { Problem } from "../shell/api.js";
import { jobEvents, readJob } from "./sources-api.js";

const endStates = ["finished", "failed", "cancelled", "interrupted"];
/** How long nothing may be heard before the job is asked for, in milliseconds. */
const jobSilence = 8000;
const longestJobWait = 15000;

/** Whether a job has ended. */
export const isOver = (job) => endStates.includes(job.state);

/**
 * Calls `told(job)` with every news of the job until it has ended, and `connection(how)` with `live`, `asking` or
 * `lost`; `trouble(problem)` when asking again would not help. Returns what stops it.
 */
export function followJob(id, { told, connection, trouble }) {
  const stop = new AbortController();
  keepFollowing(id, { told, connection, trouble }, stop.signal).catch((error) => {
    if (!stop.signal.aborted) trouble(error);
  });
  return () => stop.abort();
}

async function keepFollowing(id, { told, connection, trouble }, signal) {
  let last = null;
  let wait = 1000;
  while (!signal.aborted) {
    try {
      for await (const news of jobNews(id, last, signal)) {
        if (news.at) { last = news.at; connection("live"); } else connection("asking");
        wait = 1000;
        told(news.job);
        if (isOver(news.job)) return;
      }
      // The server closed the stream, as it does when it restarts: the job itself says how it stands.
      const job = await readJob(id, signal);
      told(job);
      if (isOver(job)) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && [401, 403, 404].includes(error.status)) return trouble(error);
      connection("lost");
    }
    await restFor(wait, signal);
    wait = Math.min(wait * 2, longestJobWait);
  }
}

// Events as they come; where none come for a while, as behind a proxy that holds them back, the job itself.
async function* jobNews(id, last, signal) {
  // Its own end, so that a stream that says nothing is let go of at once.
  const stream = new AbortController();
  const events = jobEvents(id, last, AbortSignal.any([signal, stream.signal]));
  let coming = events.next();
  try {
    for (;;) {
      let timer = 0;
      const came = await Promise.race([coming, new Promise((done) => { timer = setTimeout(done, jobSilence); })]);
      clearTimeout(timer);
      if (!came) {
        yield { job: await readJob(id, signal) };
        continue;
      }
      if (came.done) return;
      yield { at: came.value.id, job: came.value.data.job };
      coming = events.next();
    }
  } finally {
    coming.catch(() => {});
    stream.abort();
  }
}

const restFor = (time, signal) => new Promise((done) => {
  const timer = setTimeout(done, time);
  signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});
