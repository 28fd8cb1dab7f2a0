/** A run as it goes: what its events say of each component. */
import { inWords, runsAPI } from "./flows-api.js";

const shownText = 20_000;

/** A run that has told nothing yet. */
const newRun = (input) => ({
  id: null, state: "starting", input, nodes: new Map(), order: [], outputs: [], failure: null, total: null, position: 0,
  startedAt: Date.now(), problem: null,
});

/** `loop/each/cite#2` without the number of its round. */
const plainPlace = (component) => component.replace(/#\d+/g, "");

/** The run after one more event; the parts that it changes are new. */
function afterEvent(run, event) {
  const next = { ...run, position: Math.max(run.position, (event.position ?? -1) + 1) };
  const place = plainPlace(event.component ?? event.step?.component ?? "");
  const touch = (change) => {
    const before = run.nodes.get(place) ?? { place, rounds: 0, text: "", messages: [], tools: [], others: [] };
    next.nodes = new Map(run.nodes).set(place, { ...before, ...change(before) });
    if (!run.nodes.has(place)) next.order = [...run.order, place];
  };
  switch (event.event) {
  case "step_began":
    touch((before) => ({ state: "running", type: event.type, rounds: before.rounds + 1, text: before.rounds ? before.text : "" }));
    next.state = "running";
    break;
  case "step_ended": {
    const { step } = event;
    touch((before) => ({
      state: { finished: "finished", failed: "failed", skipped: "skipped" }[step.outcome] ?? step.outcome, type: step.type,
      ms: (before.rounds > 1 ? before.ms ?? 0 : 0) + (step.ms ?? 0), notes: step.notes ?? {}, inputs: step.values?.inputs ?? before.inputs,
      outputs: step.values?.outputs ?? before.outputs,
    }));
    break;
  }
  case "text":
    touch((before) => ({ text: (before.text + event.text).slice(-shownText) }));
    break;
  case "message":
    touch((before) => ({ messages: [...before.messages, event.message].slice(-20) }));
    break;
  case "tool":
    touch((before) => ({ tools: [...before.tools, event.tool].slice(-60) }));
    break;
  case "other":
    touch((before) => ({ others: [...before.others, { name: event.name, data: event.data }].slice(-20) }));
    break;
  case "restarted":
    return { ...next, nodes: new Map(), order: [], outputs: [], attempt: event.attempt };
  case "finished":
    for (const step of event.result.steps ?? []) if (!next.nodes.has(step.component)) {
      next.nodes = new Map(next.nodes).set(step.component, { place: step.component, state: step.outcome, type: step.type, ms: step.ms, notes: step.notes ?? {}, rounds: 1, text: "", messages: [], tools: [], others: [] });
    }
    return { ...next, state: "finished", outputs: event.result.outputs ?? [], total: event.result.duration_ms, result: event.result };
  case "failed": {
    const failure = event.failure ?? {};
    const at = plainPlace(failure.component ?? "");
    if (at) next.nodes = new Map(next.nodes).set(at, { messages: [], tools: [], others: [], text: "", rounds: 1, ...next.nodes.get(at), place: at, state: "failed", reason: failure.reason });
    return { ...ended(next), state: "failed", failure };
  }
  case "cancelled":
    return { ...ended(next), state: "cancelled" };
  case "error":
    return { ...ended(next), state: "failed", failure: { reason: event.detail || event.title } };
  default:
  }
  return next;
}

// What still ran when the run ended has been stopped.
function ended(run) {
  const nodes = new Map([...run.nodes].map(([place, node]) => [place, node.state === "running" ? { ...node, state: "stopped" } : node]));
  return { ...run, nodes };
}

export const isOver = (run) => ["finished", "failed", "cancelled"].includes(run?.state);

/** What a run says of a component, as a line: time, figures, cost. */
export function figuresOf(node) {
  if (!node) return "";
  const parts = [];
  if (node.ms !== undefined) parts.push(node.ms < 1 ? "< 1 ms" : node.ms < 1000 ? `${Math.round(node.ms)} ms` : `${(node.ms / 1000).toFixed(node.ms < 9950 ? 2 : 1)} s`);
  const notes = node.notes ?? {};
  const tokens = (notes.input_tokens ?? 0) + (notes.output_tokens ?? 0);
  if (tokens) parts.push(`${tokens.toLocaleString("en")} tokens`);
  // The vector of one question costs less than can be told in four places.
  if (notes.dollars > 0 && notes.dollars < 0.0001) parts.push("< $0.0001");
  else if (notes.dollars) parts.push(`$${notes.dollars < 0.01 ? notes.dollars.toFixed(4) : notes.dollars.toFixed(2)}`);
  if (!tokens) for (const [name, value] of Object.entries(notes).slice(0, 2)) {
    if (name !== "dollars" && typeof value === "number") parts.push(`${Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(3)} ${noteWords(name, value)}`);
  }
  const bytes = sizeOfValues(node.outputs);
  if (bytes) parts.push(bytesInWords(bytes));
  if (node.rounds > 1) parts.push(`${node.rounds} times`);
  return parts.join(" · ");
}

// “1 citation” of `citations`.
const noteWords = (name, value) => (value === 1 ? name.replace(/s$/, "") : name).replaceAll("_", " ");

const sizeOfValues = (values) => Object.values(values ?? {}).reduce((sum, value) => sum + (value.bytes ?? 0), 0);

export const bytesInWords = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);

/**
 * Begins a run of a saved flow and follows its stored events; `tell(run)` gets each state, at most once a frame.
 * A lost connection is taken up again at the last position. Returns `{stop(), leave()}`.
 */
export function startRun(body, input, tell) {
  let run = newRun(input);
  let left = false;
  let asked = 0;
  const following = new AbortController();
  const say = (next) => {
    run = next;
    asked ||= requestAnimationFrame(() => { asked = 0; if (!left) tell(run); });
  };
  const follow = async () => {
    const begun = await runsAPI.begin(body);
    say({ ...run, id: begun.id, state: "queued" });
    for (let tries = 0; !left && !isOver(run); tries += 1) {
      try {
        for await (const event of runsAPI.follow(begun.id, run.position, following.signal)) {
          say(afterEvent({ ...run, problem: null }, event));
          tries = 0;
        }
      } catch (problem) {
        if (problem.name === "AbortError" || problem.status === 404) throw problem;
        say({ ...run, problem: `${inWords(problem)} The run goes on; it is asked for again.` });
      }
      if (!isOver(run) && !left) await new Promise((done) => { setTimeout(done, Math.min(8000, 400 * 2 ** Math.min(tries, 5))); });
    }
  };
  follow().catch((problem) => {
    if (problem.name !== "AbortError") say({ ...run, state: "failed", failure: { reason: inWords(problem) } });
  });
  return {
    async stop() {
      if (!run.id || isOver(run)) return;
      say({ ...run, stopping: true });
      try { await runsAPI.cancel(run.id); } catch (problem) { say({ ...run, stopping: false, problem: inWords(problem) }); }
    },
    leave() { left = true; following.abort(); },
  };
}
