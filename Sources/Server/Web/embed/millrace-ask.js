/**
 * <millrace-ask>: asks a Millrace from a page of another site. One file; `millrace-formulas.js` beside it is loaded with
 * the first answer that may have a formula.
 *
 *     <script type="module" src="https://millrace.example/embed/millrace-ask.js"></script>
 *     <millrace-ask token-from="/millrace-token"></millrace-ask>
 *
 * Attributes: `server` (where Millrace is; without it, where this file comes from), `token-from` (an address of the host
 * page's own site that answers with the reader's token, as text or as `{"token"}`), `spaces` (keys with commas between
 * them), `heading`, `placeholder`, `theme` (`light`, `dark`; without it, as the host page).
 *
 * Properties: `getToken` (async function that gives the token; `{ renew: true }` when the last one was refused), `words`
 * (texts to put in another language's place), `answers` (what was answered). Methods: `ask(question)`, `stop()`, `clear()`, `focus()`.
 * Events, which bubble: `millrace-asked`, `millrace-answered`, `millrace-problem`, with `detail`.
 */
import { plainText } from "../shell/plain-text.js";

const homeAddress = new URL("../", import.meta.url).href;
/** How long nothing may be heard of an answer; the server gives a sign of life every 15 s. */
const longestSilence = 45_000;
const keptTurns = 10;
const [citeMark, plainMark, plainEnd] = [0xe000, "\ue800", "\ue801"];

const embedWords = {
  heading: "Ask", label: "Question", placeholder: "Ask a question", ask: "Ask", stop: "Stop", clear: "Start over", retry: "Retry",
  searching: "Searching …", writing: "Writing …", stopped: "Stopped.", answered: "Answered.", sources: "Sources", related: "Possibly related",
  unknown: "I don’t know.", unknownWhy: "Nothing that you may read states the answer.",
  unsupported: "What is underlined with dashes is not borne out by the sources.",
  source: (n, title) => `Source ${n}: ${title}`, updated: (date) => `updated ${date}`,
  helpful: "Helpful", unhelpful: "Not helpful", why: "What is the matter with it?", send: "Send", thanks: "Thank you.", notSent: "This could not be sent. Try again.",
  reasons: { wrong: "It is wrong", incomplete: "Something is missing", outdated: "It is out of date", not_allowed: "I should not see this", other: "Something else" },
  signIn: "You are not signed in here. Sign in to this site again, then retry.", notAllowed: "You may not ask here.",
  unreached: "The answers cannot be reached. Look whether you are connected, then retry.",
  lost: "The connection was lost. What came so far is kept.", busy: (s) => `Too many questions at once. Try again in ${s} seconds.`,
  failed: "Something went wrong. Try again.", tooLong: "The question is too long. Shorten it.",
};

