/**
 * The flow that is open: its present state, everything that can be undone, what is chosen, and who wants to know.
 *
 * Listeners are called once a turn with the names of what has changed: `doc`, `selection`, `path`, `checked`, `run`,
 * `saved`, `compare`.
 */
import { graphAt, withGraphAt, wholeFlow } from "./flow-model.js";

const undoKept = 200;

export class FlowStore {
  past = [];
  future = [];
  path = [];
  selection = new Set();
  chosenEdges = new Set();
  faults = [];
  checked = new Map();
  run = null;
  comparison = null;
  readOnly = "";
  #listeners = new Set();
  #changed = null;

  constructor(flow, catalog) {
    this.doc = wholeFlow(flow);
    this.saved = this.doc;
    this.catalog = catalog;
  }

  /** The graph on the screen: the flow's own, or that of the body which is open. */
  get graph() { return graphAt(this.doc, this.path) ?? this.doc; }
  get dirty() { return this.doc !== this.saved; }

  on(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(...names) {
    if (!this.#changed) {
      this.#changed = new Set();
      queueMicrotask(() => this.flush());
    }
    for (const name of names) this.#changed.add(name);
  }

  /** Tells at once what would be told at the end of this turn. */
  flush() {
    const changed = this.#changed;
    this.#changed = null;
    if (changed) for (const listener of [...this.#listeners]) listener(changed);
  }

  /**
   * Does `command` to the graph on the screen. `label` names it for undo. Changes of one `merge` that follow each
   * other within a second are undone together, as the letters of one word.
   */
  apply(label, command, { merge = null, select = null } = {}) {
    if (this.readOnly) return false;
    return this.applyToFlow(label, (flow) => {
      const graph = graphAt(flow, this.path) ?? flow;
      const next = command(graph);
      return next === graph ? flow : withGraphAt(flow, this.path, next);
    }, { merge, select });
  }

  /** Does `command` to the whole flow. */
  applyToFlow(label, command, { merge = null, select = null } = {}) {
    if (this.readOnly) return false;
    const next = command(this.doc);
    if (next === this.doc) return false;
    const last = this.past.at(-1);
    const now = performance.now();
    if (merge && last?.merge === merge && now - last.at < 1000 && !this.future.length) last.at = now;
    else this.past.push({ label, merge, at: now, doc: this.doc, path: this.path, selection: this.selection });
    if (this.past.length > undoKept) this.past.shift();
    this.future = [];
    this.doc = next;
    if (select) this.#choose(select);
    this.#prune();
    this.tell("doc");
    return true;
  }

  undo() { return this.#step(this.past, this.future); }
  redo() { return this.#step(this.future, this.past); }

  #step(from, to) {
    const entry = from.pop();
    if (!entry || this.readOnly) return null;
    to.push({ label: entry.label, merge: null, at: 0, doc: this.doc, path: this.path, selection: this.selection });
    this.doc = entry.doc;
    if (String(this.path) !== String(entry.path)) this.tell("path");
    this.path = entry.path;
    this.#choose(entry.selection);
    this.#prune();
    this.tell("doc");
    return entry.label;
  }

  select(ids, edges = []) {
    this.#choose(ids);
    this.chosenEdges = new Set(edges);
    this.tell("selection");
  }

  open(path) {
    this.path = path;
    this.select([]);
    this.tell("path", "doc");
  }

  /** Another state of the flow takes the place of this one; what was done before can still be undone. */
  replace(label, flow) { return this.applyToFlow(label, () => wholeFlow(flow)); }

  #choose(ids) {
    this.selection = new Set(ids);
    this.chosenEdges = new Set();
    this.tell("selection");
  }

  // What is gone cannot be chosen or open.
  #prune() {
    while (this.path.length && !graphAt(this.doc, this.path)) {
      this.path = this.path.slice(0, -1);
      this.tell("path");
    }
    const there = new Set(this.graph.components.map((node) => node.id));
    const left = [...this.selection].filter((id) => there.has(id) || id === "input");
    if (left.length !== this.selection.size) this.#choose(left);
  }
}
