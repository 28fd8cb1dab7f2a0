/** The settings this server runs with, and where each comes from. They are changed where they stand, not here. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { accessHeading, cardTable, fillFrom } from "./access-parts.js";

const originWords = { standard: "standard", file: "file", environment: "environment", command_line: "command line" };

export function settingsView() {
  const words = el("input", { id: "setting-words", type: "search", autocomplete: "off", spellcheck: "false" });
  const changed = el("input", { type: "checkbox", id: "setting-changed" });
  const about = el("p", { class: "note", role: "status" });
  const list = el("div", { class: "stack" });
  let settings = [];
  let stop = null;

  function showSettings() {
    const wanted = words.value.trim().toLowerCase();
    const found = settings.filter((one) => (!changed.checked || one.origin !== "standard")
      && (!wanted || `${one.key} ${one.meaning}`.toLowerCase().includes(wanted)));
    const groups = Map.groupBy ? Map.groupBy(found, groupOf) : grouped(found);
    about.textContent = count(found.length, "setting");
    return [...groups].map(([name, some]) => el("section", { class: "part" }, el("h2", {}, name),
      cardTable(`Settings of ${name}`, ["Setting", "Value", "From", "What it means"], some.map(cellsOfSetting),
        { class: "cards-table settings" })));
  }
  const filter = () => list.replaceChildren(...showSettings());
  words.addEventListener("input", filter);
  changed.addEventListener("change", filter);

  return {
    node: el("div", { class: "stack" },
      accessHeading("Settings",
        "What this server runs with. They are changed in its file or its environment, and hold once it starts again."),
      el("div", { class: "row filters" },
        el("div", { class: "field" }, el("label", { for: "setting-words" }, "Find"), words),
        el("label", { class: "check" }, changed, el("span", {}, "Only what is not standard"))), about, list),
    show() {
      stop?.();
      stop = fillFrom(list, async (signal) => (await get("v1/settings", signal)).settings, (found) => {
        settings = found;
        return showSettings();
      });
    },
    leave() { stop?.(); },
  };
}

const groupOf = ({ key }) => key.split(".")[0];

function grouped(settings) {
  const groups = new Map();
  for (const one of settings) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  return groups;
}

function cellsOfSetting({ key, value, standard, origin, where, meaning, range, secret, is_set: isSet }) {
  const shown = secret ? (isSet ? "set, not shown" : "not set") : value === null || value === "" ? "empty" : value;
  return [
    el("code", {}, breakable(key)),
    [el(secret || !value ? "span" : "code", { class: secret || !value ? "note" : "" }, shown),
      origin !== "standard" && !secret && el("span", { class: "key-id" }, `standard: ${standard || "empty"}`)],
    [originWords[origin] ?? origin, where && el("span", { class: "key-id" }, el("code", {}, breakable(where)))],
    [meaning, range && el("span", { class: "key-id" }, codesIn(range))],
  ];
}

// A long name may go on in another line behind a dot or an underscore.
const breakable = (name) => name.split(/(?<=[._])/).flatMap((part, index) => (index ? [el("wbr", {}), part] : [part]));

// What stands between backticks is to be written as it stands: “`sqlite`, `postgres`”.
const codesIn = (text) => text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
