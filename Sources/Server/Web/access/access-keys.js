/** API keys: whose they are, what they may do, when they were used; made, rotated and ended here. */
import { del, get, post } from "../shell/api.js";
import { byId, el } from "../shell/dom.js";
import { ago, count, day } from "../shell/format.js";
import {
  accessDialog, accessField, accessHeading, accessLink, accessSaid, cardTable, fillFrom, tagList,
} from "./access-parts.js";
import { showSecret } from "./access-secret.js";

const keyPath = (id, ...rest) => ["v1/keys", ...[id, ...rest].map(encodeURIComponent)].join("/");
const keyHeads = ["Name", "May", "Stands for", "Last used", "Good until", "Actions"];
const overlaps = [[0, "ends at once"], [1, "is good for an hour more"], [24, "is good for a day more"],
  [72, "is good for 3 days more"], [168, "is good for a week more"], [720, "is good for 30 days more"]];

export function keyListView() {
  const list = el("div", { class: "stack" });
  const said = el("div");
  const ended = el("input", { type: "checkbox", id: "show-ended" });
  let keys = [];
  let stop = null;
  ended.addEventListener("change", () => list.replaceChildren(...rows()));

  const reload = () => {
    stop?.();
    stop = fillFrom(list, async (signal) => (await get("v1/keys", signal)).keys, (found) => {
      keys = found;
      return rows();
    });
  };

  function rows() {
    const active = keys.filter((key) => key.state === "active");
    const gone = keys.length - active.length;
    const shown = ended.checked ? keys : active;
    return [
      keys.length > 0 && el("div", { class: "row" }, el("p", { class: "note", id: "key-count" }, count(active.length, "key")),
        gone > 0 && el("label", { class: "check" }, ended, el("span", {}, `Show the ${gone} that ended`))),
      shown.length ? cardTable("API keys", keyHeads, shown.map(cellsOf))
        : el("div", { class: "nothing" }, el("p", { class: "lead" }, "No keys."),
          el("p", {}, "A program that asks or searches here needs one; people sign in with their accounts.")),
    ].filter(Boolean);
  }

  function cellsOf(key) {
    const limits = [key.requests_per_minute && `${count(key.requests_per_minute, "request")} a minute`,
      key.concurrent_runs && `${key.concurrent_runs} at a time`].filter(Boolean).join(", ");
    return [
      [el("span", { class: "key-name", dir: "auto" }, key.name),
        el("span", { class: "key-id" }, el("code", {}, key.id), limits && ` · ${limits}`),
        el("span", { class: "key-id", dir: "auto" }, `made ${day(key.created_at)} by ${key.created_by}`)],
      tagList(key.scopes), tagList(key.principals, "nobody in particular", 4),
      key.last_used_at ? ago(key.last_used_at) : "never", standingOf(key),
      key.state === "active" ? el("div", { class: "row" },
        el("button", { type: "button", onclick: () => rotate(key), "aria-label": `Rotate ${key.name}` }, "Rotate"),
        el("button", { type: "button", onclick: () => end(key), "aria-label": `End ${key.name}` }, "End")) : "–",
    ];
  }

  async function rotate(key) {
    const overlap = el("select", { id: "overlap" }, overlaps.map(([hours, words]) =>
      el("option", { value: hours, selected: hours === 24 }, words)));
    let made = null;
    const done = await accessDialog({
      title: `Another secret for “${key.name}”?`, word: "Make it",
      body: [el("p", {}, "The new one may do the same, and keeps what the old one kept."),
        accessField("The old one", overlap).node],
      act: async () => { made = await post(keyPath(key.id, "rotate"), { overlap_hours: Number(overlap.value) }); },
    });
    if (!done) return;
    const hours = Number(overlap.value);
    const words = overlaps.find(([one]) => one === hours)[1];
    await showSecret(made, hours ? `The old secret ${words}.` : "The old secret has ended.");
    reload();
    accessSaid(said, `“${key.name}” has another secret.`);
  }

  async function end(key) {
    const done = await accessDialog({
      title: `End “${key.name}”?`, word: "End the key", grave: true,
      body: [
        el("p", {}, "Whatever sends ", el("code", {}, `${key.id}…`), " is refused from now on: ",
          key.last_used_at ? `it was last used ${ago(key.last_used_at)}.` : "it was never used."),
        el("p", { dir: "auto" }, `It was made for ${[key.scopes.join(", "), ...key.principals].join(", as ")}. `
          + "This cannot be undone; conversations and runs that it kept stay."),
      ],
      act: () => del(keyPath(key.id)),
    });
    if (!done) return;
    reload();
    accessSaid(said, `“${key.name}” has ended.`);
    byId("make-key")?.focus();
  }

  return {
    node: el("div", { class: "stack" },
      accessHeading("Keys", "For programs. A key stands for users and groups, and may do what it was made for.",
        accessLink("Make a key", ["new-key"], {}, { class: "button primary", id: "make-key" })), said, list),
    show: reload,
    leave() { stop?.(); },
  };
}

function standingOf(key) {
  if (key.state === "revoked") return `ended ${day(key.revoked_at)}`;
  if (!key.expires_at) return "no end";
  if (key.state === "expired") return `ran out ${day(key.expires_at)}`;
  const left = (Date.parse(key.expires_at) - Date.now()) / 86400e3;
  return left < 14 ? el("strong", {}, `${day(key.expires_at)}, ${ago(key.expires_at)}`) : day(key.expires_at);
}
