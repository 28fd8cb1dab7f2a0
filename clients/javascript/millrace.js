/**
 * A Millrace server, for programs: search, questions, runs of flows, conversations and files.
 *
 * One module without dependencies, for browsers and for Node from version 20 on. What goes in and what comes out has
 * the fields of the HTTP API (docs/http-api.md); fields and events that this version does not know are passed on.
 *
 *     const millrace = new MillraceClient({ baseURL: "https://search.example.com", apiKey });
 *     for await (const event of millrace.askStream("In what time must a SEV1 page be acknowledged?")) {
 *       if (event.name === "token") show(event.data.text);
 *     }
 */

/**
 * @typedef {object} Passage
 * @property {number} chunk_id what `passage()` takes
 * @property {string} document_id
 * @property {string} title
 * @property {string} space_key
 * @property {string} space_name
 * @property {string} kind `page`, `blogPost`, `comment` or `attachment`
 * @property {string[]} heading_path
 * @property {string[]} labels
 * @property {string | null} url
 * @property {string | null} anchor
 * @property {string | null} author
 * @property {string | null} updated_at
 * @property {string} text
 * @property {number} [marker] the number in the answer's text
 * @property {[number, number][]} [quote_ranges] where `text` bears the answer out, `[start, end)` in UTF-16 units
 * @property {number} [score]
 * @property {string} [snippet]
 * @property {[number, number][]} [highlights] the query's words in `snippet`
 * @property {string} [before] the page's text before the passage
 * @property {string} [after]
 */

/**
 * @typedef {object} Answer
 * @property {string} id
 * @property {string} question
 * @property {string} answer text with markers such as `[1]`; never HTML, show it as text
 * @property {boolean} abstained whether nothing answers the question
 * @property {number | null} confidence
 * @property {{text: string, citations: number[], supported: boolean}[]} sentences
 * @property {{citation: number, range: [number, number]}[]} markers where the numbers stand in `answer`
 * @property {string[]} unanswered
 * @property {Passage[]} citations
 * @property {Passage[]} related
 * @property {{guardrail: string | null, guardrail_version: string | null, policies: string[], places: string[],
 *   request_id: string | null, advice: string}} [withheld] of an answer that a guardrail kept back
 * @property {object} trace
 */

/**
 * @typedef {object} Filters all that are given must hold; within a list any one suffices
 * @property {string[]} [spaces]
 * @property {string[]} [labels]
 * @property {string[]} [kinds]
 * @property {string[]} [authors]
 * @property {string} [updated_after] a day or a time
 */

/**
 * @typedef {object} Question
 * @property {string} question
 * @property {{question: string, answer: string}[]} [conversation] earlier turns, oldest first
 * @property {Filters} [filters]
 * @property {number} [top_k]
 * @property {number} [min_confidence]
 */

/**
 * @typedef {object} Search
 * @property {string} query
 * @property {"vector" | "keyword" | "hybrid"} [mode]
 * @property {Filters} [filters]
 * @property {number} [limit]
 * @property {number} [offset]
 */

/**
 * @typedef {object} RunRequest
 * @property {string} flow a flow's id, endpoint, or, of a flow of the settings, its name
 * @property {string} [input]
 * @property {Record<string, string>} [inputs]
 * @property {string} [session]
 * @property {Record<string, Record<string, unknown>>} [parameters]
 * @property {number} [version]
 */

/**
 * @typedef {object} UnfinishedUpload a file's upload that can be gone on with, also by another page or program; it can be
 *   kept as JSON
 * @property {string} id the server's name for it
 * @property {number} byteCount bytes of the whole file
 */

/** @typedef {{name: string, data: any}} MillraceEvent an event, by the names of the HTTP API */
/** @typedef {{signal?: AbortSignal}} Options `signal` ends the request */

