/** One trace: its steps as a waterfall, what each knows of itself, and where the time of a slow request went. */
import { get } from "../shell/api.js";
import { copyButton } from "../shell/copy.js";
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { accessHeading, accessPair, cardTable, fillFrom } from "../access/access-parts.js";
import { addressOf } from "../shell/place.js";
import { bytesText, figureList, indexPlace, millis, percent, viewPart, whole } from "./index-parts.js";

export function traceView({ id }) {
  const body = el("div", { class: "stack" });
  let stop = null;
  return {
    node: el("div", { class: "stack" },
      el("p", { class: "way-back" }, el("a", { href: addressOf(indexPlace(["traces"])) }, "Traces")), body),
    show() {
      body.replaceChildren(accessHeading("Trace"));
      stop = fillFrom(body, (signal) => get(`v1/traces/${encodeURIComponent(id)}`, signal).catch((error) => {
        if (error.status === 404) return null;
        throw error;
      }), traceParts);
    },
    leave() { stop?.(); },
  };
}

function traceParts(trace) {
  if (!trace) {
    return [accessHeading("Trace"), el("p", { class: "lead" }, "This trace is not kept any more."),
      el("p", { class: "measure" }, "Millrace keeps the latest, the slowest and the failed ones in memory until it ends. Ask again to get a new one.")];
  }
  return [
    accessHeading(trace.name, new Date(trace.started_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }),
      copyButton("Copy the id", () => trace.id)),
    figureList([
      ["took", millis(trace.duration_ms), trace.is_slow ? "slow" : null],
      ["came to", trace.is_error ? `failed${trace.status ? ` (${trace.status})` : ""}` : trace.status ?? "done"],
      ["spans", whole(trace.span_count), trace.dropped_spans ? `${whole(trace.dropped_spans)} dropped` : null],
      trace.model && ["model", trace.model],
      trace.flow && ["flow", trace.flow],
      (trace.input_tokens ?? trace.output_tokens) !== null
        && ["tokens in / out", `${whole(trace.input_tokens)} / ${whole(trace.output_tokens)}`],
    ]),
    viewPart("Step by step", "A bar shows when a step began and how long it took. Open a step for more.",
      waterfall(trace)),
    trace.profile && profilePart(trace.profile),
  ];
}

function waterfall({ spans, duration_ms: total }) {
  return el("ol", { class: "waterfall" }, spans.map((span) => {
    const bar = el("span", { class: `span-bar${span.status === "error" ? " failed" : ""}` });
    // A step that is done at once still leaves a mark.
    bar.style.insetInlineStart = `${Math.min(99.5, (span.start_ms / (total || 1)) * 100)}%`;
    bar.style.inlineSize = `max(2px, ${Math.min(100, (span.duration_ms / (total || 1)) * 100)}%)`;
    const name = el("span", { class: "span-name", dir: "auto" }, el("span", { class: "unseen" }, `level ${span.depth + 1}: `), span.name);
    name.style.setProperty("--depth", Math.min(span.depth, 12));
    return el("li", {}, el("details", {},
      el("summary", {}, name, el("span", { class: "span-lane", "aria-hidden": "true" }, bar),
        el("span", { class: "span-time" }, span.status === "error" && el("b", {}, "failed "), millis(span.duration_ms))),
      el("dl", { class: "pairs" },
        accessPair("began", `after ${millis(span.start_ms)}`),
        accessPair("by itself", `${millis(span.self_ms)} without what it called`),
        accessPair("kind", span.kind),
        span.message && accessPair("said", el("span", { dir: "auto" }, span.message)),
        Object.entries(span.attributes ?? {}).map(([key, value]) =>
          accessPair(key, el("span", { dir: "auto", class: "isolated" }, [value].flat().join(", ")))))));
  }));
}

function profilePart(profile) {
  const cpu = profile.cpu_ms === null || profile.cpu_ms === undefined ? null
    : `The process used ${millis(profile.cpu_ms)} of processor time meanwhile, ${percent(profile.cpu_share)} of one core. `;
  return viewPart("Where the time went", [cpu,
    `${count(profile.concurrent, "request")} under way when it began`,
    profile.resident_after_bytes ? `; ${bytesText(profile.resident_after_bytes)} in memory afterwards.` : "."].filter(Boolean).join(""),
  cardTable("Parts of the request by time", ["Part", "Calls", "Time", "By itself", "Share"], profile.stages.map((stage) => [
    el("span", { dir: "auto" }, stage.name), whole(stage.calls), millis(stage.wall_ms), millis(stage.self_ms),
    el("div", { class: "share" }, el("meter", { max: 1, value: stage.share, "aria-label": `Share of ${stage.name}` }), percent(stage.share))]),
  { class: "cards-table numbers-table" }));
}
