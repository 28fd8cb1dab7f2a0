/** The keyboard through results: ↓ ↑ or j k from one to the next, Enter opens it, o its page in Confluence. */

/** Listens on `section`; `box` is the search box and `titles()` the results' titles in order. */
export function resultKeys(section, box, titles) {
  section.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inBox = event.target === box;
    if (!inBox && event.target.closest("input, select, textarea, dialog, .facets")) return;
    const down = event.key === "ArrowDown" || (!inBox && event.key === "j");
    const up = event.key === "ArrowUp" || (!inBox && event.key === "k");
    if (!inBox && event.key === "o") {
      const link = event.target.closest(".hit")?.querySelector(".out-link");
      if (!link) return;
      event.preventDefault();
      link.click();
      return;
    }
    if (!down && !up) return;
    const all = titles();
    if (!all.length || (inBox && up)) return;
    event.preventDefault();
    const hit = event.target.closest(".hit");
    const at = hit ? all.findIndex((title) => hit.contains(title)) : -1;
    if (up && at <= 0) { box.focus(); return; }
    const next = all[at + (down ? 1 : -1)];
    if (next) {
      next.focus();
      next.closest(".hit").scrollIntoView({ block: "nearest" });
    } else section.querySelector(".turn-page:last-child:not([hidden])")?.focus();
  });
}
