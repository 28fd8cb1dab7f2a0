/** The question box: Enter asks, Shift+Enter breaks a line, Escape stops, ↑ brings the last question back. */
import { byId } from "../shell/dom.js";

const form = byId("composer");
const box = byId("question");
const note = byId("question-note");
const encoder = new TextEncoder();

/** The API's limit for a question, in bytes of UTF-8. */
const maxBytes = 4096;

/** `hooks.ask(question)`, `hooks.stop()`, `hooks.last()`: the thread's last question, if any. */
export function startComposer(hooks) {
  const send = () => {
    const question = box.value.trim();
    if (!question || tooLong()) return;
    if (hooks.running()) {
      note.textContent = "An answer is being written. Stop it by Esc, or ask when it stands.";
      return;
    }
    put("");
    hooks.ask(question);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  byId("stop").addEventListener("click", hooks.stop);
  // From here on a question that is sent is asked.
  byId("send").disabled = false;
  box.addEventListener("input", resize);
  box.addEventListener("keydown", (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && box.value === "" && hooks.last()) {
      event.preventDefault();
      put(hooks.last());
    }
  });
}

/** Puts `question` into the box. */
export function put(question) {
  box.value = question;
  resize();
}

/** Puts `question` back after a failure, unless the reader has begun another. */
export function putBack(question) {
  if (box.value === "") put(question);
}

/** Takes `question` out of the box again, once it has its answer. */
export function takeBack(question) {
  if (box.value.trim() === question.trim()) put("");
}

/** Shows whether an answer is on its way, and whether the next question is a follow-up. */
export function showComposer({ running, followUp }) {
  // A button that goes away must not take the keyboard's place with it.
  const lost = [byId("stop"), byId("send")].includes(document.activeElement);
  if (!running && !tooLong()) note.textContent = "";
  byId("send").hidden = running;
  byId("stop").hidden = !running;
  byId("new-thread").hidden = !followUp;
  const words = followUp ? "Ask a follow-up" : "Ask a question";
  if (box.placeholder !== words) box.placeholder = words;
  form.classList.toggle("docked", followUp);
  if (lost) box.focus();
}

function resize() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  tooLong();
}

function tooLong() {
  const bytes = encoder.encode(box.value.trim()).length;
  const over = bytes > maxBytes;
  note.textContent = over ? `Too long by ${bytes - maxBytes} bytes; a question has at most ${maxBytes}.` : "";
  if (box.getAttribute("aria-invalid") !== String(over)) box.setAttribute("aria-invalid", String(over));
  return over;
}
