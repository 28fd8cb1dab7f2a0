/** One user or group: what they may read, by space; their groups, keys and sessions. */
import { del, get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { accessDialog, accessHeading, accessLink, accessSaid, fillFrom } from "./access-parts.js";
import { sessionRows } from "./access-sessions.js";

const memberPath = (principal, ...rest) => ["v1/members", ...[principal, ...rest].map(encodeURIComponent)].join("/");

export function memberView({ id, shell }) {
  const body = el("div", { class: "stack" });
  const said = el("div");
  let stop = null;
  const reload = () => { stop?.(); stop = fillFrom(body, (signal) => get(memberPath(id), signal), parts); };

  function parts(member) {
    const { readable } = member;
    return [
      readable && el("section", { class: "part" }, el("h2", {}, "May read"),
        el("p", { class: "big-fact" }, `${readable.documents.toLocaleString("en")} of ${count(readable.of, "document")}`),
        el("ul", { class: "spaces" }, readable.by_space.map(spaceRow))),
      linkSection("Groups", member.groups ?? []), linkSection("Members", member.members ?? []),
      member.keys?.length ? el("section", { class: "part" }, el("h2", {}, "Keys"), el("ul", { class: "plain-rows" },
        member.keys.map((key) => el("li", {}, el("span", { dir: "auto", class: "isolated" }, key.name), " ",
          el("code", {}, key.id), key.state === "active" ? "" : ` ${key.state}`)))) : "",
      member.sessions?.length ? el("section", { class: "part" },
        el("div", { class: "view-head" }, el("h2", {}, "Sessions"),
          el("button", { type: "button", onclick: () => endAll(member) }, "End all of them")),
        sessionRows(member.sessions, reload, said)) : "",
    ].filter(Boolean);
  }

  async function endAll(member) {
    let ended = 0;
    const done = await accessDialog({
      title: `Sign out ${id} everywhere?`, word: "End all sessions", grave: true,
      body: el("p", {}, `${count(member.sessions.length, "session")} will end at once. `
        + "They can sign in again, as long as the sign-in service lets them."),
      act: async () => { ({ ended } = await del(memberPath(id, "sessions"))); },
    });
    if (!done) return;
    reload();
    accessSaid(said, `${count(ended, "session")} ended.`);
  }

  return {
    node: el("div", { class: "stack" }, accessLink("‹ Members", ["members"]),
      accessHeading(id ?? "Nobody", null, shell.me()?.view_as && id
        && el("button", { type: "button", onclick: () => shell.viewAs(id) }, "View as them")), said, body),
    show: reload,
    leave() { stop?.(); },
  };
}

function spaceRow({ key, name, documents, of }) {
  return el("li", {},
    el("span", { dir: "auto", class: "clipped", title: name || key }, name || key),
    el("meter", { min: "0", max: Math.max(of, 1), value: documents, "aria-hidden": "true" }),
    el("span", { class: "note" }, `${documents.toLocaleString("en")} of ${of.toLocaleString("en")}`));
}

function linkSection(words, principals) {
  if (!principals.length) return "";
  const many = `${principals.length}${principals.length === 500 ? " or more" : ""}`;
  return el("section", { class: "part" }, el("h2", {}, `${words} (${many})`),
    el("ul", { class: "tags tall" }, principals.map((one) =>
      el("li", {}, accessLink(one, ["member", one], {}, { dir: "auto", class: "isolated" })))));
}
