/** Small drawings beside words; never without them. */

const paths = {
  flows: "M3 4h7v6H3zM14 14h7v6h-7zM10 7h4a3 3 0 0 1 3 3v4",
  sources: "M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
  index: "M4 20V4M4 20h16M8 20v-6M12 20V8M16 20v-9",
  evaluate: "M4 12l5 5L20 6",
  access: "M8 11a4 4 0 1 0 0 8a4 4 0 0 0 0-8M11 12l9-9M16 7l3 3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};

const iconSpace = "http://www.w3.org/2000/svg";

/** The drawing of this name, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(iconSpace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(iconSpace, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
