/** “Earlier questions”: the caller's threads of this browser and the conversations the server keeps, to go back to. */
import { del, get } from "../shell/api.js";
import { patch } from "../shell/api-changes.js";
import { announce, el, stylesheet } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { isolated } from "../shell/plain-text.js";
import { addressOf, readPlace } from "../shell/place.js";
import { age } from "./passages.js";
import { forgetThread, ownThreads, renameThread } from "./thread-store.js";

/** Milliseconds in which a deletion can be undone. */
const undoTime = 8000;
/** Threads above which there is a field to narrow them. */
const fewThreads = 7;

const list = el("ul", { class: "threads" });
const note = el("p", { class: "note", role: "status" });
const filter = el("input", { id: "threads-filter", type: "search", dir: "auto", placeholder: "Words of a question", oninput: () => showThreads() });
const filterRow = el("div", {}, el("label", { class: "unseen", for: "threads-filter" }, "Narrow the list"), filter);
const dialog = el("dialog", { class: "dialog threads-dialog", "aria-labelledby": "threads-title" },
  el("div", { class: "row" }, el("h2", { id: "threads-title", class: "grow" }, "Earlier questions"),
    el("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close")),
  filterRow, list, note);
/** Deletions that can still be undone, by the threads' keys: what carries them out. */
const doomed = new Map();
let kept = [];
let go;

/** Opens the list; `hooks.go(place)` shows a thread. */
export async function openThreads(hooks) {
  go = hooks.go;
  if (!dialog.isConnected) {
    await stylesheet("ask/ask-later.css");
    document.body.append(dialog);
  }
  filter.value = "";
  note.textContent = "";
  kept = [];
  showThreads();
  dialog.showModal();
  try {
    kept = (await get("v1/conversations?limit=200")).conversations ?? [];
    showThreads();
  } catch (error) {
    note.textContent = `Conversations that are kept on the server could not be loaded: ${error.message}.`;
  }
}

dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => { for (const carryOut of [...doomed.values()]) carryOut(); });
addEventListener("pagehide", () => { for (const carryOut of [...doomed.values()]) carryOut(); });
addEventListener("storage", () => { if (dialog.open) showThreads(); });

// Both kinds alike: where it is, what it is called, how it is renamed and removed.
function allThreads() {
  const own = ownThreads().map((thread) => ({
    key: thread.id, title: thread.name ?? thread.title, at: thread.at,
    size: count(thread.questions, "question"), place: readPlace(thread.address),
    rename: async (name) => renameThread(thread.id, name), remove: async () => forgetThread(thread.id),
  }));
  const server = kept.map((one) => {
    const path = `v1/conversations/${encodeURIComponent(one.flow)}/${encodeURIComponent(one.session)}`;
    return {
      key: path, title: one.title ?? one.opening ?? one.session, at: one.last_at,
      size: count(one.message_count, "message"), place: readPlace(addressOf({ tab: "ask", path: [one.flow, one.session] })),
      rename: async (name) => {
        await patch(path, { title: name });
        one.title = name;
      },
      remove: async () => {
        await del(path, { keepalive: true });
        kept = kept.filter((other) => other !== one);
      },
    };
  });
  return [...own, ...server].sort((a, b) => b.at.localeCompare(a.at));
}

function showThreads() {
  const all = allThreads();
  const words = filter.value.trim().toLowerCase();
  filterRow.hidden = all.length <= fewThreads;
  const shown = all.filter(({ title }) => title.toLowerCase().includes(words));
  list.replaceChildren(...shown.map(threadRow));
  if (!shown.length) {
    list.replaceChildren(el("li", { class: "note" }, all.length
      ? "No question has these words." : "Nothing asked yet. What you ask stands here, in this browser, to go back to."));
  }
}

function threadRow(thread) {
  if (doomed.has(thread.key)) return doomedRow(thread);
  const row = el("li", {});
  const link = el("a", {
    href: addressOf(thread.place), dir: "auto", class: "thread-title", title: thread.title, onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      dialog.close();
      go(thread.place);
    },
  }, thread.title);
  row.append(link, el("span", { class: "facts" }, el("span", {}, thread.size), el("span", {}, age(thread.at) ?? "")),
    el("span", { class: "row" },
      el("button", { type: "button", class: "quiet", "aria-label": `Rename ${thread.title}`, onclick: () => startRename(thread, row) }, "Rename"),
      el("button", { type: "button", class: "quiet", "aria-label": `Delete ${thread.title}`, onclick: () => removeSoon(thread, row) }, "Delete")));
  return row;
}

function startRename(thread, row) {
  const field = el("input", { dir: "auto", maxlength: "200", "aria-label": "Name" });
  field.value = thread.title;
  const form = el("form", { class: "row", onsubmit: async (event) => {
    event.preventDefault();
    try {
      await thread.rename(field.value.trim() || null);
      back(`Renamed.`);
    } catch (error) {
      note.textContent = `Not renamed: ${error.message}. Try again.`;
    }
  } }, field, el("button", { type: "submit" }, "Save"));
  const back = (said) => {
    const at = [...list.children].indexOf(row);
    note.textContent = said;
    showThreads();
    list.children[at]?.querySelector("a, button")?.focus();
  };
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    back("");
  });
  row.replaceChildren(form);
  field.select();
}

// Gone from sight at once, in truth a little later.
function removeSoon(thread, row) {
  const carryOut = async () => {
    clearTimeout(timer);
    doomed.delete(thread.key);
    try { await thread.remove(); } catch (error) { note.textContent = `“${isolated(thread.title)}” was not deleted: ${error.message}. Try again.`; }
    if (!dialog.open) return;
    const focused = list.contains(document.activeElement);
    showThreads();
    if (focused) dialog.querySelector("button").focus();
  };
  const timer = setTimeout(carryOut, undoTime);
  doomed.set(thread.key, Object.assign(carryOut, { timer }));
  const next = doomedRow(thread);
  row.replaceWith(next);
  next.querySelector("button").focus();
  announce("Deleted. It can be undone for a few seconds.");
}

function doomedRow(thread) {
  return el("li", {}, el("span", { class: "note", dir: "auto" }, `Deleted: ${thread.title}`),
    el("button", { type: "button", onclick: () => {
      clearTimeout(doomed.get(thread.key)?.timer);
      doomed.delete(thread.key);
      showThreads();
      [...list.querySelectorAll("a")].find((link) => link.title === thread.title)?.focus();
    } }, "Undo"));
}
