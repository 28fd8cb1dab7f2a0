/** A new question set: a file of JSON lines, or typed in. Looked over here before it is sent. */
import { post, Problem } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessField, accessHeading } from "../access/access-parts.js";
import { evaluateLink, evaluatePlace } from "./evaluate-parts.js";

const mostQuestions = 2000;
const expectations = ["pages", "answer", "accept", "unanswerable"];
const exampleLines = [
  '{"question": "In what time must a SEV1 page be acknowledged?", "pages": ["Runbooks"]}',
  '{"question": "Who leads the rota?", "answer": "Lena Fischer"}',
  '{"question": "What is the weather on Mars?", "unanswerable": true}',
].join("\n");

export function newSetView({ shell, drop }) {
  const name = accessField("Name", el("input", { id: "set-name", autocomplete: "off", maxlength: "200", dir: "auto" }));
  const lines = accessField("Questions", el("textarea", { id: "set-lines", rows: "12", spellcheck: "false", placeholder: exampleLines, dir: "auto" }),
    "One JSON object a line: the question and what is right for it, one of pages, answer, accept or unanswerable.");
  const file = el("input", { type: "file", id: "set-file", accept: ".jsonl,.ndjson,.json,.txt,application/x-ndjson", class: "unseen" });
  const told = el("p", { class: "note", role: "status" });
  const trouble = el("div", { role: "alert" });
  const add = el("button", { type: "submit", class: "primary", id: "set-add" }, "Add the set");

  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    lines.field.value = await chosen.text();
    if (!name.field.value) name.field.value = chosen.name.replace(/\.[^.]*$/, "");
    file.value = "";
    look();
  });
  lines.field.addEventListener("change", look);

  // What is wrong is told by its line before anything is sent.
  function look() {
    const { questions, fault } = readLines(lines.field.value);
    lines.fault(lines.field.value.trim() ? fault : "");
    told.textContent = questions.length && !fault ? `${count(questions.length, "question")}, ${questions.filter((one) => one.unanswerable).length} of them unanswerable.` : "";
    return { questions, fault };
  }

  async function send(event) {
    event.preventDefault();
    const { questions, fault } = look();
    name.fault(name.field.value.trim() ? "" : "Give it a name.");
    lines.fault(fault);
    if (!name.field.value.trim()) return name.field.focus();
    if (fault) return lines.field.focus();
    add.disabled = true;
    trouble.replaceChildren();
    try {
      const set = await post("v1/evaluations/sets", { name: name.field.value.trim(), questions });
      announce(`${set.name} is there.`);
      drop();
      shell.go(evaluatePlace(["set", set.id]), { replace: true });
    } catch (error) {
      if (error instanceof Problem && error.field === "name") name.fault(error.detail || error.message);
      else trouble.replaceChildren(problemNote(error, { retry: () => form.requestSubmit() }));
    } finally {
      add.disabled = false;
    }
  }

  const form = el("form", { class: "stack slim-form", onsubmit: send, novalidate: true }, name.node, lines.node,
    el("div", { class: "row" }, file, el("label", { for: file.id, class: "button file-button" }, "Choose a file"), told), trouble,
    el("div", { class: "row" }, add, evaluateLink("Cancel", ["sets"], {}, { class: "button quiet" })));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    file.dispatchEvent(new Event("change"));
  });
  return {
    node: el("div", { class: "stack" }, el("p", { class: "way-back" }, evaluateLink("Question sets", ["sets"])), accessHeading("Add a question set"), form),
  };
}

/** The questions that stand in the lines, and what is wrong with the first that is none. */
function readLines(text) {
  const questions = [];
  const wrong = (line, words) => ({ questions, fault: `Line ${line}: ${words}` });
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!line.trim()) continue;
    let one;
    try { one = JSON.parse(line); } catch { return wrong(index + 1, "this is no JSON."); }
    if (typeof one?.question !== "string" || !one.question.trim()) return wrong(index + 1, "there is no question in it.");
    if (!expectations.some((key) => one[key])) return wrong(index + 1, "say what is right: pages, answer, accept or unanswerable.");
    questions.push(one);
  }
  if (!questions.length) return { questions, fault: "Put at least one question in." };
  return { questions, fault: questions.length > mostQuestions ? `At most ${mostQuestions} questions go into a set.` : "" };
}
