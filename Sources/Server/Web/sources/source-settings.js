/** When a source is read and what of it: the fields that most never need, with what each is at now. */
import { el } from "../shell/dom.js";
import { labelledField } from "./source-parts.js";

const syncPauses = [
  [0, "only when told to"], [15, "every 15 minutes"], [60, "every hour"], [240, "every 4 hours"],
    [720, "twice a day"], [1440, "every day"],
];
const contentKinds = [
  ["pages", "pages"], ["blogposts", "blog posts"], ["footer-comments", "comments"],
    ["inline-comments", "comments within the text"],
  ["attachments", "attachments"],
];
const listOptions = [
  ["labels", "Only with one of these labels"], ["exclude_labels", "Never with one of these labels"],
  ["pages", "Only below these pages (ids)"], ["exclude_pages", "Never below these pages (ids)"],
];

/** The fields, filled from `source`; `value()` holds only what was changed. */
export function settingFields(source) {
  const options = source.options ?? {};
  const minutes = source.sync_minutes ?? 60;
  const pauses = syncPauses.some(([value]) => value === minutes) ? syncPauses
    : [...syncPauses, [minutes, `every ${minutes} minutes`]];
  const pause = el("select", { id: "set-pause" }, pauses.map(([value, words]) =>
    el("option", { value, selected: value === minutes }, words)));
  const readers = el("select", { id: "set-permissions" },
    el("option", { value: "sync", selected: source.permissions !== "verify" }, "as of the last sync (fast)"),
    el("option", { value: "verify", selected: source.permissions === "verify" },
      "asked of the site with each question (slower, always true)"));
  const kinds = contentKinds.map(([value, words]) => [value, words, el("input", {
    type: "checkbox", checked: (options.kinds ?? contentKinds.map(([one]) => one)).includes(value),
  })]);
  const archived = el("input", { type: "checkbox", checked: options.archived === true });
  const lists = listOptions.map(([key, words]) => [key, words, el("input", {
    id: `set-${key}`, autocomplete: "off", spellcheck: "false", dir: "auto", value: (options[key] ?? []).join(", "),
  })]);
  const since = el("input", { id: "set-since", type: "date", value: options.updated_since?.slice(0, 10) ?? "" });
  const cql = el("input", { id: "set-cql", autocomplete: "off", spellcheck: "false", value: options.cql ?? "",
    placeholder: "type = page and label != draft" });
  const isCloud = source.dialect === "cloud";

  const node = el("div", { class: "stack" },
    el("div", { class: "stack narrow" }, labelledField("Read by itself", pause),
      isCloud && labelledField("Who may read a page", readers)),
    el("details", { class: "fold narrow" }, el("summary", {}, "What of the spaces is read"),
      el("div", { class: "stack narrow" },
        el("fieldset", { class: "choices" }, el("legend", {}, "Kinds"),
          kinds.map(([, words, box]) => el("label", { class: "check" }, box, el("span", {}, words))),
          el("label", { class: "check" }, archived, el("span", {}, "archived spaces and pages, too"))),
        lists.map(([, words, field]) => labelledField(words, field)),
        labelledField("Only what was changed since", since),
        labelledField("Only what this CQL query finds", cql))));

  const before = JSON.stringify(now());
  function now() {
    return {
      sync_minutes: Number(pause.value), ...(isCloud && { permissions: readers.value }),
      options: {
        kinds: kinds.filter(([, , box]) => box.checked).map(([value]) => value), archived: archived.checked,
        ...Object.fromEntries(lists.map(([key, , field]) =>
          [key, field.value.split(/[,\n]+/).map((one) => one.trim()).filter(Boolean)])),
        updated_since: since.value ? `${since.value}T00:00:00Z` : null, cql: cql.value.trim() || null,
      },
    };
  }
  return {
    node,
    value() {
      const [was, is] = [JSON.parse(before), now()];
      const differs = (a, b) => JSON.stringify(a) !== JSON.stringify(b);
      const options = Object.fromEntries(Object.entries(is.options).filter(([key, value]) =>
        differs(value, was.options[key])));
      const change = Object.fromEntries(Object.entries(is).filter(([key, value]) => key !== "options"
        && differs(value, was[key])));
      return Object.keys(options).length ? { ...change, options } : change;
    },
    fault: () => (kinds.some(([, , box]) => box.checked) ? null : "Choose at least one kind of content."),
  };
}
