/** Adds a source, step by step: where it is, whether it can be read, which spaces, what that would do, then for good. */
import { el } from "../shell/dom.js";
import { changeSource, deleteSource, makeSource, readJob, readTagged, spacesOfSource, startJob,
  testSource } from "./sources-api.js";
import { connectFields } from "./source-connect.js";
import { isOver } from "./ingest-follow.js";
import { jobPanel } from "./ingest-job.js";
import { settingFields } from "./source-settings.js";
import { spaceChooser } from "./source-spaces.js";
import { testSteps } from "./source-test.js";
import { loadingNote, sourcesLink, sourcesPlace, spanWords, troubleNote, viewHeading } from "./source-parts.js";

const addSteps = [["where", "Where"], ["test", "Test"], ["spaces", "Spaces"], ["try", "Dry run"], ["go", "Go"]];

/** The draft is kept by the server from the first step on: the address holds its id and the step. */
export function sourceAddView({ id: draftID, go, say, drop }) {
  const rail = el("ol", { class: "steps", "aria-label": "Steps" });
  const body = el("div", { class: "stack" });
  const node = el("div", { class: "stack" }, viewHeading("Add a source"), rail, body);
  let draft = null;
  let tag = null;
  let shownStep = null;
  let panel = null;
  let turn = 0;

  const move = (step, query = {}, id = draft?.id) => go(sourcesPlace(id ? ["add", id] : ["add"], { step, ...query }));

  function drawRail(step) {
    const at = addSteps.findIndex(([key]) => key === step);
    rail.replaceChildren(...addSteps.map(([key, words], index) => el("li", {
      "aria-current": index === at ? "step" : null, class: index < at ? "done" : null,
    }, index < at && draft ? sourcesLink(words, ["add", draft.id], { step: key }) : words)));
  }

  async function show(place) {
    const step = draftID ? place.query.get("step") ?? "test" : "where";
    if (!addSteps.some(([key]) => key === step)) return move("where");
    // The same step again: whatever stands in it stays.
    if (step === shownStep && body.children.length) { panel?.start(); return; }
    panel?.stop();
    panel = null;
    const mine = ++turn;
    const moved = shownStep !== null;
    if (draftID) {
      if (!draft) body.replaceChildren(loadingNote("Loading the draft …"));
      try {
        ({ body: draft, etag: tag } = await readTagged(draftID));
      } catch (error) {
        if (mine !== turn) return;
        shownStep = null;
        body.replaceChildren(error.status === 404
          ? el("div", { class: "problem", role: "alert" },
            el("p", {}, el("strong", {}, "This draft is gone."), " It was deleted meanwhile. ",
              sourcesLink("Begin anew", ["add"]), "."))
          : troubleNote(error, () => show(place)));
        return;
      }
      if (mine !== turn) return;
      // One that is read by now has nothing left to set up here.
      if (draft.state && draft.state !== "draft") { drop(); return go(sourcesPlace(["of", draft.id]),
        { replace: true }); }
    }
    shownStep = step;
    drawRail(step);
    const heading = el("h2", { tabindex: "-1" }, {
      where: "Where it is, and how to sign in", test: "Whether it can be read", spaces: "Which spaces",
        try: "What it would do", go: "Ready",
    }[step]);
    const part = { where: whereStep, test: testStep, spaces: spacesStep, try: tryStep, go: goStep }[step](place);
    body.replaceChildren(heading, part);
    if (moved) heading.focus();
  }

  function stepForm(fields, { next, back, submit }) {
    const trouble = el("div", {});
    const button = el("button", { type: "submit", class: "primary" }, next);
    return el("form", { class: "stack", novalidate: true, async onsubmit(event) {
      event.preventDefault();
      trouble.replaceChildren();
      button.disabled = true;
      try { await submit((words) => trouble.replaceChildren(el("p", { class: "field-error", role: "alert" },
        words))); } catch (error) {
        trouble.replaceChildren(troubleNote(error, () => event.target.requestSubmit()));
      }
      button.disabled = false;
    } }, fields, trouble, el("div", { class: "row" }, button,
      back && el("button", { type: "button", onclick: () => move(back) }, "Back")));
  }

  function whereStep() {
    const fields = connectFields(draft);
    return stepForm(fields.node, { next: "Save and test", async submit() {
      if (fields.fault()) return;
      const said = fields.value();
      try {
        if (draft && said.base_url === draft.base_url
          && (said.kind === "data_center") === (draft.dialect === "data-center")) {
          ({ body: draft, etag: tag } = await changeSource(draft.id, tag, { name: said.name, auth: said.auth }));
        } else {
          // A source stays where it is: another address is another draft.
          if (draft) await deleteSource(draft.id, "keep");
          draft = await makeSource(said);
          drop();
        }
      } catch (error) {
        if (fields.tell(error)) return;
        throw error;
      }
      say("Saved. Testing the connection");
      move("test");
    } });
  }

  function testStep() {
    const outcome = el("div", { "aria-live": "polite" });
    const next = el("button", { type: "button", class: "primary", hidden: true, onclick: () => move("spaces") },
      "Choose spaces");
    const again = el("button", { type: "button", onclick: run }, "Test again");
    async function run() {
      const mine = turn;
      again.disabled = true;
      outcome.replaceChildren(loadingNote(`Asking ${draft.base_url} …`));
      try {
        const check = await testSource(draft.id);
        if (mine !== turn) return;
        outcome.replaceChildren(testSteps(check), check.ok ? el("p", {}, el("strong", {}, "It can be read."))
          : el("p", {}, el("strong", {}, "It cannot be read yet."), " Correct what the step says, then test again."));
        next.hidden = !check.ok;
        if (check.ok) next.focus();
        say(check.ok ? "It can be read" : "It cannot be read yet");
      } catch (error) { if (mine === turn) outcome.replaceChildren(troubleNote(error, run)); }
      again.disabled = false;
    }
    run();
    return el("div", { class: "stack" }, outcome,
      el("div", { class: "row" }, next, again, el("button", { type: "button", onclick: () => move("where") },
        "Change the connection")));
  }

  function spacesStep() {
    const holder = el("div", { class: "stack" }, loadingNote("Asking for the spaces …"));
    const load = async () => {
      const mine = turn;
      try {
        const spaces = await spacesOfSource(draft.id);
        if (mine !== turn) return;
        const chooser = spaceChooser(spaces, draft.spaces);
        const settings = settingFields(draft);
        holder.replaceChildren(stepForm([chooser.node, settings.node],
          { next: "See what it would do", back: "test", async submit(refuse) {
          const wrong = chooser.fault() ?? settings.fault();
          if (wrong) return refuse(wrong);
          ({ body: draft, etag: tag } = await changeSource(draft.id, tag,
            { spaces: chooser.value(), ...settings.value() }));
          const job = await startJob(draft.id, { site: true }, true);
          move("try", { job: job.id });
        } }));
      } catch (error) { if (mine === turn) holder.replaceChildren(troubleNote(error, load)); }
    };
    load();
    return holder;
  }

  function tryStep(place) {
    const jobID = place.query.get("job");
    if (!jobID) return el("div", { class: "row" }, el("button",
      { type: "button", class: "primary", onclick: dryRun }, "Make a dry run"), backTo("spaces"));
    const next = el("button", { type: "button", class: "primary", hidden: true,
      onclick: () => move("go", { job: jobID }) }, "Go on");
    panel = jobPanel(jobID, { go, say, quiet: true, title: el("span", {}), ended(job) {
      next.hidden = job.state !== "finished";
      if (job.state === "finished") next.focus({ preventScroll: true });
    } });
    panel.start();
    return el("div", { class: "stack" }, el("p", { class: "note" },
      "The site is read as it will be later; nothing is stored."), panel.node,
      el("div", { class: "row" }, next, el("button", { type: "button", onclick: dryRun }, "Once more"),
        backTo("spaces")));
  }

  async function dryRun() {
    try {
      const job = await startJob(draft.id, { site: true }, true);
      shownStep = null;
      move("try", { job: job.id });
    } catch (error) { body.append(troubleNote(error, dryRun)); }
  }

  const backTo = (step) => el("button", { type: "button", onclick: () => move(step) }, "Back");

  function goStep(place) {
    const told = el("p", {}, "");
    const jobID = place.query.get("job");
    if (jobID) readJob(jobID).then((job) => {
      const [seen, stored] = [job.counts.seen, job.counts.stored].map((times) => times.toLocaleString("en"));
      if (isOver(job)) told.textContent = `The dry run read ${seen} documents and would store ${stored}.`;
    }).catch(() => { /* only a reminder */ });
    const often = draft.sync_minutes ? `, and again every ${spanWords(draft.sync_minutes * 60)}` : " when you say so";
    return stepForm(el("div", { class: "stack" }, told,
      el("p", {}, "From now on ", el("bdi", {}, draft.name), ` is read${often}. Its pages can be found and asked `,
        "about as they come in, by those who may read them there.")),
    { next: "Start reading", back: "try", async submit() {
      const { body: now } = await changeSource(draft.id, tag, { enabled: true });
      drop();
      say("Reading has begun");
      go(now.current_job ? sourcesPlace(["job", now.current_job]) : sourcesPlace(["of", now.id]));
    } });
  }

  return { node, show, leave() { panel?.stop(); }, forget() { panel?.stop(); } };
}
