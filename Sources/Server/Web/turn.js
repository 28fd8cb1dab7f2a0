/** One question and what came back: passages first, then the answer as it is written, or why none is. */
import { Problem, postForEvents } from "./api.js";
import { showAnswer, unsupportedRanges } from "./answer.js";
import { announce, copyButton, el } from "./dom.js";
import { count } from "./format.js";
import { asMarkdown } from "./markdown.js";
import { nothingFound, problemNote } from "./outcomes.js";
import { citeButton, passageStrip, sourceList } from "./sources.js";
import { StageLine } from "./stages.js";

export class Turn {
  /** The whole answer object, once it has come. */
  answer = null;
  #abort = null;
  #text = "";
  #passages = [];
  // Citations and where their numbers stand, while the answer is written.
  #cited = new Map();
  #markers = [];
  #stages = null;

  /**
   * `hooks.body()`: the request; `hooks.failed(turn)`: the question belongs back in the box;
   * `hooks.retry(turn)`, `hooks.openFilters()`, `hooks.search(question)`: what the buttons do.
   */
  constructor(question, hooks) {
    this.question = question;
    this.hooks = hooks;
    this.text = el("div", { class: "answer" });
    this.top = el("div");
    this.after = el("div");
    this.node = el("article", { class: "turn" },
      el("h2", { class: "question", dir: "auto" }, question), this.top, this.text, this.after);
  }

  get running() { return this.#abort !== null; }

  /** What a follow-up may refer to; null as long as there is nothing. */
  get exchange() {
    const answer = this.answer?.answer ?? this.#text;
    return answer ? { question: this.question, answer } : null;
  }

  /** Asks, and shows what comes until it is over. Never throws. */
  async run() {
    this.#begin();
    try {
      for await (const { event, data } of postForEvents("v1/ask", this.hooks.body(), this.#abort.signal)) {
        this.#take(event, data);
        if (event === "done") break;
      }
      if (!this.answer) throw new Problem({ title: "The connection was lost" });
    } catch (error) {
      // An answer that is whole stays whole, whatever happens to the connection after it.
      if (!this.answer) this.#fail(error);
    }
    this.#abort = null;
    this.text.removeAttribute("aria-busy");
  }

  /** Stops a question that is being answered; what came stays. */
  stop() { this.#abort?.abort(); }

  #begin() {
    this.#abort = new AbortController();
    this.answer = null;
    this.#text = "";
    this.#passages = [];
    this.#cited = new Map();
    this.#markers = [];
    this.#stages = new StageLine();
    this.top.replaceChildren(this.#stages.node);
    this.text.replaceChildren();
    this.text.setAttribute("aria-busy", "true");
    this.after.replaceChildren();
    announce("Searching");
  }

  #take(event, data) {
    if (event === "stage") this.#stages.take(data);
    if (event === "passages") this.#showPassages(data.passages);
    if (event === "token") {
      if (data.citation) {
        const passage = this.#passages.find(({ marker }) => marker === data.passage);
        if (passage) this.#cited.set(data.citation, { ...passage, marker: data.citation });
        const start = this.#text.length;
        this.#markers.push({ citation: data.citation, range: [start, start + data.text.length] });
      }
      this.#text += data.text;
      this.#showText(this.#text, this.#markers, [...this.#cited.values()]);
    }
    if (event === "answer") this.#finish(data);
    if (event === "error") throw new Problem(data);
  }

  #showPassages(passages) {
    this.#passages = passages;
    this.top.replaceChildren(this.#stages.node, ...(passages.length ? [passageStrip(passages)] : []));
    announce(`${count(passages.length, "passage")} found`);
  }

  #showText(text, markers, citations, unsupported) {
    const known = new Map(citations.map((citation) => [citation.marker, citation]));
    const cite = (n) => known.has(n) && citeButton(known.get(n), citations);
    showAnswer(this.text, text, markers, cite, unsupported);
  }

  #finish(answer) {
    this.answer = answer;
    this.#stages.end();
    const trace = answer.trace ? [traceDetails(answer.trace)] : [];
    if (answer.abstained) {
      this.top.replaceChildren(this.#stages.node);
      this.text.replaceChildren(nothingFound(answer, this.hooks));
      this.after.replaceChildren(
        ...(answer.related?.length ? [sourceList(answer.related, "Possibly related", false)] : []), ...trace);
      announce("No answer found in what you may read.");
      return;
    }
    // Rendered anew even where the text is the same: the final citations know which words support it.
    this.text.replaceChildren();
    const unsupported = unsupportedRanges(answer.answer, answer.sentences, answer.markers);
    this.#showText(answer.answer, answer.markers, answer.citations, unsupported);
    const copy = copyButton("Copy as Markdown", () => asMarkdown(answer));
    this.after.replaceChildren(el("div", { class: "row actions" }, copy),
      ...(answer.citations.length ? [sourceList(answer.citations, "Sources")] : []), ...trace);
    announce(`Answer: ${answer.answer}`);
  }

  #fail(error) {
    const stopped = error.name === "AbortError";
    this.#stages.end(stopped ? "stopped" : "");
    const partial = this.#text !== "";
    this.after.replaceChildren(problemNote(error, { stopped, partial, retry: () => this.hooks.retry(this) }));
    if (!stopped) this.hooks.failed(this);
  }
}

function traceDetails(trace) {
  const details = el("details", { class: "trace" }, el("summary", {}, "What was searched"));
  details.addEventListener("toggle", async () => {
    const { traceTables } = await import("./trace.js");
    details.append(...traceTables(trace));
  }, { once: true });
  return details;
}
