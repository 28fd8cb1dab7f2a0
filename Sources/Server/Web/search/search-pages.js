/** Turning the pages of results: any of them is one press away, and the window never holds more than one. */
import { el } from "../shell/dom.js";
import { pagesOf } from "./search-state.js";

/** The row of pages under the results; none where there is only one. `turn(page)` goes to one. */
export function pageTurner(page, total, turn) {
  const last = pagesOf(total);
  if (last <= 1) return null;
  const near = [...new Set([1, page - 2, page - 1, page, page + 1, page + 2, last])].filter((one) => one >= 1
    && one <= last);
  const go = (to, words, props = {}) => el("button", { type: "button", class: "turn-page", onclick: () => turn(to),
    ...props }, words);
  return el("nav", { class: "pages", "aria-label": "Pages of results" },
    page > 1 && go(page - 1, "Previous"),
    near.map((one, index) => [
      index > 0 && one - near[index - 1] > 1 && el("span", { class: "gap", "aria-hidden": "true" }, "…"),
      go(one, one.toLocaleString("en"), { "aria-label": `Page ${one}`, "aria-current": one === page ? "page" : null,
        class: "turn-page number-page" }),
    ]),
    page < last && go(page + 1, "Next"));
}
