/** The line that runs along while an answer is made. */
import { el } from "../shell/dom.js";
import { seconds } from "../shell/passage-facts.js";

// What a reader calls the work of each stage; stages of one word are summed. What is not here is part of searching.
const words = { question: "reading", condense: "reading", prompt: "writing", generate: "writing", cite: "checking" };

/** “searching 0.01 s · writing”: which stage runs, and how long each took. */
export class StageLine {
  node = el("p", { class: "stages" }, "asking");
  #done = new Map();
  #running = null;
  #began = 0;
  #timer = null;

  /** Takes a `stage` event. */
  take({ name, state, ms }) {
    const word = words[name] ?? "searching";
    if (state === "begin") {
      if (this.#running !== word) this.#began = performance.now();
      this.#running = word;
      this.#timer ??= setInterval(() => this.#show(), 100);
    } else {
      this.#done.set(word, (this.#done.get(word) ?? 0) + (ms ?? 0));
      if (this.#running === word) this.#running = null;
    }
    this.#show();
  }

  /** Stops the clock. */
  end() { clearInterval(this.#timer); }

  #show() {
    // What took no time worth telling is not told.
    const parts = [...this.#done].filter(([word, ms]) => word !== this.#running && ms >= 5)
      .map(([word, ms]) => `${word} ${seconds(ms)}`);
    if (this.#running) {
      const elapsed = performance.now() - this.#began;
      parts.push(elapsed > 300 ? `${this.#running} ${seconds(elapsed)} …` : this.#running);
    }
    this.node.textContent = parts.join(" · ");
  }
}