/** Whatever a call fails of; an aborted one rejects with the signal's own reason. */
export class MillraceError extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server refused, or failed, and says why (RFC 9457). `type` stays the same for a kind of problem. */
export class ProblemError extends MillraceError {
  /** @param {Record<string, any>} problem @param {number} status @param {number | null} [retryAfter] in seconds */
  constructor(problem, status, retryAfter = null) {
    super(problem.detail || problem.title || `Millrace answered with status ${status}`);
    this.type = String(problem.type ?? "about:blank");
    this.title = String(problem.title ?? "");
    this.detail = String(problem.detail ?? "");
    this.status = status;
    /** @type {string | null} the field of the body that is wrong */
    this.field = problem.field ?? null;
    /** @type {number | null} the limit that was exceeded */
    this.limit = problem.limit ?? null;
    /** @type {string[]} */
    this.faults = problem.faults ?? [];
    this.retryable = problem.retryable === true;
    /** @type {string | null} what the server's log calls the request */
    this.requestId = problem.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** The server was not reached, or the connection was lost. */
export class ConnectionError extends MillraceError {
  /** Whether it is certain that the server was never asked; browsers do not tell. */
  get failedBeforeSending() {
    const code = /** @type {any} */ (this.cause)?.cause?.code;
    return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(code);
  }
}

/** Nothing came for as long as the client waits. */
export class SilenceError extends MillraceError {}

/** A stream ended before its last event. */
export class CutOffError extends MillraceError {}

/** An answer that is none of Millrace's, such as the page of a proxy. `status` is the response's. */
export class FormatError extends MillraceError {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Takes a `text/event-stream` apart, in whatever pieces its text arrives (WHATWG HTML, server-sent events). */
export class EventParser {
  /** @param {number} [limit] characters that an event may have */
  constructor(limit = 16 * 1024 * 1024) {
    this.limit = limit;
    this.rest = "";
    this.endedWithReturn = false;
    this.name = "";
    /** @type {string[]} */
    this.data = [];
    this.size = 0;
  }

  /** The events that end within `text`. @param {string} text @returns {{name: string, data: string}[]} */
  push(text) {
    // An LF behind a CR that ended the last piece belongs to it.
    if (this.endedWithReturn && text.startsWith("\n")) text = text.slice(1);
    else if (text === "") return [];
    this.endedWithReturn = text === "" ? false : text.endsWith("\r");
    const lines = text.split(/\r\n|\r|\n/);
    lines[0] = this.rest + lines[0];
    this.rest = lines.pop() ?? "";
    const events = [];
    for (const line of lines) {
      const event = this.line(line);
      if (event) events.push(event);
    }
    if (this.rest.length + this.size > this.limit) {
      throw new MillraceError(`An event is larger than the limit of ${this.limit} characters.`);
    }
    return events;
  }

  /** @private @param {string} line */
  line(line) {
    if (line === "") {
      const event = this.data.length ? { name: this.name || "message", data: this.data.join("\n") } : null;
      this.name = "";
      this.data = [];
      this.size = 0;
      return event;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    else if (field === "data") {
      this.data.push(value);
      this.size += value.length + 1;
    }
    return null;
  }
}

const lastRunEvents = new Set(["finished", "failed", "cancelled"]);

/** A key that nobody else makes. Pages of plain http have no `crypto.randomUUID`. */
const freshKey = () => Array.from(
  crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text */
const segment = (text) => {
  // These mean another place in an address, however they are encoded.
  if (text === "" || text === "." || text === "..") throw new MillraceError(`“${text}” cannot be part of an address.`);
  return encodeURIComponent(text);
};

/** @param {Record<string, unknown>} parameters those that are undefined are left out */
const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
};

/** Whether an upload may go on after a failure. @param {unknown} error */
const leavesUploadOpen = (error) => error instanceof ConnectionError || error instanceof SilenceError
  || error instanceof FormatError && error.status >= 500
  || error instanceof ProblemError
    && (error.status >= 500 || error.retryable || error.type.endsWith(":mismatching-upload-offset"));

/** A Millrace server. */
export class MillraceClient {
  /**
   * @param {object} [settings]
   * @param {string} [settings.baseURL] the server's address, with the path that it is served under; in a browser
   *   empty for the page's own server, which also knows a session's cookie
   * @param {string} [settings.apiKey] an API key
   * @param {() => string | Promise<string>} [settings.token] gives a bearer token; asked again once after a 401
   * @param {number} [settings.responseTimeout] milliseconds that a call waits for the next byte of its response
   * @param {number} [settings.silenceTimeout] milliseconds that a stream may be silent; the server sends a sign of
   *   life every 15 s
   * @param {number} [settings.responseLimit] bytes that a whole response may have
   * @param {number} [settings.attempts] how often a request is sent at most; 1 switches retries off
   * @param {number} [settings.firstDelay] milliseconds before the second attempt; they double with each
   * @param {number} [settings.longestRetryAfter] seconds; a longer `Retry-After` is not waited for
   * @param {typeof globalThis.fetch} [settings.fetch]
   */
  constructor({
    baseURL = "", apiKey, token, responseTimeout = 100_000, silenceTimeout = 45_000,
    responseLimit = 32 * 1024 * 1024, attempts = 4, firstDelay = 500, longestRetryAfter = 60, fetch = globalThis.fetch,
  } = {}) {
    this.baseURL = baseURL.replace(/\/+$/, "");
    this.apiKey = apiKey;
    this.token = token;
    this.responseTimeout = responseTimeout;
    this.silenceTimeout = silenceTimeout;
    this.responseLimit = responseLimit;
    this.attempts = attempts;
    this.firstDelay = firstDelay;
    this.longestRetryAfter = longestRetryAfter;
    this.fetch = fetch.bind(globalThis);
    /** @private @type {Promise<string> | null} */
    this.currentToken = null;
  }

  // Searching and asking

  /** What there is to search, for this caller. @param {Options} [options] */
  status(options) { return this.json("GET", "/v1/status", options); }

  /** Who this client is to the server, and what it may do. @param {Options} [options] */
  caller(options) { return this.json("GET", "/v1/me", options); }

  /**
   * Documents by meaning, by words, or by both.
   * @param {string | Search} search @param {Options} [options]
   * @returns {Promise<{query: string, mode: string, count: number, results: Passage[], facets: any, took_ms: number}>}
   */
  search(search, options) {
    return this.json("POST", "/v1/search", { ...options, body: typeof search === "string" ? { query: search } : search });
  }

  /** A cited passage with its page's text around it. @param {number} id @param {Options} [options] @returns {Promise<Passage>} */
  passage(id, options) { return this.json("GET", `/v1/chunks/${segment(String(id))}/context`, options); }

  /** A question's answer, whole. @param {string | Question} question @param {Options} [options] @returns {Promise<Answer>} */
  ask(question, options) {
    return this.json("POST", "/v1/ask", { ...options, body: typeof question === "string" ? { question } : question });
  }

  /**
   * A question's answer as it is written: `stage`, `passages`, `token`, then `answer` and `done`.
   *
   * Leaving the loop ends the work. Throws `ProblemError` for an event `error`, `CutOffError` when the connection ends
   * before the answer.
   * @param {string | Question} question @param {Options} [options] @returns {AsyncGenerator<MillraceEvent>}
   */
  async *askStream(question, options) {
    const body = { ...(typeof question === "string" ? { question } : question), stream: true };
    let isAnswered = false;
    for await (const event of this.events("POST", "/v1/ask", { ...options, body })) {
      yield event;
      if (event.name === "done") return;
      isAnswered ||= event.name === "answer";
    }
    if (!isAnswered) throw new CutOffError("The stream ended before the answer. Try again.");
  }

  // Runs

  /** Runs a flow, and waits for what it makes. @param {RunRequest} run @param {Options} [options] */
  run(run, options) { return this.json("POST", "/v1/runs", { ...options, body: run }); }

  /**
   * Runs a flow, and tells what happens as it happens. Leaving the loop ends the run, and so does a lost connection.
   * @param {RunRequest} run @param {Options} [options] @returns {AsyncGenerator<MillraceEvent>}
   */
  async *runStream(run, options) {
    for await (const event of this.events("POST", "/v1/runs", { ...options, body: { ...run, stream: true } })) {
      yield event;
      if (lastRunEvents.has(event.name)) return;
    }
    throw new CutOffError("The stream ended before the run. Try again.");
  }

  /**
   * Stores a run, to be carried out whether anybody waits or not. Under one key there is one run.
   * @param {RunRequest & {priority?: number, webhook?: string}} run
   * @param {Options & {idempotencyKey?: string}} [options]
   */
  submit(run, { idempotencyKey = freshKey(), ...options } = {}) {
    return this.json("POST", "/v1/runs", {
      ...options, body: { ...run, async: true }, headers: { "Idempotency-Key": idempotencyKey }, isIdempotent: true,
    });
  }

  /** A stored run, as it stands. @param {string} id @param {Options} [options] */
  storedRun(id, options) { return this.json("GET", `/v1/runs/${segment(id)}`, options); }

  /**
   * The caller's stored runs, newest first; `next`, given as `after`, brings the next page.
   * @param {{flow?: string, state?: string, after?: string, limit?: number}} [which] @param {Options} [options]
   */
  storedRuns({ flow, state, after, limit } = {}, options) {
    return this.json("GET", `/v1/runs${query({ flow, state, after, limit })}`, options);
  }

  /**
   * What a stored run tells, from a position on to its last event. Taken up behind the last one that was read when the
   * connection is lost; leaving the loop does not end the run.
   * @param {string} id @param {Options & {from?: number}} [options] @returns {AsyncGenerator<MillraceEvent>}
   */
  async *runEvents(id, { from = 0, ...options } = {}) {
    let next = from;
    for (let lost = 0; ;) {
      // What fails before there are events has been tried again already.
      const exchange = await this.open("GET", `/v1/runs/${segment(id)}/events${query({ from: next })}`, options);
      try {
        for await (const event of this.read(exchange)) {
          if (event.data.position < next) continue;
          next = event.data.position + 1;
          lost = 0;
          yield event;
          if (lastRunEvents.has(event.name)) return;
        }
        throw new CutOffError("The stream ended before the run. Try again.");
      } catch (error) {
        lost += 1;
        const isLoss = error instanceof ConnectionError || error instanceof SilenceError || error instanceof CutOffError
          || error instanceof ProblemError && error.retryable;
        if (!isLoss || lost >= this.attempts) throw error;
      }
      await this.pause(lost, null, options.signal);
    }
  }

  /** Waits until a stored run has ended, however it does, and gives it. @param {string} id @param {Options} [options] */
  async waitForRun(id, options) {
    for await (const event of this.runEvents(id, options)) if (lastRunEvents.has(event.name)) break;
    return this.storedRun(id, options);
  }

  /** Ends a stored run. @param {string} id @param {Options} [options] */
  cancelRun(id, options) {
    return this.json("POST", `/v1/runs/${segment(id)}/cancel`, { ...options, isIdempotent: true });
  }

  /** Queues a failed or dead run once more. @param {string} id @param {Options} [options] */
  retryRun(id, options) { return this.json("POST", `/v1/runs/${segment(id)}/retry`, options); }

  // Conversations

  /**
   * The caller's conversations, the latest first.
   * @param {{flow?: string, limit?: number}} [which] @param {Options} [options]
   */
  async conversations({ flow, limit } = {}, options) {
    return (await this.json("GET", `/v1/conversations${query({ flow, limit })}`, options)).conversations;
  }

  /**
   * A conversation's messages, oldest first; `previous`, given as `before`, brings those before.
   * @param {string} flow @param {string} session @param {{before?: string, limit?: number}} [which]
   * @param {Options} [options]
   */
  messages(flow, session, { before, limit } = {}, options) {
    const path = `/v1/conversations/${segment(flow)}/${segment(session)}`;
    return this.json("GET", path + query({ before, limit }), options);
  }

  /**
   * Another name for a conversation; null takes it away.
   * @param {string} flow @param {string} session @param {string | null} title @param {Options} [options]
   */
  renameConversation(flow, session, title, options) {
    const path = `/v1/conversations/${segment(flow)}/${segment(session)}`;
    return this.json("PATCH", path, { ...options, body: { title } });
  }

  /** Deletes a conversation. @param {string} flow @param {string} session @param {Options} [options] */
  async deleteConversation(flow, session, options) {
    await this.send("DELETE", `/v1/conversations/${segment(flow)}/${segment(session)}`, options);
  }

  // Files of flows

  /**
   * Sends a file to a flow, in the place of one of its name.
   * @param {string} flow @param {string} name @param {Blob | BufferSource | string} content @param {Options} [options]
   */
  async upload(flow, name, content, options) {
    const form = new FormData();
    form.append("file", content instanceof Blob ? content : new Blob([content]), name);
    await this.send("POST", `/api/v1/files/upload/${segment(flow)}`, { ...options, body: form, isIdempotent: true });
  }

  /** The names of a flow's files. @param {string} flow @param {Options} [options] @returns {Promise<string[]>} */
  async files(flow, options) {
    return (await this.json("GET", `/api/v1/files/list/${segment(flow)}`, options)).files;
  }

  /** A file's bytes. @param {string} flow @param {string} name @param {Options} [options] */
  async download(flow, name, options) {
    return await this.send("GET", `/api/v1/files/download/${segment(flow)}/${segment(name)}`, options);
  }

  /** Deletes a file. @param {string} flow @param {string} name @param {Options} [options] */
  async deleteFile(flow, name, options) {
    await this.send("DELETE", `/api/v1/files/delete/${segment(flow)}/${segment(name)}`, options);
  }

  // Ingest

  /**
   * Sends a space export or a document for ingest, in pieces, and goes on where the server's bytes end when a connection
   * is lost. For callers with the scope `admin`. Unless it fails of a {@link ProblemError}, the upload can be gone on with.
   * @param {Blob} file must not change while it is sent
   * @param {Options & {
   *   name?: string, readers?: string[], isDryRun?: boolean, resuming?: UnfinishedUpload, pieceBytes?: number,
   *   onProgress?: (progress: {upload: UnfinishedUpload, sentByteCount: number}) => void,
   * }} [options] `name` has the ending that says what the file is, and is its own unless given; `readers` may read a
   *   document, such as `group:staff`; `resuming` goes on with an upload of the same file; `onProgress` is told when the
   *   upload has begun, and after each piece
   * @returns {Promise<{id: string, state: string}>} the ingest job that reads the file
   */
  async ingest(file, {
    name = /** @type {any} */ (file).name, readers = [], isDryRun = false, resuming, pieceBytes = 8 * 1024 * 1024,
    onProgress = () => {}, ...options
  } = {}) {
    if (resuming && resuming.byteCount !== file.size) {
      throw new MillraceError(`The file has ${file.size} bytes, and had ${resuming.byteCount} when its upload began.`);
    }
    const upload = resuming ?? await this.beginUpload(file.size, { name, readers, isDryRun }, options);
    let { offset, isComplete } = resuming ? await this.uploadState(upload, options) : { offset: 0, isComplete: false };
    for (let attempt = 1; !isComplete;) {
      onProgress({ upload, sentByteCount: offset });
      try {
        const end = Math.min(offset + pieceBytes, file.size);
        const answer = await this.sendPiece(file.slice(offset, end), offset, end === file.size, upload, options);
        if (end === file.size) {
          onProgress({ upload, sentByteCount: end });
          return answer;
        }
        offset = end;
        attempt = 1;
      } catch (error) {
        if (!leavesUploadOpen(error) || attempt >= this.attempts) throw error;
        await this.pause(attempt, error instanceof ProblemError ? error.retryAfter : null, options.signal);
        const state = await this.uploadState(upload, options);
        attempt = state.offset > offset ? 1 : attempt + 1;
        ({ offset, isComplete } = state);
      }
    }
    return this.uploadOutcome(upload, options);
  }

  /** An ingest job, as it stands. @param {string} id @param {Options} [options] */
  ingestJob(id, options) { return this.json("GET", `/v1/ingest/jobs/${segment(id)}`, options); }

  /** Gives an upload up; the server forgets what has come. @param {UnfinishedUpload} upload @param {Options} [options] */
  async cancelUpload(upload, options) { await this.send("DELETE", `/v1/uploads/${segment(upload.id)}`, options); }

  /**
   * Begins an upload without any bytes, so that its address is known before one can be lost.
   * @private @param {number} byteCount @param {{name?: string, readers: string[], isDryRun: boolean}} what
   * @param {Options} options @returns {Promise<UnfinishedUpload>}
   */
  async beginUpload(byteCount, { name, readers, isDryRun }, options) {
    if (!name) throw new MillraceError("The file has no name; give one whose ending says what it is.");
    const path = `/v1/ingest/uploads${query({
      name, readers: readers.length ? readers.join(",") : undefined, dry_run: isDryRun ? true : undefined,
    })}`;
    const headers = await this.headersOf("POST", path, {
      ...options, body: new Blob([]), isIdempotent: true, headers: {
        "Content-Type": "application/octet-stream", "Upload-Complete": "?0", "Upload-Length": String(byteCount),
      },
    });
    const id = headers.get("Location")?.split("/").pop();
    if (!id) throw new FormatError("The answer to a new upload names no place for it. Look at proxies.", 201);
    return { id, byteCount };
  }

  /** @private @param {UnfinishedUpload} upload @param {Options} options */
  async uploadState(upload, options) {
    const headers = await this.headersOf("HEAD", `/v1/uploads/${segment(upload.id)}`, options);
    const offset = Number(headers.get("Upload-Offset") ?? NaN);
    if (!Number.isInteger(offset) || offset < 0 || offset > upload.byteCount) {
      throw new FormatError("The answer does not say how far the upload is. Look at proxies.", 200);
    }
    return { offset, isComplete: headers.get("Upload-Complete") === "?1" };
  }

  /** @private @param {Blob} piece @param {number} offset @param {boolean} isLast @param {UnfinishedUpload} upload @param {Options} options */
  async sendPiece(piece, offset, isLast, upload, options) {
    const bytes = await this.send("PATCH", `/v1/uploads/${segment(upload.id)}`, {
      // Sent again from wherever the server is by then.
      ...options, body: piece, isIdempotent: false, headers: {
        "Content-Type": "application/partial-upload", "Upload-Offset": String(offset),
        "Upload-Complete": isLast ? "?1" : "?0",
      },
    });
    return isLast ? JSON.parse(new TextDecoder().decode(bytes)) : null;
  }

  /** What became of an upload whose last answer did not arrive. @private @param {UnfinishedUpload} upload @param {Options} options */
  async uploadOutcome(upload, options) {
    const { status, result } = await this.json("GET", `/v1/uploads/${segment(upload.id)}`, options);
    if (status >= 400) throw new ProblemError(result ?? {}, status);
    return result;
  }

  // Requests

  /** @private @param {string} method @param {string} path @param {any} options @returns {Promise<Headers>} */
  headersOf(method, path, options) {
    return this.perform(method, path, options, this.responseTimeout, async (exchange) => {
      await this.whole(exchange);
      return exchange.response.headers;
    });
  }

  /**
   * @private @param {string} method @param {string} path
   * @param {Options & {body?: any, headers?: Record<string, string>, isIdempotent?: boolean}} [options]
   * @returns {Promise<any>}
   */
  async json(method, path, options) {
    const bytes = await this.send(method, path, options);
    try {
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw new FormatError(`The answer to ${method} ${path} is no JSON. Look at proxies before the server.`, 200);
    }
  }

  /** @private @param {string} method @param {string} path @param {any} [options] @returns {Promise<ArrayBuffer>} */
  send(method, path, options) {
    return this.perform(method, path, options, this.responseTimeout, (exchange) => this.whole(exchange));
  }

  /** The whole body of a response. @private @param {Exchange} exchange @returns {Promise<ArrayBuffer>} */
  async whole(exchange) {
    const pieces = [];
    let size = 0;
    for await (const piece of exchange.pieces()) {
      size += piece.byteLength;
      if (size > this.responseLimit) {
        throw new MillraceError(`The response is larger than the limit of ${this.responseLimit} bytes.`);
      }
      pieces.push(piece);
    }
    return new Blob(pieces).arrayBuffer();
  }

  /** @private @param {string} method @param {string} path @param {any} [options] @returns {AsyncGenerator<MillraceEvent>} */
  async *events(method, path, options) { yield* this.read(await this.open(method, path, options)); }

  /** @private @param {string} method @param {string} path @param {any} [options] @returns {Promise<Exchange>} */
  open(method, path, options) {
    return this.perform(
      method, path, { ...options, accept: "text/event-stream" }, this.silenceTimeout, async (exchange) => exchange);
  }

  /** The events of a response. What is lost once they have begun is the caller's to take up. @private @param {Exchange} exchange */
  async *read(exchange) {
    const decoder = new TextDecoder();
    const parser = new EventParser();
    for await (const piece of exchange.pieces()) {
      for (const event of parser.push(decoder.decode(piece, { stream: true }))) {
        const data = this.eventData(event);
        if (event.name === "error") throw new ProblemError(data, data.status ?? 0);
        yield { name: event.name, data };
      }
    }
  }

  /** @private @param {{name: string, data: string}} event */
  eventData(event) {
    try {
      return JSON.parse(event.data);
    } catch {
      throw new FormatError(`The data of the event “${event.name}” is no JSON.`, 200);
    }
  }

  /**
   * Sends a request, again where that may help, until `use` has what it wants of the response.
   * @private @template T @param {string} method @param {string} path @param {any} options @param {number} timeout
   * @param {(exchange: Exchange) => Promise<T>} use @returns {Promise<T>}
   */
  async perform(method, path, options = {}, timeout, use) {
    const isIdempotent = options.isIdempotent ?? method !== "POST";
    let hasFreshToken = false;
    let isUncertain = false;
    for (let attempt = 1; ; attempt += 1) {
      const token = this.token && await this.bearer();
      const exchange = new Exchange(timeout, options.signal);
      try {
        await this.begin(exchange, method, path, options, token);
        return await use(exchange);
      } catch (error) {
        exchange.abort();
        const status = error instanceof ProblemError || error instanceof FormatError ? error.status : 0;
        if (status === 401 && token && !hasFreshToken) {
          hasFreshToken = true;
          // Others may have fetched another one meanwhile.
          if (await this.currentToken === token) this.currentToken = null;
          attempt -= 1;
          continue;
        }
        // What is gone after an attempt whose end is not known was deleted by that attempt.
        if (status === 404 && method === "DELETE" && isUncertain) return /** @type {any} */ (new ArrayBuffer(0));
        const retryAfter = error instanceof ProblemError ? error.retryAfter : null;
        const isLost = error instanceof ConnectionError || error instanceof SilenceError;
        const isWorthwhile = status === 429 || status === 503 && retryAfter !== null
          || error instanceof ConnectionError && error.failedBeforeSending
          || isIdempotent && (isLost || status >= 502 && status <= 504);
        if (!isWorthwhile || attempt >= this.attempts || (retryAfter ?? 0) > this.longestRetryAfter) throw error;
        isUncertain ||= isLost || status === 502 || status === 504;
        await this.pause(attempt, retryAfter, options.signal);
      }
    }
  }

  /** @private @param {Exchange} exchange @param {string} method @param {string} path @param {any} options @param {string} [token] */
  async begin(exchange, method, path, options, token) {
    const { body, headers: more, accept } = options;
    const headers = new Headers({ Accept: accept ?? "application/json", ...more });
    const isJSON = body !== undefined && !(body instanceof FormData) && !(body instanceof Blob);
    if (isJSON) headers.set("Content-Type", "application/json");
    if (this.apiKey) headers.set("X-API-Key", this.apiKey);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    const response = await exchange.waiting(this.fetch(this.baseURL + path, {
      method, headers, signal: exchange.signal, cache: "no-store",
      // The key of this server is not for any other.
      redirect: "error",
      body: isJSON ? JSON.stringify(body) : body,
    }));
    exchange.response = response;
    if (response.ok) return;
    let problem;
    try {
      problem = JSON.parse(new TextDecoder().decode(await this.whole(exchange)));
    } catch (error) {
      if (options.signal?.aborted) throw error;
      // Otherwise it is none of Millrace's.
    }
    if (typeof problem?.type !== "string") {
      throw new FormatError(
        `The answer, of status ${response.status}, is none of Millrace's. Look at the address and at proxies.`,
        response.status);
    }
    const wait = response.headers.get("Retry-After");
    throw new ProblemError(problem, response.status, wait !== null && /^\d+$/.test(wait) ? Number(wait) : null);
  }

  /** The token to send; fetched once for all who need it at the same time. @private @returns {Promise<string>} */
  bearer() {
    if (!this.currentToken) {
      const fetched = Promise.resolve().then(/** @type {() => any} */ (this.token));
      this.currentToken = fetched;
      fetched.catch(() => { if (this.currentToken === fetched) this.currentToken = null; });
    }
    return this.currentToken;
  }

  /** @private @param {number} attempt @param {number | null} retryAfter @param {AbortSignal} [signal] */
  pause(attempt, retryAfter, signal) {
    const milliseconds = retryAfter === null
      ? Math.min(20_000, this.firstDelay * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
      : retryAfter * 1000 * (1 + Math.random() / 10);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => { clearTimeout(timer); reject(signal?.reason); };
      const timer = setTimeout(() => { signal?.removeEventListener("abort", abort); resolve(undefined); }, milliseconds);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}

/** One request: its own end, its caller's, and how long it may be silent. */
class Exchange {
  /** @param {number} timeout @param {AbortSignal} [outer] */
  constructor(timeout, outer) {
    this.timeout = timeout;
    this.outer = outer;
    this.controller = new AbortController();
    this.signal = this.controller.signal;
    /** @type {Response} */
    this.response = /** @type {any} */ (null);
    this.abort = () => {
      outer?.removeEventListener("abort", this.abort);
      this.controller.abort(outer?.reason);
    };
    if (outer?.aborted) this.abort();
    else outer?.addEventListener("abort", this.abort);
  }

  /** The body as it arrives; whoever stops taking ends the request. */
  async *pieces() {
    const reader = this.response.body?.getReader();
    try {
      for (;;) {
        const { value, done } = reader ? await this.waiting(reader.read()) : { done: true };
        if (done || !value) return;
        yield value;
      }
    } finally {
      this.abort();
    }
  }

  /** `work`, unless it is silent for too long. @template T @param {Promise<T>} work @returns {Promise<T>} */
  async waiting(work) {
    let isSilent = false;
    const timer = setTimeout(() => { isSilent = true; this.abort(); }, this.timeout);
    try {
      return await work;
    } catch (error) {
      if (this.outer?.aborted) throw this.outer.reason;
      if (isSilent) throw new SilenceError(`Nothing came from the server for ${this.timeout / 1000} s.`);
      throw new ConnectionError("The server was not reached, or the connection was lost.", { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
