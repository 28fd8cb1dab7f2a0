/** Talking to Millrace: requests, problems, and server-sent events over fetch. */

/** A text that this tab keeps, and no other. */
const kept = (name) => ({
  get() {
    try { return sessionStorage.getItem(name) ?? ""; } catch { return this.unsaved ?? ""; }
  },
  set(text) {
    this.unsaved = text;
    try { sessionStorage.setItem(name, text); } catch { /* refused: kept until reload */ }
  },
});

/** Whom this tab views as, `user:lena.fischer, group:engineering`; empty for the caller themselves. */
export const viewer = kept("millrace.principals");

/** The API key that this tab signs in with; empty for none. */
export const apiKey = kept("millrace.key");

/** What went wrong, as RFC 9457 tells it. `status` 0: no answer came at all. */
export class Problem extends Error {
  constructor({ status = 0, title, detail = "", retryAfter = null, signIn = null }) {
    super(title);
    Object.assign(this, { status, title, detail, retryAfter, signIn });
  }
}

/** GET, decoded. */
export const get = async (path, signal) => (await request(path, { signal })).json();

/** POST of JSON, decoded. */
export const post = async (path, body, signal) => (await send(path, body, signal)).json();

/** POST of JSON, answered by events: yields `{event, data}` until the server closes. */
export async function* postForEvents(path, body, signal) {
  const response = await send(path, body, signal);
  if (!response.body) return;
  yield* events(response.body);
}

function send(path, body, signal) {
  return request(path, {
    method: "POST", body: JSON.stringify(body), signal, headers: { "Content-Type": "application/json" },
  });
}

async function request(path, options) {
  const headers = new Headers(options.headers);
  // A header is ASCII; a name need not be.
  const principals = viewer.get().replace(/[^\x20-\x7e]+/g, encodeURIComponent);
  if (principals) headers.set("X-Millrace-Principals", principals);
  if (apiKey.get()) headers.set("X-API-Key", apiKey.get());
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({
      title: "Millrace cannot be reached",
      detail: "Check that it is running and that you are connected, then try again.",
    });
  }
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response) {
  let told = {};
  // A proxy in between may answer in HTML: the status alone has to do then.
  try { told = await response.json(); } catch { /* no problem document */ }
  return new Problem({
    status: response.status,
    title: told.title || `Millrace answered with status ${response.status}`,
    detail: told.detail || "",
    retryAfter: Number(response.headers.get("Retry-After")) || null,
    signIn: told.sign_in ?? null,
  });
}

// Lines may end in LF or CRLF, data may span lines, comments are skipped.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer = (buffer + value).replaceAll("\r\n", "\n");
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop();
      yield* blocks.map(decode).filter(Boolean);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function decode(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = line.match(/^(\w+): ?(.*)$/) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
