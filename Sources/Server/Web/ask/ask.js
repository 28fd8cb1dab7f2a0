/** The Ask page: a thread of questions, each with its answer. */
import { Problem, unreached } from "../shell/api.js";
import { byId, commonLooks, el, titled } from "../shell/dom.js";
import { loadAnew, partOf } from "../shell/loading.js";
import { isolated } from "../shell/plain-text.js";
import { putBack, showComposer, startComposer, takeBack } from "./composer.js";
import { problemNote } from "./outcomes.js";
import { showScope } from "./scope.js";
import { Standing } from "./standing.js";

/** Milliseconds in which what has come is drawn, on a slow device too. */
const timeToDraw = 150;

const thread = byId("thread");
// Turns by the questions that lead to them, so that going back shows an answer instead of asking again.
const asked = new Map();
// Conversations that the server keeps, as turns, by their addresses.
const kept = new Map();
let turns = [];
let place = { tab: "ask", path: [], questions: [], filters: {} };
let about = null;
let go;
let standing;
// What shows an answer: behind the first page, and there before the first question is sent.
let parts = null;
let partsLoading = null;
let askReady = null;
let bar;

export const askPage = {
  mount(section, shell) { startAsk(section, shell.go); },
  show(next) {
    // What is seen comes first, and is drawn. What is needed once an answer stands is there by then, whatever becomes of
    // the server.
    askReady = standing.load().then(() => new Promise((done) => setTimeout(done, timeToDraw)));
    askReady.then(() => (window.requestIdleCallback ?? setTimeout)(() => { loadTurns().catch(() => {}); }));
    showAsk(next);
  },
  leave() {},
  forget() {
    stopAsking();
    for (const map of [asked, kept]) map.clear();
    turns = [];
    // What is still on its way for the former reader finds another place, and is dropped.
    place = { tab: "ask", path: [], questions: [], filters: {} };
    thread.replaceChildren();
    standing.forget();
  },
  /** Escape ends the answer being written; true if there was one. */
  escape: () => stopAsking(),
  /** Settles once all is there that the page shows by itself. */
  ready: () => askReady,
  /** Where typing belongs. */
  field: () => byId("question"),
  get keys() { return parts?.keys; },
};

/** Wires the page up; `navigate(place, {replace})` changes the address. */
function startAsk(section, navigate) {
  go = navigate;
  standing = new Standing({ ask: (question) => go({ ...place, questions: [question] }), changed: refresh });
  byId("earlier").addEventListener("click", openEarlier);
  bar = section.querySelector(".ask-bar");
  startComposer({
    ask: askOrRetry,
    stop: () => stopAsking(),
    running: () => turns.some((turn) => turn.running),
    last: () => place.questions.at(-1),
  });
  byId("new-thread").addEventListener("click", () => go({ tab: "ask", questions: [], filters: place.filters }));
}

// A question that failed stands in the box again: it is the same question, not another one.
function askOrRetry(question) {
  const last = turns.at(-1);
  if (!parts && place.questions.at(-1) === question) retryTurns();
  else if (last && !last.answer && !last.running && last.question === question) {
    if (last.started) ask(last);
    else showAsk(place);
  } else go({ ...place, questions: [...place.questions, question] });
}

function loadTurns() {
  partsLoading ??= Promise.all([import("./turn-parts.js"), commonLooks()]).then(([{ turnParts }]) => {
    parts = turnParts;
    parts.finish(bar);
  }, (error) => {
    partsLoading = null;
    throw error;
  });
  return partsLoading;
}

/** Shows the thread of `next`, asking what has not been asked yet, one after the other. */
async function showAsk(next) {
  place = next;
  about = null;
  if (place.questions.length && !parts && !await hasTurns(next)) return;
  const wanted = place.questions.map((_, index) => turnFor(place.questions.slice(0, index + 1)));
  turns.filter((turn) => !wanted.includes(turn)).forEach((turn) => turn.stop());
  turns = wanted;
  thread.replaceChildren(...turns.map((turn) => turn.node));
  refresh();
  toBox();
  if (!await showContext(next) || turns !== wanted) return;
  for (const turn of turns) {
    if (turns !== wanted) return;
    if (!turn.started) await ask(turn);
  }
}

// With the frame that shows the page: before it, everything would be laid out for this, and then once more.
function toBox() {
  if (!matchMedia("(hover: hover)").matches) return;
  const before = document.activeElement;
  requestAnimationFrame(() => {
    if (document.activeElement === before && !byId("page-ask").hidden) byId("question").focus({ preventScroll: true });
  });
}

