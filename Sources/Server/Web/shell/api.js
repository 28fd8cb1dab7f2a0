/** Talking to Millrace: requests, problems, and what the whole page has to know of both. */

/** A text that this tab keeps, and no other. */
const tabText = (name) => ({
  get() {
    try { return sessionStorage.getItem(name) ?? ""; } catch { return this.unsaved ?? ""; }
  },
  set(text) {
    this.unsaved = text;
    try { sessionStorage.setItem(name, text); } catch { /* refused: kept until reload */ }
  },
});

/** Whom this tab views as, `user:lena.fischer, group:engineering`; empty for the caller themselves. */
export const viewer = tabText("millrace.principals");

/** The API key that this tab signs in with; empty for none. */
export const apiKey = tabText("millrace.key");

/**
 * What went wrong, as RFC 9457 tells it. `status` 0: no answer came at all.
 *
 * `kind` is the last word of `type`, such as `version-conflict`; `field` is the one at fault, if one is; `errors` are
 * all the faults that were found; `told` is the whole document, for what only one operation says.
 */
export class Problem extends Error {
  constructor({
    status = 0, title, detail = "", retryAfter = null, signIn = null, type = "", field = null, errors = [], told = {},
  }) {
    super(title);
    const kind = type.split(":").at(-1);
    Object.assign(this, { status, title, detail, retryAfter, signIn, type, kind, field, errors, told });
  }
}

/**
 * What concerns the whole page: `reached`, `unreached` (nothing answered), `refused` (401, with the problem),
 * `lacking` (a right is missing).
 *
 * Every request tells of it, whichever page asks.
 */
export const reachability = new EventTarget();
/** Tells everybody who listens to `reachability`. */
export const tellPage = (type, problem) => reachability.dispatchEvent(Object.assign(new Event(type), { problem }));

// Answers that `theme.js` has asked for, by their paths; each is taken once.
let ahead = window.askedAhead ?? {};

function takenAhead(path) {
  const answer = ahead[path];
  ahead[path] = null;
  return answer;
}

/** Lets go of what was asked for ahead and nobody has taken: it grows old. */
export function dropAhead() { ahead = {}; }

/** GET, decoded. */
export const get = async (path, signal) => decoded(await request(path, { signal }));

/** POST of JSON, decoded; null where nothing is answered. `options` as of `request`. */
export const post = async (path, body, signal, options = {}) =>
  decoded(await request(path, { method: "POST", json: body, signal, ...options }));

/** DELETE, decoded; null where nothing is answered. */
export const del = async (path, options = {}) => decoded(await request(path, { method: "DELETE", ...options }));

/** The headers that say who asks. */
export function callerHeaders() {
  const headers = new Headers();
  // A header is ASCII; a name need not be.
  const principals = viewer.get().replace(/[^\x20-\x7e]+/g, encodeURIComponent);
  if (principals) headers.set("X-Millrace-Principals", principals);
  if (apiKey.get()) headers.set("X-API-Key", apiKey.get());
  return headers;
}

/**
 * A request of any kind; the response, or a Problem thrown.
 *
 * `json`: a body to encode, or `body` as fetch takes it; `ifMatch`, `ifNoneMatch`: tags; `accepts`: statuses beside the
 * good ones that are no problem, such as 304; the rest is as for fetch.
 */
export async function request(path, { json, ifMatch, ifNoneMatch, accepts = [], ...options } = {}) {
  const headers = callerHeaders();
  for (const [name, value] of new Headers(options.headers)) headers.set(name, value);
  if (json !== undefined) {
    headers.set("Content-Type", "application/json");
    options.body = JSON.stringify(json);
  }
  if (ifMatch) headers.set("If-Match", ifMatch);
  if (ifNoneMatch) headers.set("If-None-Match", ifNoneMatch);
  let response;
  try {
    response = await (takenAhead(path) ?? fetch(path, { ...options, headers }));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreached();
  }
  tellPage("reached");
  if (response.ok || accepts.includes(response.status)) return response;
  throw refused(await problemOf(response.status, response.headers.get("Retry-After"), () => response.json()));
}

/** The Problem of no answer at all, which every page hears of. */
export function unreached() {
  const problem = new Problem({
    title: navigator.onLine === false ? "You are offline" : "Millrace cannot be reached",
    detail: "Check that it is running and that you are connected, then try again.",
  });
  tellPage("unreached", problem);
  return problem;
}

/** Tells the whole page of a Problem that concerns it; the problem. */
export function refused(problem) {
  if (problem.status === 401) tellPage("refused", problem);
  if (problem.status === 403 && problem.kind === "insufficient-scope") tellPage("lacking", problem);
  return problem;
}

/** A response's JSON. A body that breaks off is a connection that was lost; one that is no JSON is nobody's. */
export async function decoded(response) {
  let text;
  try {
    text = await response.text();
  } catch (error) {
    throw error.name === "AbortError" ? error : unreached();
  }
  return text ? JSON.parse(text) : null;
}

/** A Problem of a status and of the document that `read` gives; a proxy in between may have answered in HTML. */
export async function problemOf(status, retryAfter, read) {
  let told = {};
  try { told = (await read()) ?? {}; } catch { /* the status alone has to do */ }
  return new Problem({
    status, told,
    title: told.title || `Millrace answered with status ${status}`,
    detail: told.detail || "",
    retryAfter: Number(retryAfter) || null,
    signIn: told.sign_in ?? null,
    type: told.type ?? "",
    field: told.field ?? null,
    errors: told.errors ?? told.faults ?? [],
  });
}
