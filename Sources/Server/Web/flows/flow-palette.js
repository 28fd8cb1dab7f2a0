/** The list of components: searched by name and meaning, by category; Enter adds one, dragging puts it where it falls. */
import { el } from "../shell/dom.js";
import { count } from "../shell/format.js";

/** The list. `add(type, at)`: `at` is `{clientX, clientY}` where it was dropped on the canvas, or null. */
export function componentList(catalog, { add, frame, id = "fl-palette-search" }) {
  const search = el("input", { id, type: "search", autocomplete: "off", placeholder: "Search components", "aria-describedby": `${id}-count` });
  const found = el("p", { class: "unseen", id: `${id}-count`, role: "status" });
  const groups = el("div", { class: "fl-groups" });
  const fill = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = catalog.components.filter((component) => {
      const text = `${component.name} ${component.category} ${component.summary}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const first = (component) => (words.length && component.name.toLowerCase().startsWith(words[0]) ? 0 : 1);
    hits.sort((a, b) => first(a) - first(b));
    const order = [...new Set(words.length ? hits.map((hit) => hit.category) : catalog.categories)];
    groups.replaceChildren(...order.filter((name) => hits.some((hit) => hit.category === name)).map((name) =>
      el("section", {}, el("h2", {}, name),
        el("ul", {}, hits.filter((hit) => hit.category === name).map((hit) => el("li", {}, item(hit)))))));
    if (!hits.length) groups.replaceChildren(el("p", { class: "note" }, "No component has these words. Search for what it does, such as “table” or “web”."));
    found.textContent = words.length ? count(hits.length, "component") : "";
  };
  const item = (component) => {
    const button = el("button", { type: "button", class: "fl-item", title: component.summary, onclick: () => add(component.name, null) },
      el("strong", {}, component.name), el("span", {}, component.summary));
    button.addEventListener("pointerdown", (event) => dragItem(event, button, component.name, frame, add));
    return button;
  };
  search.addEventListener("input", fill);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      groups.querySelector(".fl-item")?.click();
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      groups.querySelector(".fl-item")?.focus();
    }
    if (event.key === "Escape" && search.value) {
      event.preventDefault();
      event.stopPropagation();
      search.value = "";
      fill();
    }
  });
  groups.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const items = [...groups.querySelectorAll(".fl-item")];
    const next = items[items.indexOf(document.activeElement) + by];
    (next ?? (by < 0 ? search : items.at(-1))).focus();
  });
  fill();
  return { search, clear() { if (search.value) { search.value = ""; fill(); } }, node: el("div", { class: "fl-palette-body" }, el("label", { class: "unseen", for: id }, "Search components"), search, found, groups) };
}

// A drag begins after a few points of way, so that a click stays a click. Fingers scroll the list instead.
function dragItem(event, button, type, frame, add) {
  if (event.button || event.pointerType === "touch" || !frame) return;
  let ghost = null;
  const move = (at) => {
    if (!ghost && Math.hypot(at.clientX - event.clientX, at.clientY - event.clientY) < 6) return;
    ghost ??= document.body.appendChild(el("div", { class: "fl-ghost" }, type));
    ghost.style.transform = `translate(${at.clientX + 8}px,${at.clientY + 8}px)`;
  };
  const end = (at) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    if (!ghost) return;
    ghost.remove();
    const swallow = (click) => click.stopImmediatePropagation();
    button.addEventListener("click", swallow, { capture: true });
    setTimeout(() => button.removeEventListener("click", swallow, { capture: true }), 0);
    const { left, top, right, bottom } = frame.getBoundingClientRect();
    const inside = at.clientX > left && at.clientX < right && at.clientY > top && at.clientY < bottom;
    if (at.type === "pointerup" && inside) add(type, { clientX: at.clientX, clientY: at.clientY });
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
