/** Users and groups that are known here: from the last syncs, and whoever has a key or a session. */
import { get } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessHeading, accessLink, accessPlace, cardRow, cardTable, understood } from "./access-parts.js";

const memberHeads = ["Who", "Groups or members", "Keys", "Sessions"];

export function memberListView({ shell }) {
  const words = el("input", { id: "member-words", type: "search", autocomplete: "off", spellcheck: "false", dir: "auto" });
  const kinds = [["", "users and groups"], ["user", "users"], ["group", "groups"]];
  const kind = el("select", { id: "member-kind" }, kinds.map(([value, text]) => el("option", { value }, text)));
  const list = el("div", { class: "stack" });
  const foot = el("div", { class: "row" });
  const table = cardTable("Members", memberHeads, []);
  let wanted = null;
  let abort = null;
  let shown = 0;

  async function load(cursor = null) {
    abort?.abort();
    const { signal } = abort = new AbortController();
    list.setAttribute("aria-busy", "true");
    const query = new URLSearchParams({ limit: 100 });
    for (const [name, value] of Object.entries({ ...wanted, cursor })) if (value) query.set(name, value);
    try {
      const page = await get(`v1/members?${query}`, signal);
      const rows = page.members.map((member) => cardRow(memberHeads, cellsOfMember(member)));
      if (cursor) table.tBodies[0].append(...rows);
      else table.tBodies[0].replaceChildren(...rows);
      shown = (cursor ? shown : 0) + rows.length;
      list.replaceChildren(shown ? table : el("p", { class: "lead" },
        wanted.q ? "Nobody of that name is known here." : "Nobody is known here yet."));
      foot.replaceChildren(el("span", { class: "note" }, `${count(shown, "member")}${page.next ? " so far" : ""}`),
        page.next ? el("button", { type: "button", onclick: () => load(page.next) }, "More") : "");
      if (cursor) rows[0]?.querySelector("a").focus();
      announce(`${count(shown, "member")} shown`);
    } catch (error) {
      if (error.name === "AbortError") return;
      const note = problemNote(understood(error), { retry: () => load(cursor) });
      if (cursor) foot.replaceChildren(note);
      else list.replaceChildren(note);
    }
    list.removeAttribute("aria-busy");
  }

  const form = el("form", { class: "row filters", role: "search" },
    el("div", { class: "field" }, el("label", { for: "member-words" }, "Name"), words),
    el("div", { class: "field" }, el("label", { for: "member-kind" }, "Of"), kind),
    el("button", { type: "submit" }, "Find"));
  const go = (event) => {
    event.preventDefault();
    const query = Object.entries({ q: words.value.trim(), kind: kind.value }).filter(([, value]) => value);
    shell.go(accessPlace(["members"], Object.fromEntries(query)));
  };
  form.addEventListener("submit", go);
  kind.addEventListener("change", go);

  return {
    node: el("div", { class: "stack" },
      accessHeading("Members", "Who is known from the last syncs, or has a key or a session here."), form, list, foot),
    show(place) {
      const next = { q: place.query.get("q") ?? "", kind: place.query.get("kind") ?? "" };
      words.value = next.q;
      kind.value = next.kind;
      if (JSON.stringify(next) === JSON.stringify(wanted)) return;
      wanted = next;
      load();
    },
    leave() { abort?.abort(); },
  };
}

const cellsOfMember = ({ principal, kind, groups, members, keys, sessions }) => [
  accessLink(principal, ["member", principal], {}, { dir: "auto", class: "isolated" }),
  kind === "group" ? (members ?? null) === null ? "–" : count(members, "member")
    : (groups ?? null) === null ? "–" : `in ${count(groups, "group")}`,
  keys ? count(keys, "key") : "–", sessions ? count(sessions, "session") : "–",
];
