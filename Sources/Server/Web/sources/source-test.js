/** Tries a connection and shows each step with what was found, or what is wrong and what to do. */
import { el } from "../shell/dom.js";
import { testSource } from "./sources-api.js";
import { loadingNote, troubleNote } from "./source-parts.js";

const stepNames = { connection: "Address", account: "Account", version: "Version", spaces: "Spaces" };

/** The steps of a test as a list. */
export function testSteps(check) {
  return el("ol", { class: "conditions" }, check.steps.map((step) =>
    el("li", { class: step.ok === false ? "fails" : "holds" },
    el("span", { class: `state-tag state-${step.ok === false ? "failed" : step.ok ? "finished" : "queued"}` },
      step.ok === false ? "Failed" : step.ok ? "Good" : "Unknown"),
    el("div", {}, el("p", {}, el("strong", {}, `${stepNames[step.name] ?? step.name}: `),
      el("span", { dir: "auto" }, step.message))))));
}

/** A button that tests `source`, with what came of it under it. */
export function connectionSteps(source, say) {
  const outcome = el("div", { "aria-live": "polite" });
  const button = el("button", { type: "button", onclick: run }, "Test the connection");
  async function run() {
    button.disabled = true;
    outcome.replaceChildren(loadingNote("Asking the site …"));
    try {
      const check = await testSource(source.id);
      outcome.replaceChildren(testSteps(check));
      say(check.ok ? "The source can be read" : "The source cannot be read");
    } catch (error) { outcome.replaceChildren(troubleNote(error, run)); }
    button.disabled = false;
  }
  return el("div", { class: "stack" }, el("div", {}, button), outcome);
}
