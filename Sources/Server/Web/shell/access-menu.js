/** What is in the menu of who this tab is: signing in and out, and viewing as somebody where the server believes that. */
import { apiKey, viewer } from "./api.js";
import { byId, el } from "./dom.js";
import { me, meProblem, myName, onMe } from "./me.js";
import { clearExpired, showViewing } from "./notices.js";
import { plainText } from "./plain-text.js";
import { signIn, signInAddress } from "./sign-in.js";

const menuOfAccess = byId("access");

// A key that no header can carry is none: a browser would throw.
const isKey = (text) => /^mr_[\w-]+$/.test(text);

/** What became of signing in, as the server says it in the address. */
const outcomes = {
  denied: "The sign-in service did not let you in.",
  expired: "Signing in took too long, or was begun in another window. Try again.",
  failed: "Signing in did not work. Try again; if it stays so, tell whoever runs Millrace.",
};
let outcome = null;

/** Fills the menu, once. `hooks` as of `startAccess`. */
export function fillMenu(hooks) {
  menuOfAccess.append(el("div", { class: "menu-body" },
    el("p", { id: "who", dir: "auto" }),
    el("a", { href: "#access", id: "who-link", onclick: () => { menuOfAccess.open = false; } },
      "What I may do and what I have used"),
    el("form", { id: "sign-in-form", hidden: true, onsubmit: async (event) => {
      event.preventDefault();
      await hooks.keep();
      signIn();
    } }, el("button", { class: "primary", type: "submit" }, "Sign in with your account")),
    keyForm(hooks), viewAsForm(hooks),
    el("button", { type: "button", id: "sign-out", hidden: true, onclick: () => signOut(hooks) }, "Sign out")));
  outcome = new URLSearchParams(location.search).get("sign-in");
  if (outcome) history.replaceState(null, "", `${location.pathname}${location.hash}`);
  onMe(tellMenu);
  tellMenu();
}

function keyForm(hooks) {
  const field = el("input", {
    id: "api-key", type: "password", autocomplete: "off", spellcheck: "false", placeholder: "mr_…",
    "aria-describedby": "key-note",
  });
  return el("form", { id: "key-form", onsubmit: (event) => {
    event.preventDefault();
    if (!isKey(field.value.trim())) {
      byId("key-note").textContent = "A key begins with mr_ and has letters, digits, “-” and “_”.";
      field.focus();
      return;
    }
    become(hooks, apiKey, field.value);
    field.value = "";
  } }, el("label", { for: "api-key" }, "API key"), field, el("p", { class: "note", id: "key-note", role: "status" }),
  el("button", { class: "primary", type: "submit" }, "Sign in with a key"));
}

function viewAsForm(hooks) {
  const field = el("input", {
    id: "principals", autocomplete: "off", spellcheck: "false", "aria-describedby": "view-as-note",
    placeholder: "user:lena.fischer, group:engineering",
  });
  return el("form", { id: "view-as-form", hidden: true, onsubmit: (event) => {
    event.preventDefault();
    become(hooks, viewer, field.value);
  } }, el("label", { for: "principals" }, "View as"), field,
  el("p", { class: "note", id: "view-as-note" }, "Shows what these users and groups may read. Kept for this tab."),
  el("button", { type: "submit" }, "View"));
}

async function become(hooks, kept, text) {
  outcome = null;
  await hooks.keep();
  kept.set(text.trim());
  menuOfAccess.open = false;
  clearExpired();
  showViewing(hooks);
  hooks.becomeAnother();
}

/** Ends the session, or forgets the key; nothing that was shown or typed stays. */
export async function signOut(hooks) {
  if (apiKey.get()) apiKey.set("");
  else try { await fetch("auth/sign-out", { method: "POST" }); } catch { /* told by what follows */ }
  viewer.set("");
  menuOfAccess.open = false;
  showViewing(hooks);
  hooks.becomeAnother();
}

/** Whether there is anybody to sign out. */
export const isSignedIn = () => Boolean(apiKey.get() || (me() && !me().anonymous && signInAddress()));

function tellMenu() {
  const who = me();
  const problem = meProblem();
  byId("principals").value = viewer.get();
  byId("who").textContent = plainText(whoWords(who));
  byId("sign-in-form").hidden = !signInAddress() || Boolean(who && !who.anonymous);
  byId("sign-out").hidden = !isSignedIn();
  byId("view-as-form").hidden = !who?.view_as && !viewer.get();
  byId("key-form").hidden = Boolean(who && !who.anonymous && !viewer.get());
  byId("key-note").textContent = outcome ? outcomes[outcome] ?? outcomes.failed : problem?.status === 401 && !apiKey.get() ? "This server wants to know who asks."
    : problem ? problem.detail || problem.message
    : who?.anonymous ? "An administrator makes keys. Yours is kept for this tab only." : "";
}

function signedInWords() {
  const name = myName();
  return name === "Signed in" ? "Signed in." : `Signed in ${name === "API key" ? "with an API key" : `as ${name}`}.`;
}

function whoWords(who) {
  if (!who) return "Not signed in.";
  if (viewer.get()) return "Reading as somebody else.";
  return who.anonymous ? "Not signed in: you read what everybody here may read." : signedInWords();
}
