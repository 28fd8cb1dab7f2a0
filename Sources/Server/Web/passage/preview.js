/** A passage previewed beside its marker: by hover or focus, gone with Escape; the pointer may enter it. */
import { byId, el } from "../shell/dom.js";
import { trail } from "../shell/passage-facts.js";
import { quoteNode } from "../ask/quote.js";

const tip = byId("tip");
let owner = null;
let leaving = 0;
// What the pointer has entered and not moved on yet.
let entered = null;

/** `button`, now previewing `passage`. Touch has no hover: there a tap opens the panel straight away. */
export function previewed(button, passage) {
  // What scrolls or grows below a pointer that rests is entered, and not pointed at before the pointer moves.
  button.addEventListener("pointerenter", (event) => { entered = event.pointerType === "touch" ? null : button; });
  button.addEventListener("pointermove", () => {
    if (entered === button) show(button, passage);
    entered = null;
  });
  button.addEventListener("pointerleave", hideSoon);
  button.addEventListener("focus", () => { if (button.matches(":focus-visible")) show(button, passage); });
  button.addEventListener("blur", hide);
  button.addEventListener("click", hide);
  return button;
}

/** Takes the preview away; true if there was one. */
export function hide() {
  clearTimeout(leaving);
  owner?.removeAttribute("aria-describedby");
  const was = owner !== null;
  owner = null;
  tip.hidden = true;
  return was;
}

function show(button, passage) {
  clearTimeout(leaving);
  if (owner === button) return;
  hide();
  owner = button;
  const names = trail(passage).filter((name, i, all) => all.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === i);
  tip.replaceChildren(el("p", { class: "facts", dir: "auto" }, names.join(" › ")), quoteNode(passage, 320, true));
  tip.hidden = false;
  button.setAttribute("aria-describedby", "tip");
  place(button.getBoundingClientRect());
}

// Below the marker, or above it where there is more room; never past the window's edge.
function place(at) {
  const gap = 8;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(gap, Math.min(at.left - 16, innerWidth - width - gap));
  const below = at.bottom + gap + height <= innerHeight || at.top < height + gap;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? at.bottom + gap : at.top - height - gap}px`;
}

// Moving the focus scrolls the marker into view, and the browser tells of it after the preview stands: a preview
// of what has the focus goes with its marker, as long as that is in the window. One under the pointer goes away.
function follow() {
  const at = owner.getBoundingClientRect();
  const inWindow = at.bottom > 0 && at.top < innerHeight;
  if (inWindow && document.activeElement === owner && owner.matches(":focus-visible")) place(at);
  else hide();
}

function hideSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, 160);
}

tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", hideSoon);
addEventListener("scroll", () => { if (owner) follow(); }, { passive: true, capture: true });
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && hide()) event.stopImmediatePropagation();
}, { capture: true });