const embedLooks = `
:host { display: block; container-type: inline-size; font: var(--millrace-font, 1rem/1.55 system-ui, sans-serif);
  --text: var(--millrace-text, light-dark(#16201f, #e6edeb)); --muted: var(--millrace-muted, light-dark(#53605e, #a3b1ae));
  --ground: var(--millrace-background, light-dark(#fff, #161e1d)); --sunk: var(--millrace-sunk, light-dark(#f1f4f4, #1c2624));
  --line: var(--millrace-line, light-dark(#dde4e3, #2a3634)); --edge: var(--millrace-edge, light-dark(#84918f, #74837f));
  --accent: var(--millrace-accent, light-dark(#0a6a6a, #63cdc4)); --on-accent: var(--millrace-on-accent, light-dark(#fff, #06211f));
  --mark: var(--millrace-mark, light-dark(#fdeeb4, #5a480e)); --radius: var(--millrace-radius, 8px);
  color: var(--text); background: var(--ground); }
:host([hidden]), [hidden] { display: none !important; }
:host([theme="light"]) { color-scheme: light; } :host([theme="dark"]) { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
.frame { display: grid; gap: 16px; padding: var(--millrace-space, 16px); overflow-wrap: anywhere; }
h2, h3, h4, p, ol, ul, fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
h2 { font-size: 1.125em; font-weight: 650; line-height: 1.3; }
h4, legend { font-size: .8125em; font-weight: 600; color: var(--muted); padding: 0; }
button, textarea { font: inherit; color: inherit; }
button { min-height: 36px; padding: 4px 12px; border: 1px solid var(--edge); border-radius: var(--radius); background: var(--ground); color: var(--accent); cursor: pointer; }
button:hover { background: var(--sunk); } .main { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 600; }
.main:hover { background: color-mix(in srgb, var(--accent) 88%, var(--text)); }
button[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
.plain { border-color: transparent; background: none; padding-inline: 8px; }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h3:focus { outline: 0; }
form.box { display: flex; gap: 8px; align-items: end; padding: 8px; border: 1px solid var(--edge); border-radius: var(--radius); }
form.box:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
textarea { flex: 1; min-width: 0; min-height: 36px; max-height: 10em; padding: 5px 4px; border: 0; background: none; resize: none; field-sizing: content; line-height: 1.5; }
textarea:focus { outline: 0; } ::placeholder { color: var(--muted); opacity: 1; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; } .grow { flex: 1; }
.thread { display: grid; gap: 24px; } .thread:empty, .after > :empty { display: none; }
article { display: grid; gap: 12px; min-width: 0; } article > :empty { display: none; } article + article { padding-top: 24px; border-top: 1px solid var(--line); }
article h3 { font-size: 1.0625em; font-weight: 650; unicode-bidi: isolate; white-space: pre-wrap; }
.status, .note, .facts { color: var(--muted); font-size: .875em; }
.answer { display: grid; gap: 8px; max-width: 68ch; } .answer > * { min-width: 0; } .quote { max-width: 76ch; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9375em; } :is(th, td) { padding: 4px 12px 4px 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); } .answer :is(ol, ul) { padding-inline-start: 1.4em; }
pre { margin: 0; padding: 12px; overflow: auto; background: var(--sunk); border: 1px solid var(--line); border-radius: var(--radius); overflow-wrap: normal; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; } :not(pre) > code { padding: 1px 4px; background: var(--sunk); border-radius: 4px; }
.cite { display: inline-block; min-width: 24px; min-height: 24px; padding: 0 5px; margin: 0 1px; border-radius: 5px; background: var(--sunk); color: var(--accent);
  font-size: .75em; font-weight: 650; line-height: 24px; text-align: center; text-decoration: none; vertical-align: 1px; }
.cite:hover { background: var(--accent); color: var(--on-accent); }
.unsupported { text-decoration: underline dashed 1px var(--edge); text-underline-offset: 4px; }
.sources { display: grid; list-style: none; } .after, .after > div { display: grid; gap: 12px; }
.sources li { display: flex; gap: 8px; padding: 8px 0; border-top: 1px solid var(--line); scroll-margin: 16px; } .sources li > div { min-width: 0; }
.sources li:focus { outline: 2px solid var(--accent); outline-offset: -2px; }
.number { flex: none; min-width: 1.5em; color: var(--muted); font-weight: 650; font-variant-numeric: tabular-nums; }
.title { font-weight: 600; unicode-bidi: isolate; display: inline-block; min-height: 24px; } .quote { font-size: .9375em; unicode-bidi: isolate; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
.lead { font-size: 1.25em; font-weight: 650; }
.problem { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; padding: 8px 12px; border: 1px solid var(--edge); border-inline-start-width: 4px; border-radius: var(--radius); }
.problem p { flex: 1 1 12em; }
fieldset label { display: inline-flex; gap: 6px; align-items: center; min-height: 28px; margin-inline-end: 12px; font-size: .9375em; } input { accent-color: var(--accent); }
math[display="block"] { overflow-x: auto; overflow-y: hidden; padding: 4px 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/** A new element; text arrives only as text. */
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if ((value ?? false) === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : ["title", "aria-label"].includes(name) ? plainText(value) : value);
  }
  node.append(...children.flat(Infinity).filter((child) => (child ?? false) !== false)
    .map((child) => (typeof child === "string" ? plainText(child) : child)));
  return node;
}

/** What went wrong: `status` 0 when nothing answered; `kind` is the last word of the problem's type. */
class AskProblem extends Error {
  constructor(status, told = {}, retryAfter = null) {
    super(told.detail || told.title || "");
    Object.assign(this, { status, retryAfter, kind: String(told.type ?? "").split(":").at(-1) });
  }
}

/** The page's address at its heading, if it is one of the web. */
function webAddress({ url, anchor }) {
  let address;
  try { address = new URL(url); } catch { return null; }
  if (!["http:", "https:"].includes(address.protocol)) return null;
  if (anchor && !address.hash) address.hash = anchor;
  return address.href;
}

/** Events of a stream as `[name, data]`. `heard()` whenever anything came, signs of life too. */
async function* streamEvents(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const lines = (name) => block.split("\n").filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
        if (lines("data").length) yield [lines("event")[0] ?? "message", JSON.parse(lines("data").join("\n"))];
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

let formulas = null;
let formulasLoading = null;

/** Calls `again` once formulas can be drawn, when `text` may have some and they cannot yet. Without the file their source
 * stays to be read. */
function whenFormulas(text, again) {
  if (formulas || !/[\\$]/.test(text)) return;
  formulasLoading ??= import("./millrace-formulas.js").then((loaded) => { formulas = loaded.formulas; }, () => { formulasLoading = null; });
  formulasLoading.then(() => { if (formulas) again(); });
}

/** `text` with its formulas drawn, as far as that can be done by now. */
function withFormulas(text) {
  if (!formulas || !/[\\$]/.test(text)) return [text];
  const nodes = [];
  let at = 0;
  for (const { start, end, source, isDisplay } of formulas.formulasIn(text)) {
    nodes.push(text.slice(at, start), formulas.formulaNode(source, isDisplay));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

/** An answer's text as nodes: paragraphs, lists, tables, code, bold. `cite(n)`: what stands for a citation's number. */
function answerNodes(text, markers, unsupported, cite) {
  // Characters for private use stand where numbers and sentences begin; the text's own are none of ours.
  let plain = text.replace(/[\ue000-\uefff]/g, "\ufffd");
  const edits = markers.map(({ citation, range: [from, to] }) => [from, to, String.fromCharCode(citeMark + Math.min(citation, 2000))]);
  for (const sentence of unsupported) {
    const from = plain.indexOf(sentence);
    if (from >= 0) edits.push([from, from, plainMark], [from + sentence.length, from + sentence.length, plainEnd]);
  }
  for (const [from, to, mark] of edits.sort((a, b) => b[0] - a[0])) plain = plain.slice(0, from) + mark + plain.slice(to);
  const inline = (piece) => inlineNodes(piece, cite);
  const nodes = [];
  let lines = plain.split("\n");
  while (lines.length) {
    const [line] = lines;
    const take = (test) => {
      const end = lines.findIndex((one) => !test(one));
      const taken = end < 0 ? lines : lines.slice(0, end);
      lines = end < 0 ? [] : lines.slice(end);
      return taken;
    };
    if (/^\s*```/.test(line)) {
      lines = lines.slice(1);
      const code = take((one) => !/^\s*```/.test(one));
      lines = lines.slice(1);
      nodes.push(make("pre", { tabindex: "0" }, make("code", {}, code.join("\n").replace(/[\ue000-\uefff]/g, ""))));
    } else if (/^\s*([-*•]|\d+[.)]) /.test(line)) {
      const isNumbered = /^\s*\d/.test(line);
      const items = take((one) => /^\s*([-*•]|\d+[.)]) /.test(one) && /^\s*\d/.test(one) === isNumbered);
      nodes.push(make(isNumbered ? "ol" : "ul", isNumbered ? { start: parseInt(line, 10) || 1 } : {},
        items.map((one) => make("li", { dir: "auto" }, inline(one.replace(/^\s*([-*•]|\d+[.)]) /, ""))))));
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      const rows = take((one) => /^\s*\|.*\|\s*$/.test(one)).filter((one) => !/^[\s|:-]+$/.test(one))
        .map((one) => one.trim().slice(1, -1).split("|").map((cell) => inline(cell.trim())));
      const row = (cells, tag) => make("tr", {}, cells.map((cell) => make(tag, { dir: "auto" }, cell)));
      nodes.push(make("div", { class: "table", tabindex: "0" }, make("table", {}, make("thead", {}, row(rows[0] ?? [], "th")),
        make("tbody", {}, rows.slice(1).map((cells) => row(cells, "td"))))));
    } else if (!line.trim()) lines = lines.slice(1);
    else {
      const heading = line.match(/^#{1,6} (.*)$/);
      if (heading) lines = lines.slice(1);
      const paragraph = heading ? [heading[1]] : [lines.shift(), ...take((one) => one.trim() && !/^\s*(```|\||([-*•]|\d+[.)]) |#{1,6} )/.test(one))];
      nodes.push(make("p", { dir: "auto" }, heading ? make("strong", {}, inline(heading[1])) : inline(paragraph.join("\n"))));
    }
  }
  return nodes;
}

