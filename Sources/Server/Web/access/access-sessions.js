/** Who is signed in with a browser, and until when. */
import { del, get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { ago, count } from "../shell/format.js";
import { accessDialog, accessHeading, accessLink, accessSaid, cardTable, fillFrom } from "./access-parts.js";

export function sessionListView() {
  const list = el("div", { class: "stack" });
  const said = el("div");
  let stop = null;
  const reload = () => {
    stop?.();
    stop = fillFrom(list, async (signal) => (await get("v1/sessions", signal)).sessions, (sessions) => (sessions.length
      ? [el("p", { class: "note" }, `${count(sessions.length, "session")}${sessions.length === 1000 ? " at least" : ""}`),
        sessionRows(sessions, reload, said)]
      : el("p", { class: "lead" }, "Nobody is signed in with a browser.")));
  };
  return {
    node: el("div", { class: "stack" }, accessHeading("Sessions", "Who is signed in with a browser."), said, list),
    show: reload,
    leave() { stop?.(); },
  };
}

/** Sessions as a table, each with its end; `reload()` once one has ended, which `said` then tells. */
export function sessionRows(sessions, reload, said) {
  const nameOf = ({ principals }) => principals.find((one) => one.startsWith("user:")) ?? principals[0] ?? "somebody";
  const end = async (session) => {
    const done = await accessDialog({
      title: `Sign out ${nameOf(session)}?`, word: "End the session", grave: true,
      body: el("p", {}, `The browser that signed in ${ago(session.created_at)} has to sign in again. `
        + "What was typed there and not sent is kept."),
      act: () => del(`v1/sessions/${encodeURIComponent(session.id)}`),
    });
    if (!done) return;
    reload();
    accessSaid(said, "The session has ended.");
  };
  return cardTable("Sessions", ["Who", "Signed in", "Ends", "Actions"], sessions.map((session) => [
    accessLink(nameOf(session), ["member", nameOf(session)], {}, { dir: "auto", class: "isolated" }),
    ago(session.created_at), ago(session.expires_at),
    el("button", {
      type: "button", "aria-label": `End the session of ${nameOf(session)}`, onclick: () => end(session),
    }, "End"),
  ]));
}
