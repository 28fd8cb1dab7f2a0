/** What a reader thinks of an answer: right or not with one press, the reason as they like. */
import { del, post, reachability } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";

const reasons = [
  ["wrong", "It is wrong"], ["incomplete", "Something is missing"], ["outdated", "It is out of date"],
  ["not_allowed", "I should not see this"], ["other", "Something else"],
];
/** The API's limit for a comment, in characters. */
const longestComment = 2000;
const svgName = "http://www.w3.org/2000/svg";
const thumbPath = "M7 10v10H4V10zM7 11l4-8c1.7 0 2.6 1 2.3 2.6L12.6 9H18c1.5 0 2.4 1.2 2 2.7l-1.6 6.5A2.4 2.4 0 0 1 16 20H7";

/** The two thumbs, and the form that “no” opens. */
export function feedbackBar(answer) {
  return new Feedback(answer).node;
}

class Feedback {
  #rating = null;
  #stored = null;
  // One request at a time, each with the reader's last word.
  #sending = null;

  constructor(answer) {
    this.answer = answer;
    this.up = thumb("Helpful", false, () => this.#rate("up"));
    this.down = thumb("Not helpful", true, () => this.#rate("down"));
    this.told = el("span", { class: "note", role: "status" });
    this.form = this.#makeForm();
    this.node = el("div", { class: "feedback" }, el("div", { class: "row" }, this.up, this.down, this.told), this.form);
    // What could not be sent is sent when the server is there again.
    reachability.addEventListener("reached", () => { if (this.unsent) this.#send(); });
  }

  #makeForm() {
    const chips = reasons.map(([value, words]) => el("label", { class: "chip" },
      el("input", { type: "radio", name: `reason-${this.answer.id}`, value }), el("span", {}, words)));
    this.comment = el("textarea", {
      rows: "2", dir: "auto", maxlength: longestComment, id: `comment-${this.answer.id}`,
    });
    return el("form", { class: "feedback-form", hidden: true, onsubmit: (event) => {
      event.preventDefault();
      this.#send();
    } },
    el("fieldset", {}, el("legend", {}, "What is the matter with it?"), el("div", { class: "row" }, chips)),
    el("label", { for: this.comment.id }, "More, if you like"), this.comment,
    el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, "Send"),
      el("button", { type: "button", class: "quiet", onclick: () => this.#fold() }, "Close")));
  }

  // Pressing what is pressed takes it back.
  #rate(rating) {
    this.#rating = this.#rating === rating ? null : rating;
    this.form.hidden = this.#rating !== "down";
    this.#showRating();
    this.#send();
    if (!this.form.hidden) this.form.querySelector("input").focus({ preventScroll: true });
  }

  #showRating() {
    this.up.setAttribute("aria-pressed", String(this.#rating === "up"));
    this.down.setAttribute("aria-pressed", String(this.#rating === "down"));
  }

  #fold() {
    this.form.hidden = true;
    this.down.focus();
  }

  #send() {
    this.#sending = (this.#sending ?? Promise.resolve()).then(() => this.#store());
  }

  // A feedback never changes: the new one is stored, then the one before goes.
  async #store() {
    this.unsent = false;
    const before = this.#stored;
    const reason = this.form.querySelector("input:checked")?.value;
    const comment = this.comment.value.trim();
    const isDown = this.#rating === "down";
    try {
      if (this.#rating) {
        const { id } = await post("v1/feedback", {
          answer_id: this.answer.id, question: this.answer.question, rating: this.#rating,
          reason: isDown ? reason : undefined, comment: isDown && comment ? comment : undefined,
        });
        this.#stored = id;
      } else this.#stored = null;
      if (before) await del(`v1/feedback/${encodeURIComponent(before)}`).catch(() => {});
      const isWhole = isDown && (reason || comment);
      if (isWhole && !this.form.hidden) this.#fold();
      this.#tell(!this.#rating ? "Taken back." : isDown && !isWhole ? "Noted. Say why, if you like." : "Thank you.");
    } catch (error) {
      this.unsent = true;
      this.#tell(`Not sent: ${error.message}. It is kept here; `,
        el("button", { type: "button", class: "link", onclick: () => this.#send() }, "try again"));
    }
  }

  #tell(...content) {
    this.told.replaceChildren(...content);
    announce(this.told.textContent);
  }
}

function thumb(words, isDown, onclick) {
  const svg = document.createElementNS(svgName, "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", isDown ? "icon thumb-down" : "icon"]]) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS(svgName, "path");
  path.setAttribute("d", thumbPath);
  svg.append(path);
  return el("button", { type: "button", class: "quiet thumb", "aria-pressed": "false", onclick }, svg, el("span", {}, words));
}
