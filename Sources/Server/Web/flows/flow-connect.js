/** Connecting by keyboard: choose a port of the component, then one that fits; those that do not fit say why. */
import { el } from "../shell/dom.js";
import { portsOfGraph } from "./flow-catalog.js";
import { openDialog } from "./flow-dialog.js";
import { canBeTool } from "./flow-draw.js";
import { calledNode } from "./flow-fit.js";
import { markPicture } from "./flow-shapes.js";
import { connectPorts, judgeFrom } from "./flow-wire.js";

/** Opens the dialog for a component, or for one of its ports (`{side, name}`). */
export async function connectByKeyboard(canvas, id, port = null) {
  const { store } = canvas;
  const ports = portsOfGraph(store);
  const own = ports.get(id);
  if (!own || store.readOnly) return;
  const begins = [
    ...own.outputs.map((other) => ({ side: "out", ...other })),
    ...(canBeTool(own) ? [{ side: "out", name: "tool", type: "tools" }] : []),
    ...own.inputs.map((other) => ({ side: "in", ...other })),
  ];
  const select = el("select", { id: "fl-from" }, begins.map((begin, i) => el("option", { value: i },
    `${begin.side === "out" ? "output" : "input"} ${begin.name}${begin.type ? ` (${begin.type})` : ""}`)));
  if (port) select.value = String(Math.max(0, begins.findIndex((begin) => begin.side === port.side && begin.name === port.name)));
  const search = el("input", { id: "fl-to-search", type: "search", autocomplete: "off", placeholder: "Name of a component or port" });
  const list = el("div", { class: "fl-ends" });
  let dialog = null;
  const fill = () => {
    const begin = begins[Number(select.value)];
    const first = { id, side: begin.side, name: begin.name };
    const judge = judgeFrom(store, first);
    const words = search.value.trim().toLowerCase();
    const ends = endsFor(store, ports, first, judge).filter((end) => !words || end.words.toLowerCase().includes(words));
    const fits = ends.filter((end) => !end.reason);
    const rest = ends.filter((end) => end.reason);
    list.replaceChildren(
      el("h3", {}, fits.length ? "Fits" : "Nothing here fits"),
      el("ul", {}, fits.map((end) => el("li", {}, el("button", {
        type: "button", class: "fl-end", onclick: () => { connectPorts(canvas, first, end, judge); dialog.closeWith("done"); },
      }, markPicture(end.type), el("span", { dir: "auto" }, end.words))))),
      ...(rest.length ? [el("details", {}, el("summary", {}, `${rest.length} that do not fit, and why`),
        el("ul", {}, rest.slice(0, 200).map((end) => el("li", { class: "fl-unfit" },
          el("strong", { dir: "auto" }, end.words), el("span", { dir: "auto" }, ` ${end.reason}`)))))] : []));
  };
  select.addEventListener("change", fill);
  search.addEventListener("input", fill);
  await openDialog({
    title: `Connect “${calledNode(store.graph, id)}”`,
    body: el("div", { class: "fl-connect" },
      el("div", { class: "fl-field" }, el("label", { for: "fl-from" }, "Port of this component"), select),
      el("div", { class: "fl-field" }, el("label", { for: "fl-to-search" }, "To"), search), list),
    onopen(opened) {
      dialog = opened;
      fill();
      (list.querySelector(".fl-end") ?? select).focus();
    },
  });
}

/** Every port on the other side, with the reason why it does not fit or null. */
export function endsFor(store, ports, first, judge = judgeFrom(store, first)) {
  const ends = [];
  for (const [id, has] of ports) {
    if (id === first.id) continue;
    const others = first.side === "out" ? has.inputs : has.outputs;
    const title = calledNode(store.graph, id);
    for (const other of others) {
      const need = first.side === "out" && other.presence === "required" && !has.used.has(`in:${other.name}`);
      ends.push({ id, name: other.name, type: other.type, need, words: `${title} · ${other.name}${other.type ? ` (${other.type})` : ""}`, reason: judge({ id, name: other.name }) });
    }
    if (first.side === "in" && canBeTool(has)) {
      ends.push({ id, name: "tool", type: "tools", words: `${title} · as a tool`, reason: judge({ id, name: "tool" }) });
    }
  }
  // What still needs a connection comes first.
  return ends.sort((a, b) => Number(b.need ?? false) - Number(a.need ?? false));
}
