/** One field of a parameter, made from its schema. */
import { el } from "../shell/dom.js";
import { freshID } from "./flow-dialog.js";
import { fieldKind, rangeWords, readJSON, readNumber, sameValue, standsIn, textFault, valueInWords } from "./flow-values.js";

/**
 * A field. `change(value)` gets every value that can stand, `undefined` for the standard one.
 * Returns `{node, show(value, faults)}`; `show` leaves the text alone that somebody is writing.
 */
export function parameterField(parameter, { value, change, readOnly, variables = [], aside = null }) {
  const id = freshID("field");
  const wanted = fieldKind(parameter);
  const kind = standsIn(wanted, value) ? wanted : "json";
  const fault = el("p", { class: "fl-error", id: `${id}-fault`, hidden: true });
  const hint = hintOf(parameter, kind);
  const about = el("p", { class: "note", id: `${id}-about` }, parameter.meaning, hint && ` ${hint}`);
  const reset = el("button", {
    type: "button", class: "quiet fl-reset", hidden: true, title: `Standard: ${valueInWords(parameter.default)}`,
    "aria-label": `Set ${parameter.name} to its standard value`, onclick: () => { change(undefined); show(undefined, []); control.focus(); },
  }, "Standard");
  let own = null;
  const say = (text) => {
    own = text;
    tellFault(fault, control.main, text ?? told);
  };
  let told = null;
  const set = (next) => { say(null); change(sameValue(next, parameter.default) ? undefined : next); };
  const control = controls[kind]({ id, parameter, value: value ?? parameter.default, set, say, readOnly, variables });
  control.main.setAttribute("aria-describedby", `${id}-about ${id}-fault`);
  const show = (next, faults = []) => {
    told = faults[0] ?? null;
    reset.hidden = readOnly || next === undefined || parameter.required;
    if (!control.node.contains(document.activeElement)) {
      own = null;
      control.show(next ?? parameter.default);
    }
    tellFault(fault, control.main, own ?? told);
  };
  const label = kind === "list" || kind === "numbers"
    ? el("span", { class: "fl-label", id: `${id}-label` }, parameter.name, parameter.required && required())
    : el("label", { class: "fl-label", for: id }, parameter.name, parameter.required && required());
  show(value);
  return {
    name: parameter.name, show, kind,
    node: el("div", { class: `fl-field fl-kind-${kind}` }, el("div", { class: "fl-label-row" }, label, reset), control.node, fault, about, aside),
  };
}

const required = () => el("span", { class: "note" }, " (required)");

