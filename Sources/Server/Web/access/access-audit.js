/** The log of what administrators did, newest first; each line vouches for those before it. */
import { get } from "../shell/api.js";
import { copyButton } from "../shell/copy.js";
import { announce, el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessHeading, accessPlace, cardRow, cardTable, understood } from "./access-parts.js";

const auditHeads = ["When", "Who", "Did", "To", "Details"];
/** Lines asked for at a time, and lines looked through for a filter before it is asked whether to go on. */
const auditPage = 100;
const auditReach = 2000;
const auditTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function auditView({ shell }) {
  const act = el("select", { id: "audit-act" });
  const actor = el("input", { id: "audit-actor", type: "search", autocomplete: "off", spellcheck: "false", dir: "auto" });
  const verdict = el("div", { role: "status" });
  const lines = el("div", { class: "stack" });
  const table = cardTable("What administrators did", auditHeads, [], { class: "cards-table log" });
  const foot = el("div", { class: "row" });
  let records = [];
  let next = null;
  let wanted = { act: "", actor: "" };
  let abort = null;

  const fits = (record) => (!wanted.act || record.act === wanted.act)
    && (!wanted.actor || record.actor.toLowerCase().includes(wanted.actor.toLowerCase()));

  function showActs() {
    const acts = [...new Set([...records.map((record) => record.act), wanted.act])].filter(Boolean).sort();
    act.replaceChildren(el("option", { value: "" }, "everything"),
      ...acts.map((one) => el("option", { value: one }, one)));
    act.value = wanted.act;
  }

  function showLines() {
    const found = records.filter(fits);
    table.tBodies[0].replaceChildren(...found.map((record) => cardRow(auditHeads, cellsOfLine(record))));
    showActs();
    const isFiltered = wanted.act || wanted.actor;
    lines.replaceChildren(found.length ? table
      : el("p", { class: "lead" }, isFiltered ? "No line like that so far." : "Nothing has been done yet."));
    const all = count(records.length, "line");
    foot.replaceChildren(
      el("span", { class: "note", id: "audit-count" }, isFiltered ? `${found.length} of ${all} looked through` : all),
      next === null ? ""
        : el("button", { type: "button", id: "audit-older", onclick: () => more(found.length) }, "Older lines"));
  }

  // Pages are fetched until something more is found: a filter is not to answer with an empty list and a button.
  async function more(before = 0, isFirst = false) {
    abort?.abort();
    const { signal } = abort = new AbortController();
    let looked = 0;
    lines.setAttribute("aria-busy", "true");
    try {
      do {
        if (isFirst && !looked) [records, next] = [[], null];
        const page = await get(`v1/audit?limit=${auditPage}${next === null ? "" : `&before=${next}`}`, signal);
        records.push(...page.records);
        next = page.next ?? null;
        looked += page.records.length || auditReach;
      } while (next !== null && looked < auditReach && records.filter(fits).length <= before);
      showLines();
      announce(`${count(records.filter(fits).length, "line")} shown`);
    } catch (error) {
      if (error.name === "AbortError") return;
      const note = problemNote(understood(error), { retry: () => more(before, isFirst) });
      if (records.length) foot.replaceChildren(note);
      else lines.replaceChildren(note);
    }
    lines.removeAttribute("aria-busy");
  }

  async function verify(event) {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      const { count: all, broken_at: broken, head } = await get("v1/audit/verify");
      verdict.replaceChildren(broken === null ? soundLog(all, head) : brokenLog(all, broken));
    } catch (error) {
      verdict.replaceChildren(el("p", { class: "field-fault" }, `${error.message}. ${error.detail ?? ""}`));
    }
    button.disabled = false;
  }

  const filter = el("form", { class: "row filters" },
    el("div", { class: "field" }, el("label", { for: "audit-act" }, "What was done"), act),
    el("div", { class: "field" }, el("label", { for: "audit-actor" }, "By whom"), actor),
    el("button", { type: "submit" }, "Filter"));
  const go = (event) => {
    event.preventDefault();
    const query = Object.entries({ act: act.value, actor: actor.value.trim() }).filter(([, value]) => value);
    shell.go(accessPlace(["audit"], Object.fromEntries(query)));
  };
  filter.addEventListener("submit", go);
  act.addEventListener("change", go);

  return {
    node: el("div", { class: "stack" },
      accessHeading("Log", "What administrators did with keys, sources and sessions. Nobody changes it unnoticed.",
        el("button", { type: "button", id: "audit-verify", onclick: verify }, "Verify the log")),
      verdict, filter, lines, foot),
    show(place) {
      wanted = { act: place.query.get("act") ?? "", actor: place.query.get("actor") ?? "" };
      actor.value = wanted.actor;
      if (records.length) {
        showLines();
        if (next !== null && !records.some(fits)) more();
      } else more(0, true);
    },
    leave() { abort?.abort(); },
  };
}

function soundLog(all, head) {
  return el("div", { class: "verdict" },
    el("p", {}, el("strong", {}, `All ${count(all, "line")} fit.`), " None was changed or taken out. "
      + "Whoever notes the last one’s digest elsewhere also notices lines that were cut off at the end."),
    all > 0 && el("div", { class: "row" }, el("code", { class: "digest" }, head),
      copyButton("Copy the digest", () => head, { class: "" })));
}

const brokenLog = (all, broken) => el("div", { class: "verdict broken" },
  el("p", {}, el("strong", {}, `Line ${broken} does not fit the one before it.`),
    ` Somebody has changed the log there, or a copy of it was put back. ${count(all, "line")} were looked at.`));

function cellsOfLine({ at, actor, act, object, details }) {
  const pairs = Object.entries(details ?? {});
  return [
    el("time", { datetime: at }, auditTime.format(new Date(at))),
    el("span", { dir: "auto", class: "isolated" }, actor), el("code", {}, act),
    el("span", { dir: "auto", class: "isolated" }, object || "–"),
    pairs.length ? el("ul", { class: "details" }, pairs.map(([name, value]) =>
      el("li", {}, el("span", { class: "note" }, `${name} `),
        el("span", { dir: "auto", class: "isolated" }, value)))) : "–",
  ];
}
