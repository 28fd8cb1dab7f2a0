/** Copying to the clipboard. */
import { announce, el } from "./dom.js";

/** A button that copies what `text()` returns, and says so. */
export function copyButton(word, text, props = {}) {
  const button = el("button", { type: "button", class: "quiet", ...props }, word);
  button.addEventListener("click", async () => {
    // Over plain HTTP from another machine browsers offer no clipboard.
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.textContent = done ? "Copied" : "The browser refused";
    announce(button.textContent);
    setTimeout(() => { button.textContent = word; }, 1600);
  });
  return button;
}