function tellFault(node, control, text) {
  node.textContent = text ?? "";
  node.hidden = !text;
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

function hintOf({ schema = {}, unit = "" }, kind) {
  if (kind === "number" && (schema.minimum !== undefined || schema.maximum !== undefined)) return `A number ${rangeWords(schema, unit)}.`;
  if (kind === "secret") return "The name of a variable; its value is kept apart and never stands in the flow.";
  return null;
}

/** An input that grows with its text. */
const growing = (node) => {
  const fit = () => { node.rows = Math.min(14, Math.max(2, node.value.split("\n").reduce((n, line) => n + 1 + Math.floor(line.length / 44), 0))); };
  node.addEventListener("input", fit);
  return fit;
};

const controls = {
  text({ id, parameter, value, set, say, readOnly }) {
    const input = el("input", { id, dir: "auto", autocomplete: "off", readonly: readOnly });
    input.addEventListener("input", () => {
      const fault = textFault(input.value, parameter.schema);
      if (fault) say(fault); else set(input.value);
    });
    return { node: input, main: input, focus: () => input.focus(), show: (next) => { input.value = next ?? ""; }, value };
  },
  long({ id, parameter, set, say, readOnly }) {
    const input = el("textarea", { id, dir: "auto", readonly: readOnly, spellcheck: "true" });
    const fit = growing(input);
    input.addEventListener("input", () => {
      const fault = textFault(input.value, parameter.schema);
      if (fault) say(fault); else set(input.value);
    });
    return { node: input, main: input, focus: () => input.focus(), show: (next) => { input.value = next ?? ""; fit(); } };
  },
  number({ id, parameter, set, say, readOnly }) {
    const { schema, unit } = parameter;
    const input = el("input", { id, inputmode: schema.type === "integer" ? "numeric" : "decimal", autocomplete: "off", readonly: readOnly });
    input.addEventListener("input", () => {
      const read = readNumber(input.value, schema, unit);
      if (read.fault) say(read.fault); else set(read.value);
    });
    input.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const read = readNumber(input.value, { type: schema.type });
      if (!by || readOnly || read.fault) return;
      event.preventDefault();
      const size = schema.type === "integer" ? 1 : (schema.maximum - schema.minimum <= 2 ? 0.05 : 0.5);
      const next = Math.min(schema.maximum ?? Infinity, Math.max(schema.minimum ?? -Infinity, Number((read.value + by * size).toFixed(6))));
      input.value = String(next);
      set(next);
    });
    return {
      node: el("div", { class: "fl-unit" }, input, unit && el("span", { class: "note" }, unit)), main: input, focus: () => input.focus(),
      show: (next) => { input.value = next === undefined || next === null ? "" : String(next); },
    };
  },
  choice({ id, parameter, set, readOnly }) {
    const select = el("select", { id, disabled: readOnly },
      parameter.required && el("option", { value: "" }, "Choose…"), parameter.schema.enum.map((word) => el("option", { value: word }, word)));
    select.addEventListener("change", () => set(select.value || undefined));
    return { node: select, main: select, focus: () => select.focus(), show: (next) => {
      if (next !== undefined && ![...select.options].some((option) => option.value === next)) select.append(el("option", { value: next }, `${next} (not known)`));
      select.value = next ?? "";
    } };
  },
  flag({ id, set, readOnly }) {
    const input = el("input", { id, type: "checkbox", role: "switch", disabled: readOnly });
    const word = el("span", { class: "note", "aria-hidden": "true" });
    const name = () => { word.textContent = input.checked ? "on" : "off"; };
    input.addEventListener("change", () => { name(); set(input.checked); });
    return { node: el("div", { class: "fl-switch" }, input, word), main: input, focus: () => input.focus(), show: (next) => { input.checked = Boolean(next); name(); } };
  },
  secret({ id, set, readOnly, variables }) {
    const input = el("input", { id, list: `${id}-names`, autocomplete: "off", spellcheck: "false", readonly: readOnly, placeholder: "NAME_OF_A_VARIABLE" });
    const names = el("datalist", { id: `${id}-names` }, variables.map((name) => el("option", { value: name })));
    input.addEventListener("input", () => set(input.value.trim() ? { secret: input.value.trim() } : undefined));
    return { node: el("div", {}, input, names), main: input, focus: () => input.focus(), show: (next) => { input.value = next?.secret ?? ""; } };
  },
  json({ id, set, say, readOnly }) {
    const input = el("textarea", { id, class: "fl-code", spellcheck: "false", readonly: readOnly, dir: "ltr" });
    const fit = growing(input);
    input.addEventListener("input", () => {
      const read = readJSON(input.value);
      if (read.fault) say(read.fault); else set(read.value);
    });
    return { node: input, main: input, focus: () => input.focus(), show: (next) => { input.value = next === undefined ? "" : JSON.stringify(next, null, 2); fit(); } };
  },
  list(given) { return rowsControl(given, false); },
  numbers(given) { return rowsControl(given, true); },
};

/** Rows of texts, or of names with numbers, that can be added and removed. */
function rowsControl({ id, parameter, set, say, readOnly }, named) {
  const { schema } = parameter;
  const most = schema.maxItems ?? schema.maxProperties ?? 1000;
  const itemSchema = named ? schema.additionalProperties : schema.items;
  const isNumber = named || itemSchema.type !== "string";
  const rows = el("div", { class: "fl-rows" });
  const add = el("button", { type: "button", class: "quiet", onclick: () => { put(); rows.lastChild.querySelector("input").focus(); } }, "Add a row");
  const main = el("div", { class: "fl-list", role: "group", "aria-labelledby": `${id}-label` }, rows, !readOnly && add);
  const write = () => {
    const made = [];
    for (const row of rows.children) {
      const [first, second] = row.querySelectorAll("input");
      const text = named ? second.value : first.value;
      const read = isNumber ? readNumber(text, itemSchema) : { value: text, fault: textFault(text, itemSchema) };
      if (named && !first.value.trim()) continue;
      if (read.fault) return say(`Row ${made.length + 1}: ${read.fault}`);
      made.push([first.value.trim(), read.value]);
    }
    add.hidden = made.length >= most;
    return set(named ? Object.fromEntries(made) : made.map(([, item]) => item));
  };
  const put = (name = "", item = "") => {
    const row = el("div", { class: "fl-row" });
    const n = rows.children.length + 1;
    const box = (label, text, mode) => el("input", { "aria-label": `${parameter.name}, ${label} ${n}`, value: String(text), dir: "auto", readonly: readOnly, autocomplete: "off", inputmode: mode, oninput: write });
    row.append(...[named && box("name", name), named ? box("number", item, "decimal") : box("row", item)].filter(Boolean));
    if (!readOnly) row.append(el("button", { type: "button", class: "quiet", "aria-label": `Remove row ${n}`, onclick: () => { row.remove(); write(); add.focus(); } }, "Remove"));
    rows.append(row);
  };
  return {
    node: main, main, focus: () => add.focus(),
    show(next) {
      rows.replaceChildren();
      if (named) for (const [name, item] of Object.entries(next ?? {})) put(name, item);
      else for (const item of next ?? []) put("", item);
    },
  };
}
