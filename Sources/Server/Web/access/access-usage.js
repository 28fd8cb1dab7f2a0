/** What was asked and what it took: by day, caller, key and model. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { day } from "../shell/format.js";
import { accessHeading, accessPair, accessPlace, cardTable, fillFrom } from "./access-parts.js";
import { usageChart } from "./access-chart.js";

const groupings = [["day", "day"], ["caller", "caller"], ["key", "key"], ["model", "model"],
  ["day,caller", "day and caller"], ["day,model", "day and model"]];
const whole = new Intl.NumberFormat("en");
const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 4 });
const isoDay = (time) => new Date(time).toISOString().slice(0, 10);

export function usageView({ shell, isAdmin }) {
  const from = el("input", { type: "date", id: "usage-from" });
  const to = el("input", { type: "date", id: "usage-to" });
  const by = el("select", { id: "usage-by" }, groupings.map(([value, words]) => el("option", { value }, words)));
  const of = el("select", { id: "usage-of" },
    el("option", { value: "all" }, "everybody"), el("option", { value: "mine" }, "me"));
  const body = el("div", { class: "stack" });
  let stop = null;

  const form = el("form", { class: "row filters" },
    el("div", { class: "field" }, el("label", { for: "usage-from" }, "From"), from),
    el("div", { class: "field" }, el("label", { for: "usage-to" }, "To"), to),
    el("div", { class: "field" }, el("label", { for: "usage-by" }, "By"), by),
    isAdmin && el("div", { class: "field" }, el("label", { for: "usage-of" }, "Of"), of),
    el("button", { type: "submit" }, "Show"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    shell.go(accessPlace(["usage"], { from: from.value, to: to.value, by: by.value, ...(isAdmin && { of: of.value }) }));
  });
  for (const field of [by, of]) field.addEventListener("change", () => form.requestSubmit());

  return {
    node: el("div", { class: "stack" },
      accessHeading("Usage", "Requests, answers, tokens and cost. What was asked is not kept here."), form, body),
    show({ query }) {
      const today = Date.now();
      from.value = query.get("from") || isoDay(today - 29 * 86400e3);
      to.value = query.get("to") || isoDay(today);
      by.value = query.get("by") || "day";
      if (by.selectedIndex < 0) by.value = "day";
      of.value = isAdmin ? query.get("of") || "all" : "mine";
      const asked = new URLSearchParams({ from: from.value, to: to.value, by: by.value, of: of.value });
      stop?.();
      stop = fillFrom(body, (signal) => get(`v1/usage?${asked}`, signal), usageParts);
    },
    leave() { stop?.(); },
  };

  function usageParts({ from: first, to: last, rows, total }) {
    const names = by.value.split(",");
    return [
      el("dl", { class: "figures" },
        accessPair("requests", whole.format(total.requests)), accessPair("answers", whole.format(total.answers)),
        accessPair("failed", whole.format(total.failed)),
        accessPair("tokens in and out", `${whole.format(total.input_tokens)} / ${whole.format(total.output_tokens)}`),
        accessPair("cost", money.format(total.cost))),
      names[0] === "day" && rows.length ? usageChart(rows, first, last) : "",
      rows.length ? cardTable(`Usage by ${by.selectedOptions[0].textContent}`,
        [...names.map((name) => ({ day: "Day", caller: "Caller", key: "Key", model: "Model" })[name]),
          "Requests", "Answers", "Failed", "Tokens in", "Tokens out", "Cost"],
        newestFirst(rows, names).map((row) => [...names.map((name) => nameCell(name, row[name])),
          ...["requests", "answers", "failed", "input_tokens", "output_tokens"].map((figure) => whole.format(row[figure])),
          money.format(row.cost)]), { class: "cards-table numbers" })
        : el("p", { class: "lead" }, "Nothing was asked in these days."),
    ];
  }
}

// By day the latest is looked for; by anything else, what there is most of.
function newestFirst(rows, names) {
  const most = (a, b) => b.requests - a.requests;
  return [...rows].sort(names[0] === "day" ? (a, b) => b.day.localeCompare(a.day) || most(a, b) : most);
}

function nameCell(name, value) {
  if (name === "day") return day(value) ?? "–";
  const words = value || { key: "no key", model: "no model", caller: "nobody signed in" }[name];
  return el("span", { dir: "auto", class: value ? "isolated" : "note" }, words);
}
