/** The operations behind the Sources page, one function each; nothing here touches the page. */
import { del, get, post } from "../shell/api.js";
import { getTagged, patch } from "../shell/api-changes.js";
import { getEvents } from "../shell/api-events.js";
import { upload } from "../shell/api-sending.js";

const sourcePath = (id, ...rest) => ["v1/sources", ...[id, ...rest].map(encodeURIComponent)].join("/");
const jobPath = (id, ...rest) => ["v1/ingest/jobs", ...[id, ...rest].map(encodeURIComponent)].join("/");

export const listSources = async (signal) => (await get("v1/sources", signal)).sources;
export const readSource = (id, signal) => get(sourcePath(id), signal);
/** A source with the tag that a change of it must bring: `{body, etag}`. */
export const readTagged = (id, signal) => getTagged(sourcePath(id), signal);
export const makeSource = (source) => post("v1/sources", source);
export const changeSource = (id, tag, change) => patch(sourcePath(id), change, { ifMatch: tag || "*" });
/** Ends a source; with its documents, as a job that takes them away, or without. */
export const deleteSource = (id, documents) => del(`${sourcePath(id)}?documents=${documents}`);
export const testSource = (id, signal) => post(sourcePath(id, "test"), undefined, signal);
export const spacesOfSource = async (id, signal) => (await get(sourcePath(id, "spaces"), signal)).spaces;

/** One page of failures, all or those of one reason: `{failures, next}`. */
export function failuresOfSource(id, { cursor, reason, limit = 100 }, signal) {
  const query = new URLSearchParams({ limit });
  if (cursor) query.set("cursor", cursor);
  if (reason) query.set("reason", reason);
  return get(`${sourcePath(id, "failures")}?${query}`, signal);
}

/** One page of jobs, newest first: `{jobs, next}`. */
export function listJobs({ source, state, cursor, limit = 30 }, signal) {
  const query = new URLSearchParams({ limit });
  for (const [name, value] of Object.entries({ source, state, cursor })) if (value) query.set(name, value);
  return get(`v1/ingest/jobs?${query}`, signal);
}

export const readJob = (id, signal) => get(jobPath(id), signal);
export const startJob = (source, scope, dryRun, signal) => post("v1/ingest/jobs",
  { source, scope, ...(dryRun && { dry_run: true }) }, signal);

/** `verb` is `pause`, `resume` or `cancel`. */
export const steerJob = (id, verb) => post(jobPath(id, verb));

/** A job’s events behind `last`, the id of one; each holds all of the job. */
export const jobEvents = (id, last, signal) => getEvents(jobPath(id, "events"), signal, last);

export const readDocument = (id, signal) => get(`v1/documents/${encodeURIComponent(id)}`, signal);

/** Why `principals` may read a document; the caller's own when there are none. */
export const explainAccess = (id, principals, signal) => get(
  `v1/documents/${encodeURIComponent(id)}/access${principals ? `?${new URLSearchParams({ as: principals })}` : ""}`,
  signal);

/** Pages to choose from, by their words. */
export const findPages = async (query, signal) => (await post("v1/search",
  { query, mode: "hybrid", limit: 8 }, signal)).results;

/** Sends `file` to be ingested; answers with its job. `sent(bytes, total)` tells how much has been sent. */
export function sendUpload(file, { readers, dryRun, sent, signal }) {
  const query = new URLSearchParams({ name: file.name });
  if (readers) query.set("readers", readers);
  if (dryRun) query.set("dry_run", "true");
  const type = /\.zip$/i.test(file.name) ? "application/zip" : "application/octet-stream";
  return upload(`v1/ingest/uploads?${query}`, file, { type, sent, signal });
}
