/** The palette: go to a page, ask, search, run a flow, change how it looks, from one box. And the list of keys. */
import { announce, commonLooks, el, stylesheet } from "./dom.js";
import { marked } from "./marks.js";
import { matchOf } from "./fuzzy.js";
import { isMac } from "./keys.js";
import { commandsNow, commandsOf, loadFlowCommands } from "./commands.js";

const paletteBox = el("input", {
  id: "palette-box", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", autocomplete: "off",
  "aria-autocomplete": "list", "aria-label": "Go, ask, search or run", placeholder: "Go, ask, search or run",
  spellcheck: "false", dir: "auto", maxlength: "2000",
});
const paletteList = el("ul", { id: "palette-list", role: "listbox", "aria-label": "Commands" });
const paletteDialog = el("dialog", { class: "palette", "aria-label": "Commands" }, paletteBox, paletteList,
  el("p", { class: "note" }, el("kbd", {}, "↑"), el("kbd", {}, "↓"), " choose ", el("kbd", {}, "Enter"), " does it ",
    el("kbd", {}, "Esc"), " closes"));
const keysDialog = el("dialog", { class: "palette keys-list", "aria-labelledby": "keys-title" });
/** What works everywhere, as the list of keys tells it. */
const shellKeys = [
  [isMac ? "⌘ K" : "Ctrl K", "Go, ask, search or run"], ["/", "To the page’s field"], ["?", "These keys"],
  ["Esc", "Close what is on top"],
];
/** Lines shown at most. */
const longestList = 40;

let options = [];
let active = 0;
let hooks = null;
let ready = null;

/** Opens `what`, “palette” or “keys”; commands work with `given.go`, `given.page` and `given.becomeAnother`. */
export async function openCommands(what, given) {
  hooks = { ...given, listKeys: openKeys };
  await Promise.all([preparePalette(), stylesheet("shell/palette.css")]);
  if (paletteDialog.open || keysDialog.open) return;
  if (what === "keys") return openKeys();
  paletteBox.value = "";
  showOptions();
  paletteDialog.showModal();
  if (await loadFlowCommands()) showOptions();
}

/** Gets everything ready to be opened without waiting. */
export function preparePalette() {
  ready ??= Promise.all([stylesheet("shell/palette.css", true), commonLooks()]).then(() => document.body.append(paletteDialog, keysDialog));
  return ready;
}

paletteBox.addEventListener("input", showOptions);
paletteBox.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) {
    event.preventDefault();
    const last = options.length - 1;
    const next = active + step;
    // One step past the end comes round; a long one stops there.
    activate(Math.abs(step) > 1 ? Math.min(Math.max(next, 0), last) : (next + options.length) % options.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    perform(options[active]);
  }
});
paletteList.addEventListener("click", (event) => {
  const index = [...paletteList.children].indexOf(event.target.closest("li"));
  if (index >= 0) perform(options[index]);
});
paletteList.addEventListener("pointermove", (event) => {
  const index = [...paletteList.children].indexOf(event.target.closest("li"));
  if (index >= 0 && index !== active) activate(index, false);
});
for (const each of [paletteDialog, keysDialog]) {
  each.addEventListener("click", (event) => { if (event.target === each) each.close(); });
}

function showOptions() {
  const text = paletteBox.value.trim();
  const found = commandsNow(hooks).map((command) => ({ ...command, match: matchOf(command.words, text) }))
    .filter(({ match }) => match).sort((a, b) => b.match.score - a.match.score).slice(0, longestList);
  const typed = commandsOf(text, hooks);
  // A sentence is a question; a word is more often the name of something.
  options = /\s\S+\s|\?$/.test(text) ? [...typed, ...found] : [...found, ...typed];
  paletteList.replaceChildren(...options.map((option, index) => el("li", { role: "option", id: `palette-${index}` },
    el("span", { class: "palette-words", dir: "auto", title: option.words },
      marked(option.words, option.match?.ranges)),
    el("span", { class: "palette-kind" }, option.kind))));
  activate(0);
}

function activate(index, scrolls = true) {
  paletteList.children[active]?.removeAttribute("aria-selected");
  active = Math.max(0, Math.min(index, options.length - 1));
  const item = paletteList.children[active];
  item?.setAttribute("aria-selected", "true");
  if (item) paletteBox.setAttribute("aria-activedescendant", item.id);
  else paletteBox.removeAttribute("aria-activedescendant");
  if (scrolls) item?.scrollIntoView({ block: "nearest" });
}

function perform(option) {
  if (!option) return;
  paletteDialog.close();
  option.run();
  if (option.says) announce(option.says);
}

function openKeys() {
  const rows = (keys) => keys.map(([key, does]) => el("tr", {},
    el("th", { scope: "row" }, key.split(" ").map((part) => el("kbd", {}, part))), el("td", {}, does)));
  const own = hooks.page?.keys ?? [];
  keysDialog.replaceChildren(
    el("h2", { id: "keys-title" }, "Keys"),
    el("table", {}, el("caption", {}, "Everywhere"), el("tbody", {}, rows(shellKeys))),
    own.length ? el("table", {}, el("caption", {}, "On this page"), el("tbody", {}, rows(own))) : "",
    el("form", { method: "dialog" }, el("button", {}, "Close")));
  keysDialog.showModal();
}
