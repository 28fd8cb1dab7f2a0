/** Lines above the page that concern all of it: viewing as somebody, an expired sign-in, a server out of reach. */
import { apiKey, reachability, viewer } from "./api.js";
import { announce, byId, el } from "./dom.js";
import { loadAnew } from "./loading.js";
import { askMe, me, onMe } from "./me.js";
import { signIn } from "./sign-in.js";

const notices = byId("notices");
const lines = new Map();
/** Milliseconds after which it is asked again who this is, once the tab is looked at. */
const longAway = 300_000;
/** Milliseconds before the server is looked for again: soon at first, then less often. */
const pauses = [1000, 2000, 4000, 8000, 15000];

/** `hooks.keep()` keeps what is typed; `hooks.becomeAnother()` is called when nobody else is viewed as any more. */
export function startNotices(hooks) {
  byId("late")?.remove();
  showViewing(hooks);
  reachability.addEventListener("refused", ({ problem }) => tellExpired(problem, hooks));
  // Where strangers are let in, too, a session that ends is not refused: its owner is nobody from then on.
  onMe((before) => {
    meAskedAt = Date.now();
    if (before && !before.anonymous && me()?.anonymous) tellExpired({ signIn: me().sign_in }, hooks, true);
  });
  reachability.addEventListener("lacking", () => { askMe(); });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - meAskedAt > longAway) askMe();
  });
  reachability.addEventListener("unreached", look);
  reachability.addEventListener("reached", () => { tries = 0; clear("reach"); });
  reachability.addEventListener("unloaded", () => tellUnloaded(hooks));
  reachability.addEventListener("loaded", () => clear("unloaded"));
  addEventListener("offline", look);
  addEventListener("online", look);
}

let height = 0;
let watch = null;

// The page knows how much room is left to it. Said only when it changes: everything is styled anew by it.
function watchHeight() {
  watch = new ResizeObserver(() => {
    if (notices.offsetHeight === height) return;
    height = notices.offsetHeight;
    document.documentElement.style.setProperty("--notices", `${height}px`);
  });
  watch.observe(notices);
}

/** Says as whom this tab reads, with the way back; nothing where it reads as itself. */
export function showViewing(hooks) {
  const name = viewer.get();
  if (!name) return clear("viewing");
  line("viewing", [el("span", {}, "You read as "), el("strong", { dir: "auto" }, name),
    el("span", {}, ": only what they may read is shown.")],
  el("button", {
    type: "button", id: "view-as-end", onclick: () => {
      viewer.set("");
      clear("viewing");
      hooks.becomeAnother();
      announce("You read as yourself again.");
    },
  }, "Back to myself"));
}

/** Takes the line about an expired sign-in away: somebody has signed in. */
export const clearExpired = () => clear("expired");

// Somebody who was never let in has lost nothing; the sign-in menu speaks to them.
function tellExpired(problem, hooks, isKnown = false) {
  if (!isKnown && !me() && !apiKey.get()) return;
  const text = apiKey.get() ? "Your API key is not accepted any more. Sign in again; what you typed is kept."
    : "Your sign-in has expired. Sign in again; what you typed is kept.";
  line("expired", [text], el("button", {
    type: "button", class: "primary", id: "sign-in-again", onclick: async () => { await hooks.keep(); signIn(problem.signIn); },
  }, "Sign in"));
}

// A part that did not come. The browser may keep it that it did not: then only the page itself, loaded anew, brings it.
function tellUnloaded(hooks) {
  line("unloaded", ["A part of the page could not be loaded. Try again, or load the page anew; what you typed is kept."],
    el("button", { type: "button", onclick: () => loadAnew(hooks.keep) }, "Load anew"));
}

let tries = 0;
let timer = 0;
let meAskedAt = 0;

function look() {
  const text = navigator.onLine === false
    ? "You are offline. What is on the page stays; asking works again once you are connected."
    : "Millrace cannot be reached. What is on the page stays; it is tried again by itself.";
  if (navigator.onLine === false || tries > 0 || lines.has("reach")) line("reach", [text]);
  clearTimeout(timer);
  timer = setTimeout(tryAgain, tries === 0 ? 0 : pauses[Math.min(tries, pauses.length) - 1]);
}

// Asked directly: a request of the page would tell of itself what is told here.
async function tryAgain() {
  tries += 1;
  let answered = false;
  try { answered = (await fetch("healthz", { cache: "no-store" })).status < 500; } catch { /* not yet */ }
  if (!answered) return look();
  tries = 0;
  clear("reach");
}

function line(name, content, ...buttons) {
  const node = el("div", { class: name }, el("p", {}, content), buttons);
  const old = lines.get(name);
  if (old?.textContent === node.textContent) return;
  lines.set(name, node);
  if (!watch) watchHeight();
  if (old) old.replaceWith(node);
  else notices.append(node);
  announce(node.querySelector("p").textContent);
}

function clear(name) {
  lines.get(name)?.remove();
  lines.delete(name);
}
