/** What the Ask page needs from its first question on, or the first look into one of its menus. */
import { copyButton } from "../shell/copy.js";
import { byId, el } from "../shell/dom.js";
import { filtersForRequest } from "../shell/place.js";
import { putBack } from "./composer.js";
import { openScope } from "./scope.js";
import { fillScope, scopeSentence } from "./scope-menu.js";
import { keepThread } from "./thread-store.js";
import { Turn } from "./turn.js";

/** Exchanges sent along with a follow-up: enough to know what “it” is. */
const maxConversation = 6;

/** The keys of the question box, for the list of keys. */
const keysOfBox = [
  ["Enter", "Asks"], ["Shift Enter", "Breaks a line"], ["Esc", "Stops an answer"], ["↑", "Brings the last question back"],
];

export const turnParts = {
  Turn, fillScope, keepThread, turnHooks, keys: keysOfBox,
  /** What only whoever reads on needs: the keys under the box, and a way to send the thread to others. */
  finish(bar) {
    bar.append(copyButton("Copy link", () => location.href, {
      id: "copy-link", title: "Whoever opens it is asked who they are, and sees what they may read", hidden: true,
    }));
    byId("keys").replaceChildren(...keysOfBox.map(([key, words]) =>
      el("span", {}, el("kbd", {}, key), ` ${words[0].toLowerCase()}${words.slice(1)} `)));
  },
};

/**
 * What `turn()` needs of its page: `page.go` and `page.ask` as the page has them; `page.now()` is what it shows:
 * `{place, about, status, before}`, `before` being the turns above one.
 */
function turnHooks(page, turn) {
  return {
    body: () => requestBody(page.now(turn()), turn().question),
    retry: page.ask,
    failed: (failed) => putBack(failed.question),
    openFilters: openScope,
    search: (words) => page.go({ tab: "search", query: words, mode: "hybrid", filters: {} }),
    scope() {
      const { status, place, about } = page.now();
      return scopeSentence(status, place.filters, about);
    },
    everywhere() {
      const { place, about } = page.now();
      return about || filtersForRequest(place.filters) ? () => askEverywhere(page, turn()) : null;
    },
    readsNothing: () => page.now().status?.documents === 0,
    notes: (answer) => page.now().about?.notes(answer) ?? [],
  };
}

function requestBody({ place, about, before }, question) {
  const conversation = before.map((earlier) => earlier.exchange).filter(Boolean).slice(-maxConversation);
  return {
    question, stream: true, filters: filtersForRequest(about?.filters ?? place.filters),
    conversation: conversation.length ? conversation : undefined,
  };
}

// What was asked about one page is another question; with other filters it is the same one.
function askEverywhere(page, turn) {
  const { place, about } = page.now();
  if (about) return page.go({ tab: "ask", questions: [turn.question], filters: {} });
  page.go({ ...place, filters: {} }, { replace: true });
  page.ask(turn);
}
