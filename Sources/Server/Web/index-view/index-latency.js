/** How long things take: a histogram for each operation and each part of one. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";
import { addressOf } from "../shell/place.js";
import { drawn, indexPlace, inNumbers, millis, whole } from "./index-parts.js";

const [barsWide, barsHigh] = [320, 72];

/** What people wait for: first, however seldom it was asked. */
const [waitedFor, shownAtOnce] = [["ask", "search"], 6];

/** Requests first, what people wait for and then what was asked most at the top; the parts of requests under them. */
export function latencyFigures(latencies) {
  const seen = latencies.filter((latency) => latency.count > 0);
  if (!seen.length) return el("p", { class: "note" }, "Nothing has been asked since the server began.");
  return [["operation", "Requests"], ["stage", "Parts of requests"]].map(([kind, words]) => {
    const some = seen.filter((latency) => latency.kind === kind)
      .sort((a, b) => waitedFor.includes(b.name) - waitedFor.includes(a.name) || b.count - a.count);
    const [first, rest] = [some.slice(0, shownAtOnce), some.slice(shownAtOnce)];
    return some.length ? el("div", { class: "stack" }, el("h3", {}, words), histograms(first),
      rest.length > 0 && el("details", { class: "more-histograms" }, el("summary", {}, `${rest.length} more`), histograms(rest))) : "";
  });
}

const histograms = (some) => el("ul", { class: "histograms" }, some.map((latency) => el("li", {}, histogram(latency))));

function histogram({ name, kind, count: times, p50_ms: p50, p90_ms: p90, p99_ms: p99, buckets }) {
  const shown = trimmedBuckets(buckets);
  const most = Math.max(1, ...shown.map((bucket) => bucket.count));
  const step = barsWide / shown.length;
  const svg = drawn("svg", { viewBox: `0 0 ${barsWide} ${barsHigh}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    shown.map((bucket, index) => {
      // What is there is seen, however little it is beside the rest.
      const height = bucket.count ? Math.max(2, (bucket.count / most) * barsHigh) : 0;
      return drawn("g", {}, drawn("rect", { class: "lane-box", x: index * step, y: 0, width: step, height: barsHigh }),
        drawn("rect", { class: "bar", x: index * step + step * 0.08, width: step * 0.84, y: barsHigh - height, height }),
        drawn("title", {}, `${bucket.words}: ${count(bucket.count, "time")}`));
    }));
  return el("figure", { class: "histogram" },
    el("figcaption", { class: "histogram-head" }, el("strong", {}, name),
      el("span", { class: "note" }, count(times, "time"))),
    el("p", { class: "quantiles" }, [["half within", p50], ["90 %", p90], ["99 %", p99]].map(([words, value]) =>
      el("span", {}, el("span", { class: "note" }, words), el("b", {}, millis(value))))),
    svg,
    el("div", { class: "chart-ends note", "aria-hidden": "true" },
      el("span", {}, millis(shown[0].from)), el("span", {}, shown.at(-1).le_ms === null ? "and more" : millis(shown.at(-1).le_ms))),
    el("div", { class: "row histogram-foot" },
      inNumbers(`Times of ${name}`, ["Within", "Times"], shown.map((bucket) => [bucket.words, whole(bucket.count)])),
      kind === "operation" && el("a", { href: addressOf(indexPlace(["traces"], { operation: name })), "aria-label": `Traces of ${name}` }, "Traces")));
}

// From the first that holds something to the last, with one empty span at each side.
function trimmedBuckets(buckets) {
  const all = buckets.map((bucket, index) => {
    const from = buckets[index - 1]?.le_ms ?? 0;
    return { ...bucket, from, words: bucket.le_ms === null ? `more than ${millis(from)}` : `${millis(from)} to ${millis(bucket.le_ms)}` };
  });
  const first = all.findIndex((bucket) => bucket.count);
  const last = all.findLastIndex((bucket) => bucket.count);
  return all.slice(Math.max(0, first - 1), last + 2);
}
