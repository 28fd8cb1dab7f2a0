/** Running the flow: what it is given, how it goes, what each component took and made. */
import { copyButton } from "../shell/copy.js";
import { el } from "../shell/dom.js";
import { figuresOf, bytesInWords, isOver } from "./flow-run.js";
import { calledNode } from "./flow-fit.js";
import { nodeNamed } from "./flow-model.js";

const stateWords = { starting: "Starting", queued: "Waiting for its turn", running: "Running", finished: "Finished", failed: "Failed", cancelled: "Stopped" };
const markWords = { running: "▸ running", finished: "✓ finished", failed: "✕ failed", skipped: "– skipped", stopped: "◼ stopped" };

/** The panel. `start(given)`, `stop()`; returns `{node, update(), input}`. */
export function runPanel(store, { start, stop, choose }) {
  const input = el("textarea", { id: "fl-run-input", rows: 3, dir: "auto" });
  input.value = "";
  const single = el("div", { class: "fl-run-inputs" });
  const go = el("button", { type: "submit", class: "primary" }, "Run");
  const end = el("button", { type: "button", hidden: true, onclick: () => stop() }, "Stop");
  const session = el("input", { id: "fl-run-session", dir: "auto", autocomplete: "off", maxlength: 200 });
  const state = el("p", { class: "fl-run-state" });
  const steps = el("ol", { class: "fl-steps" });
  const stepsPart = el("section", { hidden: true }, el("h3", {}, "Steps"), steps);
  const outputs = el("div", { class: "fl-outputs" });
  const one = el("section", { class: "fl-one" });
  const form = el("form", { class: "fl-form", onsubmit: (event) => {
    event.preventDefault();
    const inputs = Object.fromEntries([...single.querySelectorAll("textarea")].filter((area) => area.value).map((area) => [area.dataset.id, area.value]));
    start({ input: input.value, inputs, session: session.value.trim() });
  } },
  el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-run-input" }, "What the flow is told"), input), single,
  el("details", {}, el("summary", {}, "Conversation"), el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-run-session" }, "Session"), session, el("p", { class: "note" }, "Without one it belongs to the flow’s own conversation."))),
  el("div", { class: "row" }, go, end));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  let inputMark = "";
  const update = () => {
    const texts = store.doc.components.filter((node) => node.type === "TextInput");
    const mark = texts.map((node) => node.id + node.title).join();
    if (mark !== inputMark) {
      inputMark = mark;
      single.replaceChildren(...texts.map((node, i) => el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: `fl-run-text-${i}`, dir: "auto" }, calledNode(store.doc, node.id)), el("textarea", { id: `fl-run-text-${i}`, rows: 2, dir: "auto", "data-id": node.id, placeholder: "As the flow has it" }))));
    }
    const { run } = store;
    const busy = Boolean(run) && !isOver(run);
    go.disabled = busy;
    go.textContent = store.dirty && !store.readOnly ? "Save and run" : "Run";
    end.hidden = !busy;
    end.disabled = Boolean(run?.stopping);
    end.textContent = run?.stopping ? "Stopping…" : "Stop";
    state.textContent = run ? `${stateWords[run.state] ?? run.state}${run.total ? ` in ${figuresOf({ ms: run.total })}` : ""}${run.attempt > 1 ? `, attempt ${run.attempt}` : ""}.${run.problem ? ` ${run.problem}` : ""}` : "Not run since it was opened.";
    outputs.replaceChildren(...(run ? ending(run) : []));
    fillSteps(store, steps, choose);
    stepsPart.hidden = !steps.hasChildNodes();
    fillOne(store, one);
  };
  update();
  return { node: el("div", { class: "fl-run" }, form, state, outputs, one, stepsPart), update, input };
}

function ending(run) {
  if (run.failure) {
    return [el("div", { class: "problem", role: "alert" }, el("p", { dir: "auto" }, el("strong", {}, "The run failed. "), run.failure.reason ?? "No reason was told."))];
  }
  return run.outputs.map((output) => el("section", { class: "fl-output" },
    el("div", { class: "row" }, el("h3", { dir: "auto" }, output.title || output.component), el("span", { class: "grow" }), copyButton("Copy", () => textOf(output.message ?? output.value))),
    el("div", { class: "fl-value", dir: "auto", tabindex: "0", role: "group", "aria-label": "Output" }, textOf(output.message ?? output.value)), citationsOf(output.message)));
}

