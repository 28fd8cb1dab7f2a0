/** Sends exports and documents: one after the other, each with how much is sent, and then with what came of it. */
import { el } from "../shell/dom.js";
import { sendUpload } from "./sources-api.js";
import { jobPanel } from "./ingest-job.js";
import { labelledField, sourcesLink, stateTag, troubleNote, viewHeading } from "./source-parts.js";

const takenEndings = ["zip", "md", "txt", "html", "xhtml", "pdf", "docx", "xlsx", "pptx", "csv"];
const endingOf = (name) => name.split(".").at(-1).toLowerCase();
const isExport = (file) => endingOf(file.name) === "zip";

/** “3.4 MB”. */
function sizeWords(bytes) {
  const steps = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]];
  const [word, size] = steps.find(([, size]) => bytes >= size) ?? ["bytes", 1];
  return `${(bytes / size).toFixed(size > 1 && bytes / size < 100 ? 1 : 0)} ${word}`;
}

export function uploadView({ go, say }) {
  let chosen = [];
  let sending = null;
  const stops = new Set();
  const queue = [];

  const files = el("input", {
    type: "file", id: "upload-files", multiple: true, accept: takenEndings.map((ending) => `.${ending}`).join(","),
    onchange: () => choose([...files.files]),
  });
  const list = el("ul", { class: "plain-list", "aria-live": "polite" });
  const readers = el("input", {
    id: "upload-readers", autocomplete: "off", spellcheck: "false", dir: "auto", placeholder: "group:staff, user:ann",
  });
  const readersField = labelledField("Who may read these documents", readers,
    "Users and groups with commas between them; any one of them may read. “signed-in” is everybody who signs in. An export says this itself.");
  const dry = el("input", { type: "checkbox", id: "upload-dry" });
  const said = el("p", { class: "field-error", role: "alert", id: "upload-error" });
  const drop = el("div", { class: "drop" },
    el("label", { for: "upload-files" }, "Files"), files,
    el("p", { class: "note", id: "upload-kinds" },
      `A space export (.zip, as XML), or documents: ${takenEndings.filter((one) => one !== "zip").map((one) => `.${one}`).join(", ")}. They can be dropped here.`),
    list);
  files.setAttribute("aria-describedby", "upload-kinds upload-error");
  const send = el("button", { type: "submit", class: "primary" }, "Send");
  const form = el("form", { class: "stack narrow", novalidate: true, onsubmit: submit }, drop, readersField,
    el("label", { class: "check" }, dry, el("span", {}, "Dry run: say what would change, and store nothing")),
    said, el("div", { class: "row" }, send));
  const sent = el("ul", { class: "cards", "aria-label": "What was sent" });
  const node = el("div", { class: "stack" }, viewHeading("Upload"), form, sent);

  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    choose([...event.dataTransfer.files]);
  });

  function choose(some) {
    chosen = some;
    const odd = some.filter((file) => !takenEndings.includes(endingOf(file.name)));
    list.replaceChildren(...some.map((file) => el("li", {}, el("span", { dir: "auto", class: "isolated" }, file.name),
      el("span", { class: "note" }, ` ${sizeWords(file.size)}${isExport(file) ? ", a space export" : ""}`),
      odd.includes(file) && el("strong", {}, " is of a kind that is not read"))));
    said.textContent = "";
    readersField.hidden = some.length > 0 && some.every(isExport);
  }

  function fault() {
    if (!chosen.length) return ["Choose a file first.", files];
    const odd = chosen.find((file) => !takenEndings.includes(endingOf(file.name)));
    if (odd) return [`“${odd.name}” is of a kind that is not read. Leave it out, or save it as one of those named.`,
      files];
    const empty = chosen.find((file) => file.size === 0);
    if (empty) return [`“${empty.name}” is empty. Leave it out.`, files];
    if (!chosen.every(isExport)
      && !readers.value.trim()) return ["Say who may read these documents: there is no default.", readers];
    return null;
  }

  function submit(event) {
    event.preventDefault();
    const wrong = fault();
    said.textContent = wrong?.[0] ?? "";
    for (const field of [files, readers]) field.removeAttribute("aria-invalid");
    if (wrong) {
      wrong[1].setAttribute("aria-invalid", "true");
      wrong[1].focus();
      return;
    }
    for (const file of chosen) enqueue(file, { readers: isExport(file) ? "" : readers.value.trim(),
      dryRun: dry.checked });
    files.value = "";
    choose([]);
    if (!sending) next();
  }

  function enqueue(file, options) {
    const entry = { file, options, stop: new AbortController(), body: el("div", { class: "stack" }),
      state: el("span", {}) };
    const headingID = `upload-${Date.now()}-${queue.length}`;
    entry.item = el("li", {}, el("article", { class: "source-card", "aria-labelledby": headingID },
      el("div", { class: "card-head" }, el("h2", { id: headingID }, el("span", { dir: "auto" }, file.name)),
        entry.state), entry.body));
    waiting(entry);
    sent.prepend(entry.item);
    queue.push(entry);
  }

  function waiting(entry) {
    entry.state.replaceChildren(stateTag("queued"));
    entry.body.replaceChildren(el("p", { class: "note" },
      `${sizeWords(entry.file.size)}; sent when the one before is.`),
      el("button", { type: "button", onclick: () => { queue.splice(queue.indexOf(entry),
        1); entry.item.remove(); } }, "Leave out"));
  }

  async function next() {
    const entry = queue.shift();
    sending = entry ?? null;
    if (!entry) return;
    const bar = el("progress", { max: "1", value: "0", "aria-label": `Sending ${entry.file.name}` });
    const words = el("p", { class: "note" }, "Sending …");
    entry.state.replaceChildren(stateTag("running", "Sending"));
    entry.body.replaceChildren(bar, words,
      el("div", { class: "row" }, el("button", { type: "button", onclick: () => entry.stop.abort() }, "Cancel")));
    try {
      const job = await sendUpload(entry.file, {
        ...entry.options, signal: entry.stop.signal,
        sent(bytes, total) {
          bar.value = total ? bytes / total : 0;
          words.textContent = bytes < total ? `${sizeWords(bytes)} of ${sizeWords(total)} sent`
            : "Sent; waiting for Millrace to take it";
        },
      });
      const panel = jobPanel(job.id, { go, say, quiet: true, title: el("span") });
      entry.state.replaceChildren(sourcesLink("Its job", ["job", job.id]));
      entry.body.replaceChildren(panel.node);
      panel.start();
      stops.add(panel);
      say(`${entry.file.name} is sent`);
    } catch (error) {
      const again = () => { entry.stop = new AbortController(); queue.push(entry); waiting(entry); if (!sending) next(); };
      entry.state.replaceChildren(stateTag("failed", error.name === "AbortError" ? "Not sent" : "Failed"));
      entry.body.replaceChildren(error.name === "AbortError"
        ? el("div", { class: "row" }, el("p", { class: "note" }, "Cancelled; nothing was stored."),
          el("button", { type: "button", onclick: again }, "Send again"))
        : troubleNote(error, again, "Send again"));
    }
    next();
  }

  return {
    node,
    show() { for (const panel of stops) panel.start(); },
    leave() { for (const panel of stops) panel.stop(); },
    forget() { sending?.stop.abort(); queue.length = 0; for (const panel of stops) panel.stop(); },
  };
}
