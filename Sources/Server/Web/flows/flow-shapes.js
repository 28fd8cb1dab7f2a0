/** What each type of port looks like: a shape and a colour, so that neither is needed alone. */
import { plainText } from "../shell/plain-text.js";

const svgSpace = "http://www.w3.org/2000/svg";

/** A new SVG element with attributes; children are elements and texts. */
export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.map((child) => (typeof child === "string" ? plainText(child) : child)));
  return node;
}

// Shapes are points around their middle. They are drawn where they lie: a picture with a transform of its own for
// each port would cost the browser more than the port.
const polygon = (sides, radius, turn) => Array.from({ length: sides }, (_, i) => {
  const angle = turn + (i * 2 * Math.PI) / sides;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const starPoints = Array.from({ length: 10 }, (_, i) => {
  const angle = -Math.PI / 2 + (i * Math.PI) / 5;
  const radius = i % 2 ? 3 : 7.5;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const points = (text) => text.split(" ").map((pair) => pair.split(",").map(Number));

const portShapes = {
  square: [points("-5,-5 5,-5 5,5 -5,5")],
  diamond: [polygon(4, 7, 0)],
  triangle: [polygon(3, 6.8, -Math.PI / 2)],
  arrow: [polygon(3, 6.8, 0)],
  down: [polygon(3, 6.8, Math.PI / 2)],
  hexagon: [polygon(6, 6.2, 0)],
  pentagon: [polygon(5, 6.4, -Math.PI / 2)],
  star: [starPoints],
  plus: [points("-2,-6 2,-6 2,-2 6,-2 6,2 2,2 2,6 -2,6 -2,2 -6,2 -6,-2 -2,-2")],
  cross: [points("-5.6,-2.8 -2.8,-5.6 0,-2.8 2.8,-5.6 5.6,-2.8 2.8,0 5.6,2.8 2.8,5.6 0,2.8 -2.8,5.6 -5.6,2.8 -2.8,0")],
  hourglass: [points("-5.5,-6 5.5,-6 1.5,0 5.5,6 -5.5,6 -1.5,0")],
  half: [points("-4,-6 0,-6 3,-5.2 5.2,-3 6,0 5.2,3 3,5.2 0,6 -4,6")],
  stack: [points("-6,-6 2,-6 2,-2 6,-2 6,6 -2,6 -2,2 -6,2")],
  bars: [points("-6,-5.5 6,-5.5 6,-1.5 -6,-1.5"), points("-6,1.5 6,1.5 6,5.5 -6,5.5")],
};

function shapeAt(shape, x, y) {
  if (shape === "circle") return `M${x - 5.5} ${y}a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0Z`;
  const r = (value) => Math.round(value * 100) / 100;
  return portShapes[shape].map((part) => `M${part.map(([dx, dy]) => `${r(x + dx)} ${r(y + dy)}`).join("L")}Z`).join("");
}

const knownTypes = {
  message: ["circle", "blue"], "list of message": ["stack", "blue"], text: ["square", "teal"], data: ["diamond", "orange"],
  table: ["bars", "orange"], json: ["triangle", "violet"], content: ["down", "violet"], question: ["star", "pink"],
  passages: ["hexagon", "green"], "external-passages": ["pentagon", "green"], vector: ["arrow", "red"],
  prompt: ["plus", "gold"], draft: ["hourglass", "gold"], answer: ["half", "pink"], tools: ["cross", "grey"],
};
const others = ["pentagon", "plus", "half", "hourglass", "stack", "down", "arrow", "square"];

/** `{shape, colour}` of a type; the names are those of the classes in flows.css. */
export function lookOfType(type) {
  if (knownTypes[type]) return { shape: knownTypes[type][0], colour: knownTypes[type][1] };
  const sum = [...type].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 9973, 7);
  return { shape: type ? others[sum % others.length] : "circle", colour: "grey" };
}

/** The mark of a type, with its middle at a point. */
export function portMark(type, x = 0, y = 0) {
  const { shape, colour } = lookOfType(type);
  return draw("path", { d: shapeAt(shape, x, y), class: `fl-mark fl-${colour}` });
}

/** The mark in a small picture of its own, for lists and tables; its type stands beside it as text. */
export const markPicture = (type) =>
  draw("svg", { class: "fl-icon", viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" }, portMark(type));
