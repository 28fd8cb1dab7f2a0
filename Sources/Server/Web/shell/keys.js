/** Keys that work on every page. */
import { byId } from "./dom.js";

const openMenus = "details:is(.menu, .scope, .rail-more)[open]";
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

/** Whether a command key stands for Control. */
export const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** `hooks`: `escape()` of the page, `toField()`, `commands(what)` opens the palette or the list of keys; `panel`. */
export function startKeys({ escape, toField, commands, panel }) {
  // Before any page's own keys: “K” may be one of them.
  addEventListener("keydown", (event) => {
    const isCommand = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
    if (!isCommand || event.isComposing || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    event.stopPropagation();
    if (!document.querySelector("dialog:modal")) commands("palette");
  }, { capture: true });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const modal = document.querySelector("dialog:modal");
    if (event.key === "Escape") {
      if (!modal) closeTop();
    } else if (!modal && !isTyping(event.target) && !event.metaKey && !event.ctrlKey && !event.altKey) {
      if (event.key === "/") {
        event.preventDefault();
        toField();
      }
      if (event.key === "?") {
        event.preventDefault();
        commands("keys");
      }
    }
  });

  // Escape ends what is on top: a menu, the panel, what the page is doing. A preview has caught it before.
  function closeTop() {
    const menu = document.querySelector(openMenus);
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (panel.open) panel.close();
    else escape();
  }

  // A click beside an open menu closes it.
  addEventListener("pointerdown", (event) => {
    for (const menu of document.querySelectorAll(openMenus)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  if (isMac) byId("commands-key").textContent = "⌘ K";
  byId("commands").addEventListener("click", () => commands("palette"));
}
