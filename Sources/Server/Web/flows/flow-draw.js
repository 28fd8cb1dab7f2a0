/** Draws a component, and an edge, as SVG. */
import { isolated } from "../shell/plain-text.js";
import { fitted, headHeight, nodeWidth, portOffset, sizeOfNode } from "./flow-geometry.js";
import { titleOfNode } from "./flow-model.js";
import { draw, lookOfType, portMark } from "./flow-shapes.js";

const face = "system-ui, sans-serif";
const fonts = { title: `600 14px ${face}`, small: `12px ${face}` };

/**
 * The picture of a component at a place; `data-id` says which, `data-port` of a port which one.
 *
 * Everything in it is drawn where it lies. A transform for each component would make each a layer to be sorted by the
 * browser in every frame; only what is dragged has one.
 */
export function nodePicture(node, ports, { x, y }) {
  const { w, h } = sizeOfNode(ports);
  const title = titleOfNode(node);
  const type = ports.isGiven ? "comes from outside" : !ports.known ? `${node.type}, not known here`
    : title === node.type ? settingsOf(node) : node.type;
  const body = Object.keys(node.bodies ?? {}).length > 0;
  const group = draw("g", {
    class: `fl-node${ports.known ? "" : " unknown"}${ports.isGiven ? " given" : ""}`, "data-id": node.id, tabindex: "-1", role: "button",
  },
  draw("rect", { class: "fl-halo", x: x - 5, y: y - 5, width: w + 10, height: h + 10, rx: 12 }),
  body ? draw("rect", { class: "fl-under", x: x + 5, y: y + 5, width: w, height: h, rx: 8 }) : "",
  draw("rect", { class: "fl-box", x, y, width: w, height: h, rx: 8 }),
  label(fitted(title, w - 44, fonts.title), x + 14, y + 22, "fl-title"),
  label(fitted(type, w - 44, fonts.small), x + 14, y + 40, "fl-type"),
  draw("path", { class: "fl-rule", d: `M${x} ${y + headHeight - 1}h${w}` }));
  if (fitted(title, w - 44, fonts.title) !== title) group.append(draw("title", {}, title));
  const both = (nodeWidth - 44) / 2;
  ports.inputs.forEach((port, i) => group.append(portPicture(ports, { x, y }, "in", port, i, ports.outputs[i] ? both : both * 1.8)));
  ports.outputs.forEach((port, i) => group.append(portPicture(ports, { x, y }, "out", port, i, ports.inputs[i] ? both : both * 1.8)));
  if (canBeTool(ports)) group.append(portPicture(ports, { x, y }, "out", { name: "tool", type: "tools" }, -1, 0));
  return group;
}

// What is set, in a line: `limit 100 · mode web`.
function settingsOf(node) {
  const set = Object.entries(node.parameters ?? {}).filter(([, value]) => ["number", "string", "boolean"].includes(typeof value) && String(value).length < 40);
  return set.map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(" · ") || "as it is by default";
}

/** Whether a component has the port that makes a tool of it: while nothing else is connected. */
export const canBeTool = (ports) =>
  ports.isTool || (!ports.isGiven && ports.known && ports.inputs.length > 0 && ports.used.size === 0);

function portPicture(ports, corner, side, port, row, width) {
  const offset = portOffset(ports, side, port.name);
  const at = { x: corner.x + offset.x, y: corner.y + offset.y };
  const used = ports.used.has(`${side}:${port.name}`);
  const need = side === "in" && port.presence === "required" && !used;
  const group = draw("g", {
    class: `fl-port${used ? " used" : ""}${need ? " need" : ""}${port.missing ? " missing" : ""}${row < 0 ? " tool" : ""}`,
    "data-port": `${side}:${port.name}`,
  }, draw("circle", { class: "fl-hit", cx: at.x, cy: at.y, r: 11 }), portMark(port.type, at.x, at.y));
  if (row >= 0) {
    const text = label(fitted(port.name, width, fonts.small), at.x + (side === "in" ? 12 : -12), at.y + 4, "fl-name");
    if (side === "out") text.setAttribute("text-anchor", "end");
    group.append(text);
  }
  group.append(draw("title", {}, row < 0 ? "tool: lead this to an agent that may call it"
    : `${port.name}${port.type ? `: ${port.type}` : ""}${port.meaning ? `. ${port.meaning}` : ""}${need ? " Needs a connection." : ""}`));
  return group;
}

const label = (text, x, y, name) => draw("text", { x, y, class: name }, isolated(text));

/** The picture of an edge: a curve, and a wider one that is easy to hit. */
export function edgePicture(key, type) {
  return draw("g", { class: "fl-edge", "data-edge": key },
    draw("path", { class: "fl-wide" }), draw("path", { class: `fl-line fl-${lookOfType(type).colour}` }));
}

/** What a run or a check says of a component, below it and at its corner. */
export function nodeNotes(ports, { x, y }, { faults = 0, text = "", output = "", change = "" }) {
  const { w, h } = sizeOfNode(ports);
  const parts = [];
  if (faults) {
    parts.push(draw("g", { class: "fl-fault" },
      draw("circle", { cx: x + w - 20, cy: y + 18, r: 9 }), draw("text", { x: x + w - 20, y: y + 22, "text-anchor": "middle" }, faults > 1 ? String(Math.min(faults, 99)) : "!")));
  }
  if (output) parts.push(draw("text", { class: "fl-out", x: x + w, y: y - 8, "text-anchor": "end" }, fitted(output, w, fonts.small)));
  if (change) parts.push(draw("text", { class: "fl-change", x, y: y - 8 }, change));
  if (text) parts.push(draw("text", { class: "fl-figures", x: x + 2, y: y + h + 17 }, fitted(text, w + 60, fonts.small)));
  return draw("g", { class: "fl-notes" }, ...parts);
}