function inlineNodes(text, cite) {
  const nodes = [];
  let at = 0;
  const clean = (piece) => withFormulas(piece.replace(/[\ue800\ue801]/g, ""));
  for (const match of text.matchAll(/\*\*(.+?)\*\*|`([^`\n]+)`|\ue800([^\ue801]*)\ue801|([\ue000-\ue7ff])/gs)) {
    const [whole, bold, code, sentence, mark] = match;
    nodes.push(...clean(text.slice(at, match.index)));
    if (bold !== undefined) nodes.push(make("strong", {}, inlineNodes(bold, cite)));
    else if (code !== undefined) nodes.push(make("code", {}, code.replace(/[\ue000-\uefff]/g, "")));
    else if (sentence !== undefined) nodes.push(make("span", { class: "unsupported", part: "unsupported" }, inlineNodes(sentence, cite)));
    else nodes.push(cite(mark.charCodeAt(0) - citeMark));
    at = match.index + whole.length;
  }
  nodes.push(...clean(text.slice(at)));
  return nodes;
}

class MillraceAsk extends HTMLElement {
  static observedAttributes = ["heading", "placeholder"];
  /** Gives the reader's token; see above. */
  getToken = null;
  answers = [];
  #words = embedWords;
  #abort = null;
  #token = null;
  #input = make("textarea", { part: "input", rows: "1", dir: "auto", maxlength: "2000", enterkeyhint: "send" });
  #button = make("button", { type: "submit", class: "main", part: "button send" });
  #thread = make("div", { class: "thread", part: "thread" });
  #live = make("p", { class: "unseen", role: "status" });
  #title = make("h2", { part: "heading" });
  #again = make("button", { type: "button", class: "plain", part: "button clear", hidden: true, onclick: () => this.clear() });

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(embedLooks);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const form = make("form", { class: "box", part: "form", onsubmit: (event) => {
      event.preventDefault();
      if (this.#abort) this.stop();
      else this.ask(this.#input.value);
    } }, this.#input, this.#button);
    root.append(make("div", { class: "frame", part: "frame" },
      make("div", { class: "row" }, this.#title, make("span", { class: "grow" }), this.#again), this.#thread, form, this.#live));
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !this.#abort) {
        event.preventDefault();
        this.ask(this.#input.value);
      }
    });
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.#abort) this.stop(); });
    this.#showWords();
  }

  get words() { return this.#words; }

  set words(words) {
    this.#words = { ...embedWords, ...words };
    this.#showWords();
  }

  attributeChangedCallback() { this.#showWords(); }
  disconnectedCallback() { this.stop(); }

  /** Asks, and shows what comes. Never throws; what came of it is told by events. */
  async ask(question) {
    const asked = String(question ?? "").trim();
    if (!asked || this.#abort) return;
    const abort = this.#abort = new AbortController();
    const turn = this.#newTurn(asked);
    this.#tell("millrace-asked", { question: asked });
    this.#input.value = "";
    this.#showWords();
    try {
      await this.#follow(turn, abort);
      this.answers.push(turn.answer);
      this.#finish(turn);
    } catch (error) {
      // What is whole stays whole, whatever happens to the connection after it.
      if (turn.answer) this.#finish(turn);
      else this.#fail(turn, error, abort);
    }
    if (this.#abort === abort) this.#abort = null;
    this.#showWords();
  }

  focus(options) { this.#input.focus(options); }

  /** Ends the question that is being answered; what came stays. */
  stop() { this.#abort?.abort("stopped"); }

  /** Forgets what was asked and answered. */
  clear() {
    this.stop();
    this.answers = [];
    this.#thread.replaceChildren();
    this.#input.value = "";
    this.#showWords();
    this.#input.focus();
  }

  #showWords() {
    const words = this.#words;
    this.#title.textContent = this.getAttribute("heading") ?? words.heading;
    this.#title.hidden = !this.#title.textContent;
    this.#input.placeholder = this.getAttribute("placeholder") ?? words.placeholder;
    this.#input.setAttribute("aria-label", words.label);
    this.#button.textContent = this.#abort ? words.stop : words.ask;
    this.#again.textContent = words.clear;
    this.#again.hidden = !this.#thread.childElementCount;
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true })); }

  // The host's word for who asks; asked for once, and once more when the server refuses it.
  async #bearer(renew) {
    if (!renew && this.#token) return this.#token;
    let token = null;
    if (this.getToken) token = await this.getToken({ renew });
    else if (this.hasAttribute("token-from")) {
      const response = await fetch(this.getAttribute("token-from"), { credentials: "same-origin", cache: "no-store" });
      if (!response.ok) throw new AskProblem(401);
      const text = (await response.text()).trim();
      token = text.startsWith("{") ? JSON.parse(text).token : text;
    }
    this.#token = token || null;
    return this.#token;
  }

  async #request(path, body, signal, renew = false) {
    let token;
    try { token = await this.#bearer(renew); } catch (error) {
      if (signal?.aborted) throw error;
      throw new AskProblem(401);
    }
    let response;
    try {
      response = await fetch(new URL(path, new URL(this.getAttribute("server") || homeAddress, document.baseURI).href.replace(/\/?$/, "/")), {
        method: "POST", body: JSON.stringify(body), signal, credentials: "omit", redirect: "error",
        headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
      });
    } catch (error) {
      throw signal?.aborted ? error : new AskProblem(0);
    }
    if (response.ok) return response;
    if (response.status === 401 && !renew && (this.getToken || this.hasAttribute("token-from"))) return this.#request(path, body, signal, true);
    this.#token = null;
    throw new AskProblem(response.status, await response.json().catch(() => ({})), Number(response.headers.get("Retry-After")) || null);
  }

  #newTurn(question) {
    const turn = { question, text: "", markers: [], passages: [], cited: new Map(), answer: null };
    turn.status = make("p", { class: "status", part: "status" }, this.#words.searching);
    turn.body = make("div", { class: "answer", part: "answer", "aria-busy": "true" });
    turn.after = make("div", { class: "after" });
    turn.node = make("article", { part: "turn" }, make("h3", { part: "question", dir: "auto", tabindex: "-1" }, question), turn.status, turn.body, turn.after);
    this.#thread.append(turn.node);
    turn.node.scrollIntoView({ block: "nearest" });
    this.#live.textContent = this.#words.searching;
    return turn;
  }

  async #follow(turn, abort) {
    const conversation = this.answers.slice(-keptTurns).filter(({ abstained }) => !abstained).map(({ question, answer }) => ({ question, answer }));
    const spaces = (this.getAttribute("spaces") ?? "").split(",").map((key) => key.trim()).filter(Boolean);
    const response = await this.#request("v1/ask", { question: turn.question, stream: true,
      ...(conversation.length && { conversation }), ...(spaces.length && { filters: { spaces } }) }, abort.signal);
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort("silence"), longestSilence);
    };
    heard();
    try {
      for await (const [name, data] of streamEvents(response.body, heard)) {
        if (name === "passages") turn.passages = data.passages;
        if (name === "token") this.#grow(turn, data);
        if (name === "answer") turn.answer = data;
        if (name === "error") throw new AskProblem(data.status, data, data.retry_after ?? null);
        if (name === "done") break;
      }
    } catch (error) {
      throw error instanceof AskProblem || abort.signal.reason === "stopped" ? error : new AskProblem(0);
    } finally {
      clearTimeout(timer);
      cancelAnimationFrame(turn.frame);
    }
    if (!turn.answer) throw new AskProblem(0);
  }

  // The first words at once; what follows once a frame.
  #grow(turn, { text, citation, passage }) {
    if (citation) {
      const found = turn.passages.find(({ marker }) => marker === passage);
      if (found) turn.cited.set(citation, { ...found, marker: citation });
      turn.markers.push({ citation, range: [turn.text.length, turn.text.length + text.length] });
    }
    if (!turn.text) turn.status.textContent = this.#words.writing;
    turn.text += text;
    cancelAnimationFrame(turn.frame);
    turn.frame = requestAnimationFrame(() => this.#showText(turn, turn.text, turn.markers, [], turn.cited));
  }

  #showText(turn, text, markers, unsupported, cited) {
    const shown = turn.shown = {};
    // Only what is still shown by then: more of the text may have come, or less may be left of it.
    whenFormulas(text, () => { if (turn.shown === shown) this.#showText(turn, text, markers, unsupported, cited); });
    turn.body.replaceChildren(...answerNodes(text, markers, unsupported, (n) => this.#citation(n, cited.get(n), turn)));
  }

  // A link to the page; one whose address is not known leads to its entry below.
  #citation(n, source, turn) {
    if (!source) return "";
    const href = webAddress(source);
    const label = this.#words.source(n, source.title);
    if (href) return make("a", { class: "cite", part: "citation", href, target: "_blank", rel: "noopener noreferrer", "aria-label": label, title: source.title }, String(n));
    return make("a", { class: "cite", part: "citation", href: "#", "aria-label": label, title: source.title, onclick: (event) => {
      event.preventDefault();
      turn.after.querySelector(`[data-source="${n}"]`)?.focus();
    } }, String(n));
  }

  #finish(turn) {
    const { answer, after } = turn;
    const words = this.#words;
    turn.body.removeAttribute("aria-busy");
    turn.status.textContent = "";
    if (answer.abstained) {
      turn.body.replaceChildren();
      after.replaceChildren(make("div", { part: "nothing" }, make("p", { class: "lead" }, words.unknown), make("p", {}, words.unknownWhy)),
        this.#sources(words.related, (answer.related ?? []).slice(0, 3)), this.#feedback(answer));
      this.#live.textContent = `${words.unknown} ${words.unknownWhy}`;
    } else {
      const unsupported = answer.sentences.filter((sentence) => !sentence.supported).map((sentence) => sentence.text);
      this.#showText(turn, answer.answer, answer.markers, unsupported, new Map(answer.citations.map((one) => [one.marker, one])));
      after.replaceChildren(unsupported.length ? make("p", { class: "note" }, words.unsupported) : "",
        this.#sources(words.sources, answer.citations), this.#feedback(answer));
      this.#live.textContent = plainText(`${words.answered} ${answer.answer}`);
    }
    this.#tell("millrace-answered", { answer });
  }

  #sources(heading, sources) {
    if (!sources.length) return "";
    return make("div", { part: "sources" }, make("h4", {}, heading), make("ol", { class: "sources" }, sources.map((source) => {
      const href = webAddress(source);
      const date = source.updated_at && new Date(source.updated_at).toLocaleDateString(this.#language(), { dateStyle: "medium" });
      return make("li", { part: "source", tabindex: "-1", "data-source": source.marker },
        source.marker && make("span", { class: "number" }, String(source.marker)),
        make("div", {}, href ? make("a", { class: "title", part: "source-link", dir: "auto", href, target: "_blank", rel: "noopener noreferrer" }, source.title)
          : make("span", { class: "title", dir: "auto" }, source.title),
        make("p", { class: "facts", dir: "auto" }, [source.space_name, date && this.#words.updated(date)].filter(Boolean).join(" · ")),
        this.#quoteNode(source)));
    })));
  }

  #language() { return this.closest("[lang]")?.getAttribute("lang") || undefined; }

  #quoteNode(source) {
    const node = make("p", { class: "quote", part: "quote", dir: "auto" }, this.#quote(source));
    whenFormulas(source.text ?? "", () => node.replaceChildren(...make("p", {}, this.#quote(source)).childNodes));
    return node;
  }

  // The words that bear it out, marked, with a little before them.
  #quote({ text = "", quote_ranges: ranges = [] }) {
    const [from, to] = ranges?.[0] ?? [0, 0];
    const start = from > 60 ? text.indexOf(" ", from - 60) + 1 : 0;
    const end = Math.max(to, start) + 240;
    return [start ? "… " : "", withFormulas(text.slice(start, from)), to > from && make("mark", {}, withFormulas(text.slice(from, to))),
      withFormulas(text.slice(Math.max(to, start), end)), end < text.length && " …"];
  }

  #feedback(answer) {
    const words = this.#words;
    const told = make("span", { class: "note", role: "status" });
    const form = make("form", { hidden: true }, make("fieldset", {}, make("legend", {}, words.why),
      Object.entries(words.reasons).map(([value, text]) => make("label", {}, make("input", { type: "radio", name: "reason", value }), text))),
    make("button", { part: "button" }, words.send));
    const send = async (rating, reason) => {
      try {
        await this.#request("v1/feedback", { answer_id: answer.id, question: answer.question, rating, ...(reason && { reason }) });
        told.textContent = words.thanks;
        return true;
      } catch {
        told.textContent = words.notSent;
        return false;
      }
    };
    const buttons = ["up", "down"].map((rating) => make("button", { type: "button", class: "plain", part: "button feedback", "aria-pressed": "false", onclick: async (event) => {
      const pressed = event.currentTarget;
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
      form.hidden = rating === "up";
      if (rating === "down") form.querySelector("input").focus();
      else if (!await send("up")) pressed.setAttribute("aria-pressed", "false");
    } }, rating === "up" ? words.helpful : words.unhelpful));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!await send("down", new FormData(form).get("reason"))) return;
      form.hidden = true;
      buttons[1].focus();
    });
    return make("div", { part: "feedback" }, make("div", { class: "row" }, buttons, told), form);
  }

  #fail(turn, error, abort) {
    const words = this.#words;
    const isStopped = abort.signal.reason === "stopped";
    turn.body.removeAttribute("aria-busy");
    turn.status.textContent = "";
    if (error.kind === "access-withdrawn") {
      turn.text = "";
      turn.shown = null;
      turn.body.replaceChildren();
    } else if (turn.text) this.#showText(turn, turn.text, turn.markers, [], turn.cited);
    const said = isStopped ? words.stopped : this.#problemWords(error, turn.text !== "");
    // Asked anew in its own place; the question comes back into the box where nothing else was typed meanwhile.
    turn.after.replaceChildren(make("div", { class: "problem", part: "problem" }, make("p", {}, said),
      make("button", { type: "button", part: "button retry", onclick: () => {
        if (this.#abort) return;
        if (this.#input.value === turn.question) this.#input.value = "";
        turn.node.remove();
        this.#input.focus();
        this.ask(turn.question);
      } }, words.retry)));
    if (!this.#input.value && !isStopped) this.#input.value = turn.question;
    this.#live.textContent = said;
    if (!isStopped) this.#tell("millrace-problem", { status: error.status ?? 0, kind: error.kind ?? "", message: said });
  }

  #problemWords({ status = 0, kind, retryAfter, message }, isPartial) {
    const words = this.#words;
    if (status === 401) return words.signIn;
    if (status === 403) return words.notAllowed;
    if (status === 429 || (status === 503 && retryAfter)) return words.busy(retryAfter ?? 30);
    if (status === 413 || kind === "question-too-long") return words.tooLong;
    if (!status) return isPartial ? words.lost : words.unreached;
    return message || words.failed;
  }
}

if (!customElements.get("millrace-ask")) customElements.define("millrace-ask", MillraceAsk);
