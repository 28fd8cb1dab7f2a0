/** A secret, shown this once: it stays until it is said to be stored. */
import { copyButton } from "../shell/copy.js";
import { el } from "../shell/dom.js";

let secretDialog = null;

/** Shows `secret` of `key`; `about` is a sentence of what becomes of an older one. Resolves once it is stored. */
export function showSecret({ key, secret }, about = "") {
  closeSecret();
  const field = el("input", {
    id: "secret", readonly: true, value: secret, spellcheck: "false", autocomplete: "off",
    "aria-describedby": "secret-note", onfocus: () => field.select(),
  });
  const stored = el("button", { type: "button", class: "primary", id: "secret-stored" }, "I have stored it");
  const dialog = secretDialog = el("dialog", { class: "dialog", "aria-labelledby": "secret-title" },
    el("h2", { id: "secret-title", dir: "auto" }, `The key “${key.name}”`),
    el("p", { id: "secret-note" }, "Store it now: it is shown this once, and nobody can see it again. ", about),
    el("label", { for: "secret" }, "Secret"),
    el("div", { class: "secret-row" }, field, copyButton("Copy", () => secret, { class: "", id: "secret-copy" })),
    el("p", { class: "note" }, "It is sent as the header ", el("code", {}, "X-API-Key"), ", or as ",
      el("code", {}, "Authorization: Bearer"), ". The list of keys tells it by ", el("code", {}, key.id), "."),
    el("div", { class: "row end" }, stored));
  // Escape and a look at another page must not take away what cannot be had again.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); });
  addEventListener("beforeunload", warnOfSecret);
  document.body.append(dialog);
  return new Promise((resolve) => {
    stored.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      removeEventListener("beforeunload", warnOfSecret);
      dialog.remove();
      if (secretDialog === dialog) secretDialog = null;
      resolve();
    });
    dialog.showModal();
    field.focus();
  });
}

/** Takes a secret away that is still shown: somebody else reads now. */
export function closeSecret() { secretDialog?.close(); }

function warnOfSecret(event) { event.preventDefault(); }
