/** One question and what came back: passages first, then the answer as it is written, or why none is. */
import { Problem } from "../shell/api.js";
import { postForEvents } from "../shell/api-events.js";
import { announce, el } from "../shell/dom.js";
import { address } from "../shell/passage-facts.js";
import { AnswerView, sentenceRanges } from "./answer.js";
import { actionsRow, traceDetails, withoutRefusal } from "./answer-parts.js";
import { nothingFound, partNotFound } from "./nothing-found.js";
import { problemNote } from "./outcomes.js";
import { citeButton, FoundPassages, sourceList } from "./passages.js";
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
  #found = null;
  #frame = 0;
  #view = new AnswerView();

  /**
   * `hooks.body()`: the request; `hooks.failed(turn)`: the question belongs back in the box;
   * `hooks.retry(turn)`, `hooks.openFilters()`, `hooks.search(question)`: what the buttons do.
   */
  constructor(question, hooks) {
    this.question = question;
    this.hooks = hooks;
    this.top = el("div");
    this.after = el("div", { class: "after" });
    this.node = el("article", { class: "turn" },
      el("h2", { class: "question", dir: "auto" }, question), this.top, this.#view.node, this.after);
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
    this.#view.node.removeAttribute("aria-busy");
  }

  /** Stops a question that is being answered; what came stays. */
  stop() { this.#abort?.abort(); }

  /** Shows an answer that was given before. */
  showKept(answer) {
    this.started = true;
    this.#finish(answer);
  }

  /** After “I don't know”: the question may be asked once more, of other pages. */
  offerAgain() {
    const row = this.answer?.abstained && !this.running && this.after.querySelector(".nothing .row");
    if (!row || row.querySelector(".primary")) return;
    row.prepend(el("button", { type: "button", class: "primary", onclick: () => this.hooks.retry(this) }, "Ask again"));
  }

  #begin() {
    this.#abort = new AbortController();
    this.answer = null;
    // What came before stays in sight until there is something to show in its place.
    this.#text = "";
    this.#passages = [];
    this.#cited = new Map();
    this.#markers = [];
    this.#found = null;
    this.#stages = new StageLine();
    this.top.replaceChildren(this.#stages.node);
    this.#view.node.setAttribute("aria-busy", "true");
    this.after.replaceChildren();
    announce("Searching");
  }

  #take(event, data) {
    if (event === "stage") this.#stages.take(data);
    if (event === "passages") this.#showPassages(data.passages);
    if (event === "token") this.#takeToken(data);
    if (event === "answer") this.#finish(data);
    if (event === "error") throw new Problem(data);
  }

  #showPassages(passages) {
    this.#passages = passages;
    if (!passages.length) return;
    this.#found = new FoundPassages(passages);
    this.top.replaceChildren(this.#stages.node, this.#found.node);
    announce(`${this.#found.words} found`);
  }

  #takeToken({ text, citation, passage: number }) {
    const isFirst = this.#text === "";
    if (citation) {
      const passage = this.#passages.find(({ marker }) => marker === number);
      if (passage) this.#cited.set(citation, { ...passage, marker: citation });
      const start = this.#text.length;
      this.#markers.push({ citation, range: [start, start + text.length] });
    }
    this.#text += text;
    // The first words at once; what follows once a frame, however fast it comes.
    if (isFirst) {
      this.#view.clear();
      this.#showText();
    } else this.#frame ||= requestAnimationFrame(() => this.#showText());
  }

  #showText() {
    this.#cancelFrame();
    this.#view.grow(this.#shown(this.#text, this.#markers, [...this.#cited.values()]));
  }

  #cancelFrame() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  // What an AnswerView takes.
  #shown(text, markers, citations) {
    const known = new Map(citations.map((citation) => [citation.marker, citation]));
    return {
      text, markers, cite: (n) => (known.has(n) ? citeButton(known.get(n), citations) : null),
      links: new Set(citations.flatMap((citation) => [citation.url, address(citation)])),
    };
  }

  #finish(answer) {
    this.#cancelFrame();
    this.answer = answer;
    this.#stages?.end();
    this.top.replaceChildren(...(this.#found ? [this.#found.node] : []));
    this.#found?.fold(answer.citations);
    if (answer.abstained) return this.#finishWithout(answer);
    const ranges = sentenceRanges(answer.answer, answer.sentences, answer.markers);
    const { text, missing } = withoutRefusal(answer);
    this.#view.finish({
      ...this.#shown(text, answer.markers, answer.citations), fact: ranges[0],
      unsupported: ranges.filter((range, i) => range && !answer.sentences[i].supported && range[1] <= text.length),
    });
    this.after.replaceChildren(
      ...(missing.length ? [partNotFound(missing, this.hooks)] : []), actionsRow(answer),
      ...(answer.citations.length ? [sourceList(answer.citations, "Sources")] : []),
      ...(this.hooks.notes?.(answer) ?? []), ...traceDetails(answer.trace));
    announce(`Answer: ${answer.answer}`);
  }

  #finishWithout(answer) {
    this.#view.clear();
    this.top.replaceChildren();
    this.after.replaceChildren(nothingFound(answer, this.hooks),
      ...(answer.related?.length ? [sourceList(answer.related.slice(0, 3), "Possibly related", false)] : []),
      ...(this.hooks.readsNothing() ? [] : [actionsRow(answer)]), ...traceDetails(answer.trace));
    announce("No answer found in what you may read.");
  }

  #fail(error) {
    if (this.#frame) this.#showText();
    const stopped = error.name === "AbortError";
    this.#stages.end();
    // A right was taken away meanwhile: nothing of it stays in sight.
    if (error.kind === "access-withdrawn") {
      this.#text = "";
      this.#found = null;
      this.#view.clear();
    }
    this.top.replaceChildren(...(this.#found ? [this.#found.node] : []));
    const partial = this.#text !== "" || this.#view.node.hasChildNodes();
    this.after.replaceChildren(problemNote(error, { stopped, partial, retry: () => this.hooks.retry(this) }));
    if (!stopped) this.hooks.failed(this);
  }
}
