/** A new flow: empty, or from an example. */
import { el } from "../shell/dom.js";
import { openDialog } from "./flow-dialog.js";
import { definitionOf } from "./flow-model.js";
import { nameFault } from "./flow-names.js";
import { flowsAPI, inWords } from "./flows-api.js";

const at = (x, y) => ({ x, y });
const starters = [
  { name: "Empty", about: "Nothing yet.", flow: { components: [], edges: [], outputs: {} } },
  {
    name: "Chat with a model", about: "A message goes to a language model, its answer comes back.",
    flow: {
      components: [
        { id: "in", type: "ChatInput", position: at(0, 0) }, { id: "model", type: "LanguageModel", position: at(320, 0) }, { id: "out", type: "ChatOutput", position: at(640, 0) },
      ],
      edges: [{ from: "in.message", to: "model.input" }, { from: "model.message", to: "out.message" }], output: "out.message",
    },
  },
  {
    name: "Agent that searches", about: "A model searches the pages as often as it needs, then answers with sources.",
    flow: {
      components: [
        { id: "in", type: "ChatInput", position: at(0, 0) }, { id: "search", type: "CorpusSearch", parameters: { limit: 5 }, position: at(0, 160) },
        { id: "agent", type: "Agent", parameters: { max_steps: 6 }, position: at(320, 0) }, { id: "out", type: "ChatOutput", position: at(640, 0) },
      ],
      edges: [{ from: "in.message", to: "agent.input" }, { from: "search.tool", to: "agent.tools" }, { from: "agent.message", to: "out.message" }], output: "out.message",
    },
  },
];

/** Asks for a name and a beginning, keeps the flow and opens it. */
export async function newFlowDialog(flows, open) {
  const builtIn = flows.filter((flow) => !flow.id).map((flow) => ({ name: `Copy of ${flow.name}`, about: flow.description, flow: definitionOf(flow) }));
  const choices = [...starters, ...builtIn];
  const input = el("input", { id: "fl-new-name", dir: "auto", autocomplete: "off", maxlength: 200, value: "New flow" });
  const options = choices.map((choice, i) => el("label", { class: "fl-starter" }, el("input", { type: "radio", name: "fl-starter", value: i, checked: i === 0 }), el("span", {}, el("strong", { dir: "auto" }, choice.name), el("span", { class: "note", dir: "auto" }, choice.about))));
  let made = null;
  await openDialog({
    title: "New flow",
    body: el("div", {}, el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-new-name" }, "Name"), input), el("fieldset", { class: "fl-starters" }, el("legend", {}, "Begin with"), options)),
    actions: [{ word: "Make it", primary: true, async check() {
      const name = input.value.trim();
      const fault = nameFault(name);
      if (fault) return fault;
      const chosen = choices[options.findIndex((option) => option.querySelector("input").checked)];
      try { made = await flowsAPI.create({ flow: { ...chosen.flow, name, description: chosen.flow.description ?? "" } }); } catch (problem) { return inWords(problem); }
      return null;
    } }, { word: "Cancel", value: "cancel" }],
    onopen: () => input.select(),
  });
  if (made) open(made.id);
}
