/** Two have changed one flow: what to do with both works. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { differenceOf } from "./flow-compare.js";
import { openComparison } from "./flow-compare-view.js";
import { openDialog } from "./flow-dialog.js";

/** Resolves with “theirs”, “mine” or null for neither yet. */
export async function resolveConflict({ editor, theirs }) {
  const { store } = editor;
  for (;;) {
    const changes = differenceOf(store.saved, theirs).count;
    const answer = await openDialog({
      title: "This flow was changed elsewhere",
      body: el("div", {},
        el("p", {}, `While you worked on version ${editor.meta.version}, version ${theirs.version} was saved, with ${count(changes, "difference")} from where you began. Neither is lost whatever you choose.`),
        el("ul", { class: "fl-choices" },
          el("li", {}, el("strong", {}, "See the difference"), " between that version and yours, then choose."),
          el("li", {}, el("strong", {}, "Save mine as the newest"), ": the other version stays in the list before it."),
          el("li", {}, el("strong", {}, "Take theirs"), ": yours can be brought back by undo."))),
      actions: [{ word: "See the difference", value: "see", primary: true }, { word: "Save mine as the newest", value: "mine" }, { word: "Take theirs", value: "theirs" }, { word: "Not now", value: "later" }],
    });
    if (answer !== "see") return answer === "mine" || answer === "theirs" ? answer : null;
    const next = await openComparison({
      title: `Version ${theirs.version} and yours`, before: theirs, after: store.doc, names: [`version ${theirs.version}`, "yours"], catalog: store.catalog, checked: store.checked,
      actions: [{ word: "Save mine as the newest", value: "mine", primary: true }, { word: "Take theirs", value: "theirs" }, { word: "Back", value: "back" }],
    });
    if (next === "mine" || next === "theirs") return next;
  }
}
