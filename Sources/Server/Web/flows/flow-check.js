/** What the server says of the flow while it is edited: what keeps it from running, and the ports that parameters make. */
import { flowsAPI } from "./flows-api.js";
import { checkedKey } from "./flow-catalog.js";
import { definitionOf, portParts } from "./flow-model.js";

const checkPause = 350;

/** Checks the flow after each change. Returns `{now(), stop()}`. */
export function keepChecking(store) {
  let timer = 0;
  let asked = null;
  let checkedDoc = null;
  let checkedPath = null;
  const check = async () => {
    const { doc, path, graph } = store;
    if (doc === checkedDoc && String(path) === checkedPath) return;
    asked?.abort();
    asked = new AbortController();
    try {
      const whole = definitionOf({ ...doc, name: doc.name || "flow" });
      const told = await flowsAPI.check(whole, asked.signal);
      // The ports within a body are those of its graph as a flow of its own.
      const inner = path.length ? await flowsAPI.check({ name: "body", components: graph.components, edges: [], outputs: {} }, asked.signal) : null;
      if (store.doc !== doc) return;
      const next = new Map(store.checked);
      for (const component of told.components) next.set(component.id, component);
      for (const component of inner?.components ?? []) next.set(checkedKey(path, component.id), component);
      [checkedDoc, checkedPath] = [doc, String(path)];
      Object.assign(store, { checked: next, allFaults: told.faults, checkFailed: null });
      placeFaults(store);
      store.tell("checked");
    } catch (problem) {
      if (problem.name === "AbortError") return;
      store.checkFailed = problem;
      store.tell("checked");
    }
  };
  const stop = store.on((changed) => {
    if (changed.has("path")) placeFaults(store);
    if (!changed.has("doc") && !changed.has("path")) return;
    clearTimeout(timer);
    timer = setTimeout(check, checkPause);
  });
  return {
    now: check,
    stop() { stop(); clearTimeout(timer); asked?.abort(); },
  };
}

/** Sorts the faults by where they show on the screen: `place` is a component of the open graph, or null. */
function placeFaults(store) {
  const path = store.path.flat();
  store.faults = (store.allFaults ?? []).map((fault) => {
    const steps = (fault.component ?? "").split("/").filter(Boolean);
    const here = path.every((step, i) => steps[i] === step);
    const edge = !steps.length && fault.edge ? fault.edge.split(" → ").map((end) => portParts(end.trim())[0]) : null;
    return {
      ...fault, path: steps,
      place: steps.length ? (here ? steps[path.length] ?? null : null) : edge?.[1] ?? null,
      short: shortened(fault),
    };
  });
}

// “l”: temperature: it is 9; it must be … → It is 9; it must be …
function shortened({ message, name }) {
  const text = message.replace(/^“[^”]*”: /, "").replace(name ? `${name}: ` : "", "");
  return text === message ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
