/** Who this tab is, as its menu says it from outside; what is in the menu comes when it is reached for. */
import { byId } from "./dom.js";
import { me, meProblem, myName, onMe } from "./me.js";
import { plainText } from "./plain-text.js";
import { openAccess, startAccessMenu } from "./sign-in.js";

/** `hooks.becomeAnother()`: the tab has become somebody else; `hooks.keep()`: keeps what is typed. */
export function startAccess(hooks) {
  startAccessMenu(hooks);
  onMe(tellWho);
  tellOutcome();
}

function tellWho() {
  byId("access-label").textContent = plainText(myName() ?? "Sign in");
  // Nothing can be asked until it is known who asks.
  if (meProblem()?.status === 401 && !me()) openAccess();
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
  onMe(async function once() {
    await openAccess();
    if (byId("key-note")) byId("key-note").textContent = outcomes[outcome] ?? outcomes.failed;
  });
}