/** Numbered sources of a message. */
export function citationsOf(message) {
  const citations = message?.citations ?? [];
  const safe = (url) => { try { return ["http:", "https:"].includes(new URL(url).protocol) ? url : null; } catch { return null; } };
  return citations.length > 0 && el("ol", { class: "fl-citations" }, citations.map((citation) => el("li", {}, el("span", { class: "number" }, String(citation.number)),
    safe(citation.url) ? el("a", { href: citation.url, target: "_blank", rel: "noreferrer", dir: "auto" }, citation.title) : el("span", { dir: "auto" }, citation.title),
    citation.quote && el("q", { dir: "auto" }, citation.quote.length > 240 ? `${citation.quote.slice(0, 239)}…` : citation.quote))));
}

export const textOf = (value) => (value === null || value === undefined ? "Nothing" : typeof value === "string" ? value : typeof value.text === "string" ? value.text : JSON.stringify(value, null, 2));

function fillSteps(store, list, choose) {
  const { run } = store;
  const held = list.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  const slowest = Math.max(1, ...[...(run?.nodes.values() ?? [])].map((node) => node.ms ?? 0));
  list.replaceChildren(...(run?.order ?? []).map((place) => {
    const node = run.nodes.get(place);
    const [id] = place.split("/");
    const inside = place.includes("/") ? ` › ${place.split("/").slice(1).join(" › ")}` : "";
    const bar = el("meter", { class: "fl-bar", min: 0, max: slowest, value: node.ms ?? 0, "aria-hidden": "true" });
    return el("li", { class: node.state }, el("button", { type: "button", class: "fl-step", "data-place": place, onclick: () => choose(id) },
      el("span", { class: "fl-step-name", dir: "auto" }, calledNode(store.doc, id) + inside), el("span", { class: "note" }, markWords[node.state] ?? node.state), el("span", { class: "note" }, figuresOf(node)), bar));
  }));
  if (held) list.querySelector(`[data-place="${CSS.escape(held)}"]`)?.focus();
}

/** The last input and output of the chosen component. */
function fillOne(store, box) {
  const id = store.selection.size === 1 ? [...store.selection][0] : null;
  const place = id && [...store.path.flat(), id].join("/");
  const node = store.run?.nodes.get(place);
  if (!id || !nodeNamed(store.graph, id) || !store.run) {
    box.replaceChildren();
    return;
  }
  const value = (name, { type, bytes, preview, cut }) => el("div", { class: "fl-field" },
    el("p", { class: "fl-label" }, name, el("span", { class: "note" }, ` ${[type, bytes !== undefined && bytesInWords(bytes)].filter(Boolean).join(", ")}`)),
    el("pre", { class: "fl-value", dir: "auto", tabindex: "0", role: "group", "aria-label": name }, `${textOf(preview)}${cut ? "\n…" : ""}`));
  const values = (heading, given) => Object.keys(given ?? {}).length > 0 && [el("h4", {}, heading), Object.entries(given).map(([name, told]) => [told].flat().map((one) => value(name, one)))];
  const heard = node && !node.outputs && [
    node.messages.map((message) => value("said", { preview: message })),
    node.text && !node.messages.length && value("wrote", { preview: node.text }),
    node.others.map((other) => value(other.name, { preview: other.data })),
  ];
  box.replaceChildren(el("h3", { dir: "auto" }, calledNode(store.graph, id)), ...[
    !node && el("p", { class: "note" }, isOver(store.run) ? "It did not run." : "It has not run yet."),
    node && el("p", { class: "note" }, `${markWords[node.state] ?? node.state} · ${figuresOf(node)}`),
    node?.reason && el("p", { class: "fl-error", dir: "auto" }, node.reason),
    values("Last input", node?.inputs), values("Last output", node?.outputs), heard,
    node?.tools.length > 0 && [el("h4", {}, "Tools"), node.tools.map((tool) => value(`${tool.tool}: ${tool.phase}`, { preview: tool.value }))],
    node && Object.keys(node.notes ?? {}).length > 0 && el("dl", { class: "fl-notes-list" }, Object.entries(node.notes).map(([name, figure]) => [el("dt", {}, name.replaceAll("_", " ")), el("dd", {}, typeof figure === "number" ? figure.toLocaleString("en", { maximumFractionDigits: 4 }) : String(figure))])),
  ].flat(Infinity).filter(Boolean));
}
