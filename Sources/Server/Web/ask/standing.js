/** What there is to ask: the line under the name, and questions that are answered well. */
import { get } from "../shell/api.js";
import { byId, el } from "../shell/dom.js";
import { ago, allKinds, count, kindName } from "../shell/format.js";
import { me } from "../shell/me.js";

/** Milliseconds after which a server that did not answer is asked again. */
const pause = 4000;

export class Standing {
  /** What `GET /v1/status` said; null before. */
  status = null;
  #hooks;
  #loading = null;
  #timer = 0;

  /** `hooks.ask(question)`; `hooks.changed()` is called when it is known anew. */
  constructor(hooks) { this.#hooks = hooks; }

  /** Asks the server, unless it has said so already. Never throws. */
  async load() {
    if (this.status || this.#loading) return;
    const mine = this.#loading = {};
    let status = null;
    let problem = null;
    try { status = await get("v1/status"); } catch (error) { problem = error; }
    if (mine !== this.#loading) return;
    this.#loading = null;
    this.status = status;
    if (status) this.#show();
    else this.#showProblem(problem);
    this.#hooks.changed();
  }

  /** Forgets what it knows: somebody else reads now. */
  forget() {
    this.status = this.#loading = null;
    clearTimeout(this.#timer);
    byId("status").replaceChildren("\u00a0");
    byId("examples").replaceChildren();
  }

  #show() {
    byId("status").replaceChildren(...statusNodes(this.status));
    const examples = this.status.documents ? this.status.examples ?? [] : [];
    byId("examples").replaceChildren(...examples.slice(0, 4).map((example) => el("button", {
      type: "button", class: "example", dir: "auto", onclick: () => this.#hooks.ask(example),
    }, example)));
  }

  #showProblem(problem) {
    byId("status").textContent = problem.status === 401 ? "Sign in to ask and to search."
      : `${problem.message}. What you type is kept.`;
    clearTimeout(this.#timer);
    if (problem.status !== 401) this.#timer = setTimeout(() => this.load(), pause);
  }
}

/** `63 pages, 21 comments in Engineering Handbook`, `97 documents in 3 spaces` of a server that does not count by kind. */
export function heldWords({ documents, spaces, kinds }) {
  const where = spaces?.length === 1 ? ` in ${spaces[0].name}` : spaces?.length ? ` in ${count(spaces.length, "space")}` : "";
  const held = allKinds.filter((kind) => kinds?.[kind]).map((kind) => count(kinds[kind], kindName(kind).toLowerCase()));
  return `${held.join(", ") || count(documents, "document")}${where}`;
}

// Somebody who may read nothing is told so: whether there is anything is not theirs to know.
function statusNodes(status) {
  if (!status.documents) {
    const who = me()?.anonymous ? "Sign in, or ask" : "Ask";
    return [el("strong", {}, "There is nothing here that you may read. "),
      `${who} whoever looks after this service to give you access.`];
  }
  const synced = ago(status.synced_at);
  return [el("span", { dir: "auto" }, heldWords(status)), synced ? `, synced ${synced}` : ""];
}
