/** What was asked lately, what was slow and what failed, each with its trace. */
import { get } from "../shell/api.js";
import { announce, el } from "../shell/dom.js";
import { ago, count } from "../shell/format.js";
import { problemNote } from "../ask/outcomes.js";
import { accessHeading, cardRow, cardTable, understood } from "../access/access-parts.js";
import { indexPlace, millis, traceAddress, whole } from "./index-parts.js";

/** What the page reads of its own accord: nobody looks for it among what people and programs asked. */
const ownReading = ["me", "status", "index", "indexMap", "indexMapPoints", "listTraces", "getTrace"];
/** Stands for an operation where that reading is wanted, too. */
const withOwn = "all";
/** Traces that are shown at once, at least, while there are more; and requests that are made for them. */
const pageSize = 50;
const mostRequests = 4;

const traceHeads = ["Request", "Took", "Came to", "Spans", "Tokens", "When"];

export function traceListView({ shell }) {
  const operation = el("select", { id: "trace-operation" });
  const which = el("select", { id: "trace-which" }, [["", "all that are kept"], ["slow", "slow ones"], ["errors", "failed ones"]]
    .map(([value, words]) => el("option", { value }, words)));
  const table = cardTable("Traces, newest first", traceHeads, []);
  const body = el("div", { class: "stack" });
  const about = el("p", { class: "note measure" });
  let wanted = { operation: "", which: "" };
  let next = null;
  let abort = null;

  for (const field of [operation, which]) {
    field.addEventListener("change", () => shell.go(indexPlace(["traces"], {
      ...(operation.value && { operation: operation.value }), ...(which.value && { which: which.value }) })));
  }

  async function more(isFirst) {
    abort?.abort();
    const { signal } = abort = new AbortController();
    body.setAttribute("aria-busy", "true");
    try {
      const page = await tracesFrom(wanted, isFirst ? null : next, signal);
      if (isFirst) table.tBodies[0].replaceChildren();
      table.tBodies[0].append(...page.traces.map((trace) => cardRow(traceHeads, traceCells(trace))));
      next = page.next;
      showOperations(page.operations);
      about.textContent = `Slow is what takes more than ${millis(page.slow_ms)}. Kept are the latest, the slowest, the latest failures and a `
        + `sample of each kind${page.is_exporting ? `; ${whole(page.exported)} spans were exported, ${whole(page.dropped)} dropped` : ""}.`;
      const rows = table.tBodies[0].rows.length;
      body.replaceChildren(rows ? table : el("p", { class: "lead" },
        wanted.which === "slow" ? "Nothing was slow." : wanted.which === "errors" ? "Nothing failed." : "Nothing is kept yet."),
      next ? el("button", { type: "button", id: "traces-older", onclick: () => more(false) }, "Older ones") : "");
      announce(count(rows, "trace"));
    } catch (error) {
      if (error.name !== "AbortError") body.replaceChildren(problemNote(understood(error), { retry: () => more(isFirst) }));
    } finally {
      if (!signal.aborted) body.removeAttribute("aria-busy");
    }
  }

  function showOperations(operations) {
    operation.replaceChildren(el("option", { value: "" }, "everything asked"),
      el("option", { value: withOwn }, "everything, this page’s too"), ...operations.map((one) =>
      el("option", { value: one.operation }, `${one.operation} (${whole(one.kept)} of ${whole(one.seen)})`)));
    if (wanted.operation && wanted.operation !== withOwn && !operations.some((one) => one.operation === wanted.operation)) {
      operation.append(el("option", { value: wanted.operation }, wanted.operation));
    }
    operation.value = wanted.operation;
  }

  return {
    node: el("div", { class: "stack" },
      accessHeading("Traces", "What a request did, step by step. Open one to see where its time went."),
      el("div", { class: "row filters" },
        el("div", { class: "field" }, el("label", { for: operation.id }, "Of"), operation),
        el("div", { class: "field" }, el("label", { for: which.id }, "Show"), which)),
      about, body),
    show({ query }) {
      wanted = { operation: query.get("operation") ?? "", which: ["slow", "errors"].includes(query.get("which")) ? query.get("which") : "" };
      which.value = wanted.which;
      showOperations([]);
      more(true);
    },
    leave() { abort?.abort(); },
  };
}

/** The next traces that are `wanted`, as `GET /v1/traces` gives them. What failed is shown whoever asked for it. */
async function tracesFrom(wanted, before, signal) {
  const isFiltered = !wanted.operation && wanted.which !== "errors";
  const query = new URLSearchParams({ limit: String(isFiltered ? 10 * pageSize : pageSize) });
  if (wanted.operation && wanted.operation !== withOwn) query.set("operation", wanted.operation);
  if (wanted.which) query.set(wanted.which, "true");
  const traces = [];
  for (let request = 1; ; request += 1) {
    if (before) query.set("before", before);
    const page = await get(`v1/traces?${query}`, signal);
    traces.push(...page.traces.filter((trace) => !isFiltered || !ownReading.includes(trace.operation)));
    if (!page.next || traces.length >= pageSize || request === mostRequests) return { ...page, traces };
    before = page.next;
  }
}

function traceCells(trace) {
  return [
    el("a", { href: traceAddress(trace.id), class: "isolated trace-name", title: trace.name, dir: "auto" }, trace.name),
    el("span", { class: trace.is_slow ? "emphatic" : null }, millis(trace.duration_ms), trace.is_slow && el("span", { class: "label slow" }, "slow")),
    trace.is_error ? el("span", { class: "label" }, `failed${trace.status ? `, ${trace.status}` : ""}`) : String(trace.status ?? "done"),
    whole(trace.span_count),
    trace.input_tokens === null && trace.output_tokens === null ? "–" : `${whole(trace.input_tokens)} / ${whole(trace.output_tokens)}`,
    el("time", { datetime: trace.started_at, title: new Date(trace.started_at).toLocaleString("en-GB") }, ago(trace.started_at)),
  ];
}