// A server that went away before all of the page came: the question stays in the box. False then, and where the
// reader has gone on meanwhile.
async function hasTurns(shown) {
  thread.replaceChildren(el("article", { class: "turn" },
    el("h2", { class: "question", dir: "auto" }, shown.questions.at(-1)), el("p", { class: "stages" }, "Loading …")));
  refresh();
  try {
    await loadTurns();
    return place === shown;
  } catch {
    if (place !== shown) return false;
    turns = [];
    thread.replaceChildren(problemNote(unreached(), { retry: retryTurns }));
    putBack(place.questions.at(-1));
    refresh();
    return false;
  }
}

// The question is in the address, should the page have to be loaded anew.
async function retryTurns() {
  const shown = place;
  try {
    await loadTurns();
  } catch {
    if (await loadAnew()) return;
  }
  if (place === shown) showAsk(place);
}

// The conversation that is gone on with and the page that is asked about, before anything is asked. False where they
// cannot be had: an answer without them would be another one.
async function showContext(shown) {
  const page = shown.more?.get("about");
  byId("about")?.remove();
  try {
    if (shown.path?.length === 2) await showKept(shown);
    if (page) {
      const [{ openAbout }] = await Promise.all([import("./about.js"), commonLooks()]);
      const found = await openAbout(page);
      if (place !== shown) return false;
      about = found;
      byId("composer").prepend(about.line(() => go({ tab: "ask", questions: [], filters: place.filters })));
      refresh();
    }
    return place === shown;
  } catch (error) {
    if (place !== shown) return false;
    const isGone = error.status === 404;
    const what = page ? "page" : "conversation";
    const problem = !isGone ? error : new Problem({ status: 404, title: `There is no such ${what} that you may read` });
    thread.prepend(problemNote(problem, { retry: () => showAsk(place) }));
    putBack(place.questions.at(-1) ?? "");
    refresh();
    return false;
  }
}

async function showKept(shown) {
  const key = JSON.stringify(shown.path);
  if (!kept.has(key)) {
    const [{ keptTurns }] = await Promise.all([import("./kept.js"), loadTurns()]);
    const found = await keptTurns(...shown.path, parts.Turn, hooksFor);
    // Somebody else may read here by now.
    if (place !== shown) return;
    kept.set(key, found);
  }
  thread.prepend(...kept.get(key).map((turn) => turn.node));
  refresh();
}

const turnsKept = () => (place.path?.length === 2 ? kept.get(JSON.stringify(place.path)) ?? [] : []);

/** Stops the answer being written; true if there was one. */
function stopAsking() {
  const running = turns.filter((turn) => turn.running);
  running.forEach((turn) => turn.stop());
  return running.length > 0;
}

function turnFor(path) {
  const key = JSON.stringify([place.path, place.more?.get("about"), path]);
  if (!asked.has(key)) {
    const turn = new parts.Turn(path.at(-1), hooksFor(() => turn));
    asked.set(key, turn);
  }
  return asked.get(key);
}

const hooksFor = (turn) => parts.turnHooks({
  go, ask,
  now: (of) => ({ place, about, status: standing.status, before: [...turnsKept(), ...turns.slice(0, turns.indexOf(of))] }),
}, turn);

async function ask(turn) {
  turn.started = true;
  const run = turn.run();
  refresh();
  turn.node.scrollIntoView({ block: "start" });
  await run;
  if (turn.answer) {
    takeBack(turn.question);
    parts.keepThread(place);
  }
  refresh();
}

function refresh() {
  const isThread = thread.hasChildNodes();
  // The page keeps its heading, for those who go by headings.
  byId("hero").classList.toggle("unseen", isThread);
  byId("examples").hidden = isThread;
  byId("page-ask").classList.toggle("empty", !isThread);
  bar.querySelector("#copy-link")?.toggleAttribute("hidden", !isThread);
  if (!byId("page-ask").hidden) {
    const last = turns.at(-1) ?? turnsKept().at(-1);
    // Isolated: a question that is written from right to left leaves the name where it is.
    titled(last ? `${isolated(last.question.slice(0, 120))} · Millrace` : "Millrace");
  }
  showComposer({ running: turns.some((turn) => turn.running), followUp: isThread });
  showScope(standing.status?.spaces ?? [], place.filters, (filters) => {
    go({ ...place, filters }, { replace: true });
    turns.at(-1)?.offerAgain();
  }, about !== null);
}

async function openEarlier() {
  const found = await partOf(() => Promise.all([import("./threads.js"), commonLooks()]));
  found?.[0].openThreads({ go });
}
