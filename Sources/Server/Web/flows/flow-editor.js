/** One flow that is open: loaded, kept, saved, run. What is seen of it is made in flow-editor-view.js. */
import { announce } from "../shell/dom.js";
import { ago } from "../shell/format.js";
import { flowCatalog } from "./flow-catalog.js";
import { keepChecking } from "./flow-check.js";
import { differenceOf } from "./flow-compare.js";
import { openComparison } from "./flow-compare-view.js";
import { dropDraft, keepDraft, readDraft, setAsideDraft } from "./flow-draft.js";
import { definitionOf, outputsOf, wholeFlow } from "./flow-model.js";
import { reasonsToRead } from "./flow-reasons.js";
import { startRun } from "./flow-run.js";
import { resolveConflict } from "./flow-conflict.js";
import { FlowStore } from "./flow-store.js";
import { sameValue } from "./flow-values.js";
import { flowsAPI, inWords } from "./flows-api.js";

const metaOf = ({ id, version, latest, published, endpoint, project, tags, shared }) =>
  ({ id, version, latest, published, endpoint, project, tags: tags ?? [], shared: shared ?? false });

// Moves count here: what is taken for saved is not saved again.
const isSameWork = (saved, doc, meta) => differenceOf(saved, doc).count === 0
  && [placesOf, (flow) => outputsOf(flow).map(({ name, port }) => [name, port]), (flow) => flow.inputs ?? []]
    .every((part) => sameValue(part(saved), part(doc)))
  && sameValue(sharingOf(metaOf(saved)), sharingOf(meta));
const placesOf = ({ components }) => components.map(({ id, position, bodies }) => [id, position?.x ?? null, position?.y ?? null, bodies ?? {}]);
const sharingOf = ({ tags, shared, endpoint }) => [tags, shared, endpoint ?? null];

/** Loads a flow and what it may be made of. */
export async function loadEditor(id, shell) {
  const [flow, catalog] = await Promise.all([flowsAPI.read(id), flowCatalog()]);
  return new FlowEditor(id, flow, catalog, shell);
}

class FlowEditor {
  banners = [];
  saving = null;
  running = null;
  #draftTimer = 0;

  constructor(id, flow, catalog, shell) {
    Object.assign(this, { id, shell });
    this.meta = metaOf(flow);
    this.savedMeta = this.meta;
    const { faults, ...rest } = flow;
    this.store = new FlowStore(definitionOf(rest), catalog);
    const { readOnly, banners } = reasonsToRead(flow, catalog);
    this.store.readOnly = readOnly;
    this.banners = banners;
    this.checks = keepChecking(this.store);
    this.#offerDraft();
    this.stopKeeping = this.store.on((changed) => { if (changed.has("doc")) this.#keepSoon(); });
    this.keepNow = () => { if (this.#draftTimer) this.#keep(); };
    addEventListener("pagehide", this.keepNow);
    document.addEventListener("visibilitychange", this.keepNow);
  }

  get dirty() { return this.store.dirty || this.meta !== this.savedMeta; }
  get canEdit() { return !this.store.readOnly; }

  changeMeta(change) {
    if (!this.canEdit) return;
    this.meta = { ...this.meta, ...change };
    this.#keepSoon();
    this.store.tell("saved");
  }

  #keepSoon() {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keep(), 400);
  }

  #keep() {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = 0;
    if (!this.canEdit) return;
    if (!this.dirty) dropDraft(this.id, { older: false });
    else if (!keepDraft(this.id, { base: this.meta.version, doc: this.store.doc, meta: this.meta })) {
      this.#banner({ key: "full", text: "This browser keeps no copy of your work: its storage is full or refused. Save often." });
    }
  }

  #offerDraft() {
    const draft = this.canEdit ? readDraft(this.id) : null;
    if (!draft) return;
    if (JSON.stringify(draft.doc) === JSON.stringify(this.store.doc)) return dropDraft(this.id);
    setAsideDraft(this.id);
    this.draft = draft;
    const from = draft.base === this.meta.version ? "" : ` It began from version ${draft.base}; the newest is ${this.meta.version}.`;
    this.banners.push({ key: "draft", text: `Work that was not saved is in this browser, from ${ago(draft.at) ?? "some time ago"}.${from}`, actions: ["take", "compare", "discard"] });
  }

  takeDraft() {
    this.store.replace("take up unsaved work", draftFlow(this.draft));
    this.meta = { ...this.meta, endpoint: this.draft.meta?.endpoint ?? this.meta.endpoint, tags: this.draft.meta?.tags ?? this.meta.tags, shared: this.draft.meta?.shared ?? this.meta.shared };
    // What it began from decides whether a save would go over somebody else's work.
    if (this.draft.base < this.meta.version) this.meta = { ...this.meta, version: this.draft.base };
    this.dropBanner("draft");
    this.#keep();
    dropDraftOlder(this.id);
    announce("Your unsaved work is open.");
  }

  discardDraft() {
    dropDraft(this.id);
    this.dropBanner("draft");
    announce("The unsaved work is thrown away.");
  }

  async compareDraft() {
    const answer = await openComparison({ title: "Saved and unsaved work", before: this.store.saved, after: draftFlow(this.draft), names: [`version ${this.meta.version}`, "unsaved work"], catalog: this.store.catalog, checked: this.store.checked, actions: [{ word: "Take it up", value: "take", primary: true }, { word: "Back", value: "back" }] });
    if (answer === "take") this.takeDraft();
  }

  #banner(banner) {
    this.banners = [...this.banners.filter((other) => other.key !== banner.key), banner];
    this.store.tell("saved");
  }

