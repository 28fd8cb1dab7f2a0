/** What was typed and not sent, kept while somebody signs in again: theirs alone, in this tab. */
import { byId } from "./dom.js";
import { readPlace } from "./place.js";

const unsentKey = "millrace.unsent";
const fields = ":is(textarea, select, input:not([type]), "
  + "input:is([type=text], [type=search], [type=url], [type=email], [type=number]))[id]";
/** How long a field is waited for that its page makes later. */
const patience = 15_000;

/** `page()`: the page that is shown; its own `keep()` and `restore(value)` are used where it has them. */
export function startUnsent(page) {
  let waiting = read();
  let watch = null;

  function keep() {
    const typed = {};
    for (const field of byId("main").querySelectorAll(fields)) {
      if (field.value && field.value !== field.defaultValue) typed[field.id] = field.value;
    }
    waiting = { tab: readPlace().tab, typed, page: page()?.keep?.() ?? null };
    try { sessionStorage.setItem(unsentKey, JSON.stringify(waiting)); } catch { /* only as long as the page lives */ }
  }

  function restore() {
    if (waiting?.tab !== readPlace().tab) return;
    try { sessionStorage.removeItem(unsentKey); } catch { /* nothing was kept */ }
    if (waiting.page) page()?.restore?.(waiting.page);
    waiting.page = null;
    if (!fillIn(waiting.typed) || watch) return;
    watch = new MutationObserver(() => { if (!fillIn(waiting.typed)) stop(); });
    watch.observe(byId("main"), { childList: true, subtree: true });
    setTimeout(stop, patience);
  }

  function stop() {
    watch?.disconnect();
    watch = waiting = null;
  }

  return { keep, restore, drop: () => { waiting = null; stop(); } };
}

function read() {
  try { return JSON.parse(sessionStorage.getItem(unsentKey)); } catch { return null; }
}

// Puts back what has a place by now, and tells how much has none yet. What has been typed since is left alone.
function fillIn(typed) {
  for (const [id, text] of Object.entries(typed)) {
    const field = byId(id);
    if (!field) continue;
    delete typed[id];
    if (field.value && field.value !== field.defaultValue && field.tagName !== "SELECT") continue;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return Object.keys(typed).length;
}
