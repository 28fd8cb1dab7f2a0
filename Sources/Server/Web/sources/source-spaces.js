/** Chooses the spaces of a site: all, or some, found by name, ticked one by one or all that are shown. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { labelledField } from "./source-parts.js";

/** `spaces`: what the account sees; `included`: what is chosen now, none for all. `value()` is what goes out. */
export function spaceChooser(spaces, { included = [], excluded = [] } = {}) {
  const patterns = included.filter((key) => /[*?]/.test(key));
  const chosen = new Set(included.filter((key) => !/[*?]/.test(key)));
  const all = el("input", { type: "radio", name: "space-choice", value: "all", checked: !included.length,
    onchange: fit });
  const some = el("input", { type: "radio", name: "space-choice", value: "some", checked: included.length > 0,
    onchange: fit });
  const find = el("input", {
    type: "search", id: "space-find", autocomplete: "off", dir: "auto", oninput: fit,
    onkeydown: (event) => { if (event.key === "Enter") event.preventDefault(); },
  });
  const tally = el("p", { class: "note", role: "status" });
  const shownAll = el("button", { type: "button", onclick: () => tickShown(true) }, "Select all shown");
  const shownNone = el("button", { type: "button", onclick: () => tickShown(false) }, "Select none shown");
  const rows = spaces.map((space) => {
    const box = el("input", {
      type: "checkbox", checked: chosen.has(space.key), onchange: (event) => {
        if (event.target.checked) chosen.add(space.key); else chosen.delete(space.key);
        fit();
      },
    });
    const row = el("li", {}, el("label", { class: "check" }, box,
      el("span", { dir: "auto", class: "isolated" }, space.name || space.key),
      el("span", { class: "note" }, space.type === "global" ? space.key : `${space.key}, ${space.type}`)));
    return { space, row, box, text: `${space.name} ${space.key}`.toLowerCase() };
  });
  // A key that is chosen and that the account does not see any more still counts, and can be taken out.
  const unseen = [...chosen].filter((key) => !spaces.some((space) => space.key === key));
  const more = el("input", { id: "space-patterns", autocomplete: "off", spellcheck: "false", placeholder: "TEAM-*",
    value: [...patterns, ...unseen].join(", ") });
  for (const key of unseen) chosen.delete(key);
  const picker = el("div", { class: "stack" },
    el("div", { class: "field" }, el("label", { for: "space-find" }, "Find a space"), find),
    el("div", { class: "row" }, shownAll, shownNone, tally),
    el("ul", { class: "space-list", tabindex: "0", "aria-label": "Spaces" }, rows.map(({ row }) => row)));
  const alsoField = labelledField("Also these keys or patterns", more,
    "With commas between them; TEAM-* also stands for spaces that are made later.");
  const without = el("input", { id: "space-without", autocomplete: "off", spellcheck: "false",
    value: excluded.join(", ") });
  const personal = spaces.filter((space) => space.type === "personal").length;
  const node = el("div", { class: "stack narrow" },
    el("fieldset", { class: "choices" }, el("legend", { class: "unseen" }, "Which spaces"),
      el("label", { class: "check" }, all, el("span", {},
        `All but personal ones (now ${spaces.length - personal} of ${spaces.length}), and those made later`)),
      el("label", { class: "check" }, some, el("span", {}, "Only some"))),
    picker,
    el("details", { class: "fold", open: patterns.length + unseen.length + excluded.length > 0 },
      el("summary", {}, "Patterns and exceptions"), alsoField,
      labelledField("Never these", without, "Keys or patterns with commas between them. Leaving out wins.")));

  const isShown = (row) => !row.row.hidden;
  function tickShown(ticked) {
    for (const row of rows.filter(isShown)) {
      row.box.checked = ticked;
      if (ticked) chosen.add(row.space.key); else chosen.delete(row.space.key);
    }
    fit();
  }
  function fit() {
    picker.hidden = all.checked;
    alsoField.hidden = all.checked;
    const word = find.value.trim().toLowerCase();
    for (const row of rows) row.row.hidden = word !== "" && !row.text.includes(word);
    const shown = rows.filter(isShown);
    shownAll.disabled = shown.every((row) => row.box.checked);
    shownNone.disabled = !shown.some((row) => row.box.checked);
    tally.textContent = `${chosen.size} of ${count(spaces.length, "space")} chosen${word ? `, ${shown.length} shown` : ""}`;
  }
  fit();

  const keysIn = (text) => text.split(/[\s,]+/).filter(Boolean);
  return {
    node,
    value: () => ({
      included: all.checked ? [] : [...new Set([...chosen, ...keysIn(more.value)])], excluded: keysIn(without.value),
    }),
    /** Choosing “only some” and then none would read everything: that is asked about instead. */
    fault() {
      if (all.checked || this.value().included.length) return null;
      find.focus();
      return "Choose at least one space, or all.";
    },
  };
}
