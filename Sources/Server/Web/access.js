/** Who this tab is: an API key to sign in with, and whom it views as where the server believes that. */
import { apiKey, get, viewer } from "./api.js";
import { byId } from "./dom.js";

/** @param {() => void} changed  called when the tab has become somebody else. */
export function startAccess(changed) {
  const menu = byId("access");
  const note = byId("key-note");

  let signInAt = null;

  // A key that no header can carry is none: a browser would throw.
  const isKey = (text) => /^mr_[\w-]+$/.test(text);

  async function tell() {
    byId("principals").value = viewer.get();
    byId("key-clear").hidden = !apiKey.get();
    let me = null;
    try {
      me = await get("v1/me");
      note.textContent = me.anonymous ? "An administrator makes keys. Yours is kept for this tab only." : "";
    } catch (problem) {
      const isNew = problem.status === 401 && !apiKey.get();
      note.textContent = isNew ? "This server wants to know who asks." : problem.detail || problem.message;
      signInAt = problem.signIn ?? signInAt;
      // Nothing can be asked until it is known who asks.
      if (problem.status === 401) menu.open = true;
    }
    signInAt = me?.sign_in ?? signInAt;
    byId("sign-in-form").hidden = !signInAt || (me && !me.anonymous);
    byId("sign-out").hidden = !(me && !me.anonymous && signInAt && !apiKey.get());
    byId("view-as-form").hidden = !me?.view_as && !viewer.get();
    byId("access-label").textContent = viewer.get() ? `Viewing as ${viewer.get()}`
      : me && !me.anonymous ? nameOf(me)
      : me?.view_as ? "View as…" : "Sign in";
  }

  function become(kept, text) {
    kept.set(text.trim());
    menu.open = false;
    tell();
    changed();
  }

  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId("api-key");
    if (!isKey(field.value.trim())) {
      note.textContent = "A key begins with mr_ and has letters, digits, “-” and “_”.";
      field.focus();
      return;
    }
    become(apiKey, field.value);
    field.value = "";
  });
  byId("key-clear").addEventListener("click", () => become(apiKey, ""));
  byId("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${signInAt}?return=${encodeURIComponent(`/${location.hash}`)}`);
  });
  byId("sign-out").addEventListener("click", async () => {
    try { await fetch("auth/sign-out", { method: "POST" }); } catch { /* told by what follows */ }
    tell();
    changed();
  });
  byId("view-as-form").addEventListener("submit", (event) => {
    event.preventDefault();
    become(viewer, byId("principals").value);
  });
  byId("view-as-clear").addEventListener("click", () => become(viewer, ""));
  const outcome = new URLSearchParams(location.search).get("sign-in");
  if (outcome) history.replaceState(null, "", `/${location.hash}`);
  tell().then(() => {
    if (!outcome) return;
    note.textContent = outcomes[outcome] ?? outcomes.failed;
    menu.open = true;
  });
}

/** What became of signing in, as the server says it in the address. */
const outcomes = {
  denied: "The sign-in service did not let you in.",
  expired: "Signing in took too long, or was begun in another window. Try again.",
  failed: "Signing in did not work. Try again; if it stays so, tell whoever runs Millrace.",
};

function nameOf(me) {
  const user = me.principals.find((one) => one.startsWith("user:"));
  return user ? user.slice("user:".length) : "Signed in";
}