  dropBanner(key) {
    this.banners = this.banners.filter((banner) => banner.key !== key);
    this.store.tell("saved");
  }

  /** Saves what is open as a new version; true when it stands. Says what went wrong and keeps everything otherwise. */
  save(note = "") {
    if (!this.canEdit) return Promise.resolve(true);
    this.saving ??= this.#save(note).finally(() => { this.saving = null; this.store.tell("saved"); });
    this.store.tell("saved");
    return this.saving;
  }

  async #save(note, base = this.meta.version) {
    const { doc } = this.store;
    const { meta } = this;
    if (!doc.name.trim()) {
      this.#banner({ key: "save", text: "The flow needs a name before it can be saved.", actions: [] });
      return false;
    }
    const body = { flow: definitionOf(doc), tags: meta.tags, shared: meta.shared, base_version: base };
    for (const key of ["endpoint", "project"]) if (meta[key]) body[key] = meta[key];
    if (note) body.note = note;
    try {
      this.#hasSaved(await flowsAPI.save(this.id, body), doc, meta);
      return true;
    } catch (problem) {
      this.#keep();
      const outcome = problem.status === 409 && (await this.#conflict(problem, doc, meta));
      if (outcome) return outcome === "saved";
      this.#banner({ key: "save", text: `It was not saved. ${inWords(problem)}`, actions: ["save"] });
      announce("It was not saved.");
      return false;
    }
  }

  #hasSaved(saved, doc, meta) {
    this.store.saved = doc;
    const edited = this.meta !== meta;
    this.savedMeta = metaOf(saved);
    this.meta = edited ? { ...this.meta, version: saved.version, latest: saved.latest, published: saved.published } : this.savedMeta;
    this.dropBanner("save");
    if (this.dirty) this.#keep(); else dropDraft(this.id, { older: !this.draft });
    this.store.tell("saved");
    announce(`Saved as version ${saved.version}.`);
  }

  // Somebody else saved meanwhile: neither work goes over the other without a word. “saved” where it was this work, of
  // whose saving the answer was lost; null where there is nothing to decide.
  async #conflict(problem, doc, meta) {
    let theirs;
    try { theirs = await flowsAPI.read(this.id); } catch { return null; }
    if (theirs.version === this.meta.version) return null;
    if (isSameWork(theirs, doc, meta)) {
      this.#hasSaved(theirs, doc, meta);
      return "saved";
    }
    this.deciding = true;
    this.store.tell("saved");
    const answer = await resolveConflict({ editor: this, theirs });
    this.deciding = false;
    if (answer === "theirs") this.takeSaved(theirs, "take the other version");
    else if (answer === "mine") {
      const done = await this.#save("saved beside another’s version", theirs.version);
      if (done) announce("Yours is the newest version; the other one is kept before it.");
    } else this.#banner({ key: "save", text: `Not saved: version ${theirs.version} was saved meanwhile. ${problem.detail ? "Your work is kept in this browser." : ""}`, actions: ["save"] });
    return "decided";
  }

  /** What the server has takes the place of what is open; undo brings that back. */
  takeSaved(flow, label) {
    const { faults, ...rest } = flow;
    this.store.replace(label, definitionOf(rest));
    this.store.saved = this.store.doc;
    this.meta = this.savedMeta = metaOf(flow);
    dropDraft(this.id, { older: !this.draft });
    this.dropBanner("save");
    this.store.tell("saved", "doc");
  }

  async publish(version) {
    const flow = await flowsAPI.publish(this.id, version);
    const { published } = flow?.published !== undefined ? flow : { published: version };
    this.meta = { ...this.meta, published };
    this.savedMeta = { ...this.savedMeta, published };
    if (this.meta.endpoint === this.savedMeta.endpoint && this.meta.tags === this.savedMeta.tags && this.meta.shared === this.savedMeta.shared) this.savedMeta = this.meta;
    this.store.tell("saved");
    announce(version ? `Version ${version} is published.` : "Callers run the newest version.");
  }

  /** Saves what is not saved, then runs it. */
  async run({ input, inputs, session }) {
    if (this.dirty && !(await this.save("saved to run it"))) return;
    this.running?.leave();
    const body = { flow: this.id };
    if (input) body.input = input;
    if (Object.keys(inputs ?? {}).length) body.inputs = inputs;
    if (session) body.session = session;
    if (this.meta.version) body.version = this.meta.version;
    let told = "";
    this.running = startRun(body, input, (run) => {
      this.store.run = run;
      this.store.tell("run");
      const words = { finished: "The run has finished.", failed: `The run failed. ${run.failure?.reason ?? ""}`, cancelled: "The run was stopped." }[run.state];
      if (words && told !== run.state) announce(words);
      told = run.state;
    });
  }

  close() {
    this.keepNow();
    removeEventListener("pagehide", this.keepNow);
    document.removeEventListener("visibilitychange", this.keepNow);
    this.running?.leave();
    this.checks.stop();
    this.stopKeeping();
  }
}

const draftFlow = (draft) => wholeFlow(draft.doc);
const dropDraftOlder = (id) => { try { localStorage.removeItem(`millrace.flow.${id}.older`); } catch { /* refused */ } };
