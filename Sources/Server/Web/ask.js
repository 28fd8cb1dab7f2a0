/** The Ask page: a thread of questions, each with its answer. */
import { byId, el } from "./dom.js";
import { ago, count } from "./format.js";
import { putBack, showComposer, startComposer } from "./composer.js";
import { filtersForRequest } from "./place.js";
import { openScope, showScope } from "./scope.js";

/** Exchanges sent along with a follow-up: enough to know what “it” is. */
const maxConversation = 6;

const thread = byId("thread");
// Turns by the questions that lead to them, so that going back shows an answer instead of asking again.
const asked = new Map();
let turns = [];
let place = { tab: "ask", questions: [], filters: {} };
let status = null;
let go;
let Turn;

/** Wires the page up; `navigate(place, {replace})` changes the address. */
export function startAsk(navigate) {
  go = navigate;
  startComposer({
    ask: (question) => go({ ...place, questions: [...place.questions, question] }),
    stop: () => stopAsking(),
    running: () => turns.some((turn) => turn.running),
    last: () => place.questions.at(-1),
  });
  byId("new-thread").addEventListener("click", () => go({ ...place, questions: [] }));
  // What an answer needs is fetched while the first question is being typed.
  byId("question").addEventListener("input", () => import("./turn.js"), { once: true });
}

/** Shows the thread of `next`, asking what has not been asked yet, one after the other. */
export async function showAsk(next) {
  place = next;
  if (place.questions.length) {
    ({ Turn } = await import("./turn.js"));
    if (place !== next) return;
  }
  const wanted = place.questions.map((_, index) => turnFor(place.questions.slice(0, index + 1)));
  turns.filter((turn) => !wanted.includes(turn)).forEach((turn) => turn.stop());
  turns = wanted;
  thread.replaceChildren(...turns.map((turn) => turn.node));
  refresh();
  if (matchMedia("(hover: hover)").matches) byId("question").focus({ preventScroll: true });
  for (const turn of turns) {
    if (turns !== wanted) return;
    if (!turn.started) await ask(turn);
  }
}

/** Stops the answer being written; true if there was one. */
export function stopAsking() {
  const running = turns.filter((turn) => turn.running);
  running.forEach((turn) => turn.stop());
  return running.length > 0;
}

/** Takes what the server holds: the status line, the examples, the spaces to choose from. */
export function showStatus(next) {
  status = next;
  byId("status").textContent = statusLine(status);
  byId("examples").replaceChildren(...(status.examples ?? []).slice(0, 4).map((example) => el("button", {
    type: "button", class: "example", dir: "auto", onclick: () => go({ ...place, questions: [example] }),
  }, example)));
  refresh();
}

/** Says in the status line why there is no status. */
export function showNoStatus(problem) {
  byId("status").textContent = problem.status === 401 ? "Sign in to ask and to search."
    : `${problem.message}. ${problem.detail ?? ""}`;
}

/** Forgets every answer: somebody else reads now. */
export function forgetAnswers() {
  stopAsking();
  asked.clear();
  turns = [];
}

function turnFor(path) {
  const key = JSON.stringify(path);
  if (!asked.has(key)) {
    asked.set(key, new Turn(path.at(-1), {
      body: () => requestBody(asked.get(key)),
      retry: (turn) => ask(turn),
      failed: (turn) => putBack(turn.question),
      openFilters: openScope,
      search: (words) => go({ tab: "search", query: words, mode: "hybrid", filters: {} }),
      scope: () => (status ? held(status) : "the pages you may read"),
    }));
  }
  return asked.get(key);
}

async function ask(turn) {
  turn.started = true;
  const run = turn.run();
  refresh();
  turn.node.scrollIntoView({ block: "start" });
  await run;
  refresh();
}

function requestBody(turn) {
  const conversation = turns.slice(0, turns.indexOf(turn)).map((earlier) => earlier.exchange)
    .filter(Boolean).slice(-maxConversation);
  return {
    question: turn.question, stream: true, filters: filtersForRequest(place.filters),
    conversation: conversation.length ? conversation : undefined,
  };
}

function refresh() {
  const followUp = turns.length > 0;
  byId("hero").hidden = followUp;
  byId("examples").hidden = followUp;
  byId("page-ask").classList.toggle("empty", !followUp);
  document.title = followUp ? `${turns.at(-1).question} · Millrace` : "Millrace";
  showComposer({ running: turns.some((turn) => turn.running), followUp });
  showScope(status?.spaces ?? [], place.filters, (filters) => go({ ...place, filters }, { replace: true }));
}

const held = ({ documents, spaces }) =>
  `${count(documents, "document")}${spaces?.length ? ` in ${count(spaces.length, "space")}` : ""}`;

function statusLine(status) {
  if (!status.documents) return "Nothing here yet that you may read: bring a space in by “millrace ingest”.";
  const synced = ago(status.synced_at);
  return held(status) + (synced ? `, synced ${synced}` : "");
}
