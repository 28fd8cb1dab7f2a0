/**
 * The questions that were asked in this browser, by who asked them: addresses of threads, no answers.
 *
 * An answer may hold what its reader may no longer read tomorrow; an address is asked anew.
 */
import { viewer } from "../shell/api.js";
import { me } from "../shell/me.js";
import { addressOf } from "../shell/place.js";

const threadsKey = "millrace.threads";
/** Threads kept of one person. */
const mostThreads = 100;

const owner = () => (viewer.get() ? null : me()?.owner ?? null);

// Read anew each time: another tab may have written meanwhile.
function everybodys() {
  try { return JSON.parse(localStorage.getItem(threadsKey)) ?? {}; } catch { return {}; }
}

function write(all) {
  try { localStorage.setItem(threadsKey, JSON.stringify(all)); } catch { /* not kept: the address still is */ }
}

/** The caller's threads, the latest first: `{id, address, title, name, questions, at}`. */
export const ownThreads = () => everybodys()[owner()] ?? [];

/** Keeps the thread of `place`, in the stead of a shorter one that began alike. */
export function keepThread(place) {
  if (!owner() || !place.questions.length || place.path?.length) return;
  const all = everybodys();
  const address = addressOf(place);
  const id = JSON.stringify([place.questions[0], place.more?.get("about") ?? null]);
  const before = (all[owner()] ?? []).find((thread) => thread.id === id);
  const thread = {
    id, address, title: place.questions[0], name: before?.name ?? null, questions: place.questions.length,
    at: new Date().toISOString(),
  };
  const others = (all[owner()] ?? []).filter((one) => one.id !== id);
  write({ ...all, [owner()]: [thread, ...others].slice(0, mostThreads) });
}

/** Gives a thread another name; null for its first question. */
export function renameThread(id, name) {
  change((threads) => threads.map((thread) => (thread.id === id ? { ...thread, name } : thread)));
}

/** Forgets a thread. */
export function forgetThread(id) {
  change((threads) => threads.filter((thread) => thread.id !== id));
}

function change(by) {
  const all = everybodys();
  if (owner()) write({ ...all, [owner()]: by(all[owner()] ?? []) });
}
