/** Requests by day as bars. The table under it says the same in numbers. */
import { el } from "../shell/dom.js";
import { count, day } from "../shell/format.js";

const svgSpace = "http://www.w3.org/2000/svg";
const [chartWidth, chartHeight] = [600, 120];

/** Bars of `rows` with `{day, requests, failed}`, one for each day from `first` to `last`. */
export function usageChart(rows, first, last) {
  const totals = new Map();
  for (const row of rows) {
    const sum = totals.get(row.day) ?? { requests: 0, failed: 0 };
    totals.set(row.day, { requests: sum.requests + row.requests, failed: sum.failed + row.failed });
  }
  const days = [];
  for (let time = Date.parse(first); time <= Date.parse(last) && days.length < 400; time += 86400e3) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  const most = Math.max(1, ...[...totals.values()].map(({ requests }) => requests));
  const step = chartWidth / days.length;
  const svg = svgNode("svg", {
    viewBox: `0 0 ${chartWidth} ${chartHeight}`, preserveAspectRatio: "none", "aria-hidden": "true",
  });
  days.forEach((name, index) => {
    const { requests = 0, failed = 0 } = totals.get(name) ?? {};
    const bar = (value, kind) => svgNode("rect", {
      class: kind, x: index * step + step * 0.12, width: step * 0.76,
      y: chartHeight - (value / most) * chartHeight, height: (value / most) * chartHeight,
    });
    const group = svgNode("g", {}, bar(requests, "bar"), failed ? bar(failed, "bar failed") : null);
    const words = `${day(name)}: ${count(requests, "request")}${failed ? `, ${failed} failed` : ""}`;
    group.append(svgNode("title", {}, words));
    svg.append(group);
  });
  return el("figure", { class: "chart" },
    el("figcaption", { class: "note" }, `Requests by day, at most ${most.toLocaleString("en")}`), svg,
    el("div", { class: "chart-ends note", "aria-hidden": "true" }, el("span", {}, day(first)), el("span", {}, day(last))));
}

function svgNode(name, attributes, ...children) {
  const node = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter(Boolean));
  return node;
}
