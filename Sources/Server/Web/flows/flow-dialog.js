/** Dialogs of the flow editor: a heading, a body, buttons; Escape closes, the focus goes back to where it was. */
import { el } from "../shell/dom.js";

const thisVisit = Math.random().toString(36).slice(2, 8);
let idsMade = 0;

/**
 * An id that no field has had before, nor will have after a reload: what somebody typed into the field of one component
 * must not be put back into that of another.
 */
export const freshID = (word) => `fl-${word}-${thisVisit}-${idsMade += 1}`;

/**
 * Opens a dialog. `actions`: `[{word, value, primary?, danger?, check?}]`; a `check` that answers a text shows it and
 * keeps the dialog open. Resolves with the value of the button, or null.
 */
export function openDialog({ title, body, actions = [], wide = false, onopen = null }) {
  const before = document.activeElement;
  return new Promise((done) => {
    const fault = el("p", { class: "fl-error", role: "alert" });
    const dialog = el("dialog", { class: `fl-dialog${wide ? " wide" : ""}`, "aria-labelledby": "fl-dialog-title" });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      done(value);
    };
    const form = el("form", { method: "dialog", novalidate: true },
      el("header", {},
        el("h2", { id: "fl-dialog-title", dir: "auto" }, title),
        el("button", { type: "button", class: "quiet", onclick: () => close(null) }, "Close")),
      el("div", { class: "fl-dialog-body" }, body),
      fault,
      actions.length > 0 && el("footer", { class: "row" }, actions.map((action, i) => el("button", {
        type: action.primary ? "submit" : "button", class: action.primary ? "primary" : action.danger ? "danger" : null,
        "data-at": String(i), onclick: action.primary ? null : () => press(action),
      }, action.word))));
    const press = async (action) => {
      const buttons = form.querySelectorAll("footer button");
      for (const button of buttons) button.disabled = true;
      let refused = null;
      try { refused = await action.check?.(); } catch (problem) { refused = problem.detail || problem.message; }
      for (const button of buttons) button.disabled = false;
      if (refused) fault.textContent = refused;
      else close(action.value ?? true);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const primary = actions.find((action) => action.primary);
      if (primary) press(primary);
    });
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(null); });
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.closeWith = close;
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector(".fl-dialog-body :is(input, textarea, select)") ?? form.querySelector("footer button") ?? form.querySelector("button")).focus();
    onopen?.(dialog);
  });
}

/** Asks for one line of text. `check(text)` may refuse with a sentence. */
export async function askForText({ title, label, value = "", word = "OK", note = null, check = null, maxlength = 200 }) {
  const input = el("input", { id: "fl-ask", value, dir: "auto", autocomplete: "off", maxlength, "aria-describedby": note ? "fl-ask-note" : null });
  const answer = await openDialog({
    title,
    body: el("div", { class: "fl-field" }, el("label", { for: "fl-ask" }, label), input,
      note && el("p", { class: "note", id: "fl-ask-note" }, note)),
    actions: [{ word, primary: true, check: () => check?.(input.value.trim()) }, { word: "Cancel", value: null, check: null }]
      .map((action) => (action.word === "Cancel" ? { ...action, value: false } : action)),
    onopen: () => input.select(),
  });
  return answer === true ? input.value.trim() : null;
}

/** Asks whether something shall be done; false unless it was said so. */
export const confirmed = async ({ title, text, word, danger = true }) =>
  (await openDialog({ title, body: el("p", { dir: "auto" }, text), actions: [
    { word, value: "yes", danger, primary: !danger }, { word: "Cancel", value: "no" },
  ] })) === "yes";
