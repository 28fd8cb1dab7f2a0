/** Who the caller is here: for whom they read, and what they may do. */
import { apiKey, viewer } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { accessHeading, accessPair, accessRights, tagList } from "./access-parts.js";

export function youView({ shell }) {
  const node = el("div", { class: "stack" });
  return {
    node,
    show() { node.replaceChildren(...youParts(shell)); },
  };
}

function youParts(shell) {
  const me = shell.me();
  if (!me) return [accessHeading("Me", "It is not known who you are here: sign in, or try again once the server answers.")];
  return [
    accessHeading("Me", standingOfMe(me)),
    el("dl", { class: "pairs" },
      accessPair("Name here", el("code", {}, me.owner)),
      accessPair("Reads as", tagList(me.principals, "nobody in particular", 12))),
    el("section", { class: "part" }, el("h2", {}, "What I may do"),
      el("ul", { class: "rights" }, accessRights.map(([scope, words]) => {
        const may = me.scopes.includes(scope);
        return el("li", { class: may ? "" : "no" },
          el("span", { class: "mark", "aria-hidden": "true" }, may ? "✓" : "–"),
          el("span", {}, may ? "" : el("span", { class: "unseen" }, "not: "), words),
          el("code", {}, scope));
      })),
      el("p", { class: "note" }, "An administrator changes this: with another key, or in the settings of this server.")),
  ];
}

function standingOfMe(me) {
  if (viewer.get()) return `You view as somebody else: ${viewer.get()}.`;
  if (me.anonymous) return "You are not signed in. This is what everybody may do here.";
  return apiKey.get() ? "You are signed in with an API key, in this tab only." : "You are signed in with your account.";
}
