/** The menu of who this tab is: signing in and out, and viewing as somebody where the server believes that. */
import { apiKey, viewer } from "./api.js";
import { byId } from "./dom.js";
import { me, meProblem, myName, onMe } from "./me.js";
import { clearExpired, showViewing } from "./notices.js";
import { plainText } from "./plain-text.js";
import { signIn, signInAddress } from "./sign-in.js";

const accessMenu = byId("access");
const keyNote = byId("key-note");

// A key that no header can carry is none: a browser would throw.
const isKey = (text) => /^mr_[\w-]+$/.test(text);

/** `hooks.becomeAnother()`: the tab has become somebody else; `hooks.keep()`: keeps what is typed. */
export function startAccess(hooks) {
  onMe(tellWho);
  tellWho();

  function become(kept, text) {
    hooks.keep();
    kept.set(text.trim());
    accessMenu.open = false;
    clearExpired();
    showViewing(hooks);
    hooks.becomeAnother();
  }

  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId("api-key");
    if (!isKey(field.value.trim())) {
      keyNote.textContent = "A key begins with mr_ and has letters, digits, “-” and “_”.";
      field.focus();
      return;
    }
    become(apiKey, field.value);
    field.value = "";
  });
  byId("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    hooks.keep();
    signIn();
  });
  byId("sign-out").addEventListener("click", () => signOut(hooks));
  byId("view-as-form").addEventListener("submit", (event) => {
    event.preventDefault();
    become(viewer, byId("principals").value);
  });
  byId("who-link").addEventListener("click", () => { accessMenu.open = false; });
  tellOutcome();
}

/** Ends the session, or forgets the key; nothing that was shown or typed stays. */
export async function signOut(hooks) {
  if (apiKey.get()) apiKey.set("");
  else try { await fetch("auth/sign-out", { method: "POST" }); } catch { /* told by what follows */ }
  viewer.set("");
  accessMenu.open = false;
  showViewing(hooks);
  hooks.becomeAnother();
}

/** Whether there is anybody to sign out. */
export const isSignedIn = () => Boolean(apiKey.get() || (me() && !me().anonymous && signInAddress()));

function tellWho() {
  const who = me();
  const problem = meProblem();
  byId("principals").value = viewer.get();
  byId("who").textContent = plainText(whoWords(who));
  byId("access-label").textContent = plainText(myName() ?? "Sign in");
  byId("sign-in-form").hidden = !signInAddress() || Boolean(who && !who.anonymous);
  byId("sign-out").hidden = !isSignedIn();
  byId("view-as-form").hidden = !who?.view_as && !viewer.get();
  byId("key-form").hidden = Boolean(who && !who.anonymous && !viewer.get());
  keyNote.textContent = problem?.status === 401 && !apiKey.get() ? "This server wants to know who asks."
    : problem ? [problem.detail || problem.message].join(" ")
    : who?.anonymous ? "An administrator makes keys. Yours is kept for this tab only." : "";
  // Nothing can be asked until it is known who asks.
  if (problem?.status === 401 && !who) accessMenu.open = true;
}

function whoWords(who) {
  if (!who) return "Not signed in.";
  if (viewer.get()) return "Reading as somebody else.";
  return who.anonymous ? "Not signed in: you read what everybody here may read." : `Signed in as ${myName()}.`;
}

/** What became of signing in, as the server says it in the address. */
const outcomes = {
  denied: "The sign-in service did not let you in.",
  expired: "Signing in took too long, or was begun in another window. Try again.",
  failed: "Signing in did not work. Try again; if it stays so, tell whoever runs Millrace.",
};

function tellOutcome() {
  const outcome = new URLSearchParams(location.search).get("sign-in");
  if (!outcome) return;
  history.replaceState(null, "", `${location.pathname}${location.hash}`);
  onMe(function once() {
    keyNote.textContent = outcomes[outcome] ?? outcomes.failed;
    accessMenu.open = true;
  });
}
