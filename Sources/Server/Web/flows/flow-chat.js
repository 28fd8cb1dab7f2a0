/** The playground: a conversation with the flow as it is saved, kept with its session. */
import { plainText } from "../shell/plain-text.js";
import { announce, el } from "../shell/dom.js";
import { ago, day } from "../shell/format.js";
import { confirmed, askForText } from "./flow-dialog.js";
import { inWords, runsAPI } from "./flows-api.js";
import { citationsOf, textOf } from "./flow-run-panel.js";

/** The panel of a flow `id`; `beforeRun()` saves what is not saved and answers false when it could not. */
export function chatPanel({ id, beforeRun, told }) {
  let session = `talk-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}`;
  let speaking = null;
  const sessions = el("select", { id: "fl-session" });
  const thread = el("div", { class: "fl-thread", tabindex: "0", role: "log", "aria-label": "Conversation" });
  const box = el("textarea", { id: "fl-say", rows: 2, dir: "auto", enterkeyhint: "send" });
  const send = el("button", { type: "submit", class: "primary" }, "Send");
  const stop = el("button", { type: "button", hidden: true, onclick: () => speaking?.abort() }, "Stop");
  const note = el("p", { class: "fl-error", role: "alert" });
  const rename = el("button", { type: "button", class: "quiet", onclick: () => renameSession() }, "Rename");
  const remove = el("button", { type: "button", class: "quiet", onclick: () => forgetSession() }, "Delete");
  const form = el("form", { class: "fl-say", onsubmit: (event) => { event.preventDefault(); say(); } },
    el("label", { class: "unseen", for: "fl-say" }, "Say something to the flow"), box, el("div", { class: "row" }, send, stop));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    if (event.key === "Escape" && speaking) { event.stopPropagation(); speaking.abort(); }
  });
  sessions.addEventListener("change", () => { if (sessions.value) { session = sessions.value; showSession(); } else startNew(); });

  function line(role, text, message = null) {
    const body = el("div", { class: "fl-said", dir: "auto" }, text);
    const item = el("div", { class: `fl-line-of ${role}` }, el("p", { class: "note" }, role === "user" ? "You" : message?.name || "Flow"), body, citationsOf(message));
    thread.append(item);
    thread.scrollTop = thread.scrollHeight;
    return { item, body };
  }

  async function loadSessions() {
    try {
      const { conversations } = await runsAPI.conversations(id);
      sessions.replaceChildren(el("option", { value: "" }, "New conversation"), ...conversations.map((one) => el("option", { value: one.session }, `${one.title || one.opening || one.session} · ${ago(one.last_at) ?? day(one.last_at)}`.slice(0, 90))));
      sessions.value = conversations.some((one) => one.session === session) ? session : "";
    } catch (problem) { note.textContent = inWords(problem); }
    rename.disabled = remove.disabled = !sessions.value;
  }

  async function showSession() {
    thread.replaceChildren();
    rename.disabled = remove.disabled = !sessions.value;
    try {
      const { messages } = await runsAPI.conversation(id, session);
      // What a client's tools returned is between the client and the model.
      for (const message of messages) if (message.text && !message.details?.tool_call_id) line(message.role === "user" ? "user" : "flow", message.text, { name: message.sender, citations: message.details?.citations });
    } catch (problem) { if (problem.status !== 404) note.textContent = inWords(problem); }
  }

  function startNew() {
    session = `talk-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-")}`;
    thread.replaceChildren();
    sessions.value = "";
    rename.disabled = remove.disabled = true;
    box.focus();
  }

  async function renameSession() {
    const title = await askForText({ title: "Rename the conversation", label: "Title", value: "", word: "Rename" });
    if (title === null) return;
    try { await runsAPI.rename(id, session, title || null); await loadSessions(); } catch (problem) { note.textContent = inWords(problem); }
  }

  async function forgetSession() {
    if (!(await confirmed({ title: "Delete the conversation?", text: "What was said in it is gone for good.", word: "Delete" }))) return;
    try { await runsAPI.forget(id, session); startNew(); await loadSessions(); } catch (problem) { note.textContent = inWords(problem); }
  }

  async function say() {
    const text = box.value;
    if (!text.trim() || speaking) return;
    note.textContent = "";
    if (!(await beforeRun())) return;
    box.value = "";
    line("user", text);
    const answer = line("flow", "…");
    answer.item.setAttribute("aria-busy", "true");
    speaking = new AbortController();
    [send.hidden, stop.hidden] = [true, false];
    let written = "";
    let last = null;
    try {
      for await (const event of runsAPI.say({ flow: id, input: text, session, ...told() }, speaking.signal)) {
        if (event.event === "text" && event.shown) { written += event.text; answer.body.textContent = plainText(written); thread.scrollTop = thread.scrollHeight; }
        if (event.event === "message") { last = event.message; answer.body.textContent = plainText(textOf(event.message)); }
        if (event.event === "finished") finish(answer, event.result, last);
        if (event.event === "failed") throw new Error(event.failure?.reason ?? "The run failed.");
        if (event.event === "error") throw new Error(event.detail || event.title);
      }
      await loadSessions();
    } catch (problem) {
      const stopped = problem.name === "AbortError";
      if (!written) answer.item.remove();
      note.textContent = stopped ? "Stopped. Nothing of this was kept in the conversation." : `${inWords(problem)} Your words are back in the box.`;
      if (!box.value) box.value = text;
    } finally {
      answer.item.removeAttribute("aria-busy");
      speaking = null;
      [send.hidden, stop.hidden] = [false, true];
      box.focus();
    }
  }

  function finish(answer, result, last) {
    const output = result.outputs.find((one) => one.message) ?? result.outputs[0];
    const message = output?.message ?? last;
    answer.body.textContent = plainText(textOf(message ?? output?.value));
    const sources = citationsOf(message);
    if (sources) answer.item.append(sources);
    announce(`The flow says: ${answer.body.textContent.slice(0, 400)}`);
  }

  return {
    node: el("div", { class: "fl-chat" },
      el("div", { class: "fl-field" }, el("label", { class: "fl-label", for: "fl-session" }, "Conversation"), sessions,
        el("div", { class: "row" }, rename, remove)), thread, note, form),
    show() { loadSessions(); box.focus({ preventScroll: true }); },
    stop() { speaking?.abort(); },
  };
}
