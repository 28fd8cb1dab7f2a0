/** Starting runs: a set, and one or more ways of answering to be measured on it. */
import { get } from "../shell/api.js";
import { newKey, postOnce } from "../shell/api-sending.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessField, accessHeading, fillFrom } from "../access/access-parts.js";
import { evaluateLink, evaluatePlace } from "./evaluate-parts.js";

const mostVariants = 8;
const variantSettings = [
  ["ef_search", "Search width", "1", "1"], ["vector_weight", "Weight of meaning", "0", "any"], ["keyword_weight", "Weight of words", "0", "any"],
  ["floor", "Floor", "0", "any"], ["boost_title", "Boost of titles", "0", "any"], ["boost_recency", "Boost of fresh pages", "0", "any"],
];

export function startRunView({ shell, drop }) {
  const set = el("select", { id: "run-set", required: true });
  const half = el("select", { id: "run-half" }, [["", "all questions"], ["development", "the development half"], ["report", "the report half"]]
    .map(([value, words]) => el("option", { value }, words)));
  const limit = accessField("Only the first", el("input", { id: "run-limit", type: "number", min: "1", inputmode: "numeric", placeholder: "all" }));
  const concurrency = accessField("At a time", el("input", { id: "run-concurrency", type: "number", min: "1", max: "8", value: "1" }),
    "More is faster; times are then those of a busy server.");
  const variants = el("ol", { class: "variants" });
  const add = el("button", { type: "button", id: "add-variant", onclick: () => addVariant(true) }, "Add another to compare");
  const trouble = el("div", { role: "alert" });
  const go = el("button", { type: "submit", class: "primary", id: "run-go" }, "Start");
  const body = el("div", { class: "stack" });
  let flows = [];
  let stop = null;
  let made = 0;
  // One for as long as the form says the same: a second “Start” after a lost connection starts nothing twice.
  let sent = { body: "", key: "" };

  function addVariant(isAsked = false) {
    made += 1;
    const prefix = `variant-${made}`;
    const input = (name, words, props) => el("div", { class: "field" }, el("label", { for: `${prefix}-${name}` }, words),
      el("input", { id: `${prefix}-${name}`, name, autocomplete: "off", ...props }));
    const flow = el("select", { id: `${prefix}-flow`, name: "flow" }, el("option", { value: "" }, "as served"),
      flows.map((one) => el("option", { value: one.id ?? one.name }, one.name)));
    const item = el("li", {}, el("fieldset", { class: "variant" },
      el("legend", {}, `Way of answering ${variants.childElementCount + 1}`),
      el("div", { class: "row filters" }, input("name", "Name", { maxlength: "100", placeholder: "as served", dir: "auto" }),
        el("div", { class: "field" }, el("label", { for: flow.id }, "Flow"), flow)),
      el("details", {}, el("summary", {}, "Settings of the search"), el("div", { class: "settings-grid" },
        variantSettings.map(([name, words, min, step]) => input(name, words, { type: "number", min, step, placeholder: "as served" })))),
      variants.childElementCount > 0 && el("button", { type: "button", class: "quiet", onclick: () => {
        item.remove();
        renumber();
        add.focus();
      } }, "Remove")));
    variants.append(item);
    renumber();
    if (isAsked) item.querySelector("input").focus();
  }

  function renumber() {
    [...variants.children].forEach((item, index) => { item.querySelector("legend").textContent = `Way of answering ${index + 1}`; });
    add.disabled = variants.childElementCount >= mostVariants;
  }

  function asked() {
    const ways = [...variants.children].map((item, index) => {
      const value = (name) => item.querySelector(`[name="${name}"]`).value.trim();
      const settings = Object.fromEntries(variantSettings.map(([name]) => [name, value(name)]).filter(([, text]) => text !== "")
        .map(([name, text]) => [name, Number(text)]));
      return { name: value("name") || (index ? `variant ${index + 1}` : "as served"), ...(value("flow") && { flow: value("flow") }),
        ...(Object.keys(settings).length && { settings }) };
    });
    return { set: set.value, variants: ways, ...(half.value && { half: half.value }), ...(limit.field.value && { limit: Number(limit.field.value) }),
      concurrency: Number(concurrency.field.value) || 1 };
  }

  async function start(event) {
    event.preventDefault();
    const wanted = asked();
    const text = JSON.stringify(wanted);
    if (sent.body !== text) sent = { body: text, key: newKey() };
    go.disabled = true;
    trouble.replaceChildren();
    try {
      const { runs } = await postOnce("v1/evaluations/runs", wanted, { key: sent.key });
      announce(`${count(runs.length, "run")} started.`);
      drop();
      shell.go(runs.length === 1 ? evaluatePlace(["run", runs[0].id]) : evaluatePlace(), { replace: true });
    } catch (error) {
      trouble.replaceChildren(problemNote(error, { retry: () => form.requestSubmit() }));
    } finally {
      go.disabled = false;
    }
  }

  const form = el("form", { class: "stack slim-form", onsubmit: start },
    el("div", { class: "row filters" }, el("div", { class: "field grow" }, el("label", { for: set.id }, "Question set"), set),
      el("div", { class: "field" }, el("label", { for: half.id }, "Of it"), half), limit.node, concurrency.node),
    variants, add, trouble, el("div", { class: "row" }, go, evaluateLink("Cancel", [], {}, { class: "button quiet" })));

  return {
    node: el("div", { class: "stack" }, el("p", { class: "way-back" }, evaluateLink("Runs", [])),
      accessHeading("Start a run", "Each way of answering is a run of its own, one after the other; then they can be compared."), body),
    show({ query }) {
      if (form.isConnected) return;
      stop = fillFrom(body, async (signal) => {
        const [{ sets }, kept] = await Promise.all([get("v1/evaluations/sets", signal), get("v1/flows", signal).catch(() => ({ flows: [] }))]);
        return { sets, kept };
      }, ({ sets, kept }) => {
        if (!sets.length) return el("p", { class: "lead" }, "There is no question set yet. ", evaluateLink("Add one", ["new-set"]), ".");
        const before = query.get("set") ?? set.value;
        set.replaceChildren(...sets.map((one) => el("option", { value: one.id }, `${one.name} (${one.questions})`)));
        if (sets.some((one) => one.id === before)) set.value = before;
        flows = kept.flows ?? [];
        if (!variants.childElementCount) addVariant();
        return form;
      });
    },
    leave() { stop?.(); },
  };
}
