/** One question set: its questions, and what to do with it. */
import { del, get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { accessDialog, accessHeading, cardRow, cardTable, fillFrom } from "../access/access-parts.js";
import { evaluateLink, evaluatePlace } from "./evaluate-parts.js";

const itemHeads = ["Question", "Expected", "Kind"];
const itemsAtOnce = 100;

export function setView({ id, shell }) {
  const body = el("div", { class: "stack" });
  const address = `v1/evaluations/sets/${encodeURIComponent(id)}`;
  let stop = null;

  async function remove(set) {
    const isGone = await accessDialog({
      title: `Delete “${set.name}”?`, word: "Delete it", grave: true, act: () => del(address),
      body: el("p", {}, `Its ${count(set.questions, "question")} go for good. Runs that used it stay.`),
    });
    if (isGone) shell.go(evaluatePlace(["sets"]));
  }

  return {
    node: el("div", { class: "stack" }, el("p", { class: "way-back" }, evaluateLink("Question sets", ["sets"])), body),
    show() {
      body.replaceChildren(accessHeading("Question set"));
      stop = fillFrom(body, (signal) => get(address, signal), (set) => [
        accessHeading(set.name, `${count(set.questions, "question")}, ${set.questions - set.answerable} of them unanswerable`,
          evaluateLink("Run it", ["start"], { set: set.id }, { class: "button primary" }),
          evaluateLink("Its runs", [], { set: set.id }, { class: "button" }),
          !set.is_built_in && el("button", { type: "button", id: "delete-set", onclick: () => remove(set) }, "Delete")),
        itemTable(set.items)]);
    },
    leave() { stop?.(); },
  };
}

function itemTable(items) {
  const table = cardTable("Questions of the set", itemHeads, []);
  const more = el("button", { type: "button", onclick: grow }, "More");
  let shown = 0;
  function grow() {
    table.tBodies[0].append(...items.slice(shown, shown + itemsAtOnce).map((item) => cardRow(itemHeads, [
      el("span", { dir: "auto", class: "isolated" }, item.question),
      el("span", { dir: "auto", class: "isolated" }, item.answer || item.pages?.join(", ") || (item.kind === "unanswerable" ? "I don’t know" : "–")),
      item.kind])));
    shown += itemsAtOnce;
    more.hidden = shown >= items.length;
  }
  grow();
  return el("div", { class: "stack" }, table, more);
}
