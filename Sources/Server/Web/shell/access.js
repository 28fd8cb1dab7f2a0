/** Who this tab is, as its menu says it from outside; what is in the menu comes when it is reached for. */
import { byId } from "./dom.js";
import { me, meProblem, myName, onMe } from "./me.js";
import { plainText } from "./plain-text.js";
import { openAccess, startAccessMenu } from "./sign-in.js";

/** `hooks.becomeAnother()`: the tab has become somebody else; `hooks.keep()`: keeps what is typed. */
export function startAccess(hooks) {
  startAccessMenu(hooks);
  onMe(tellWho);
  // The menu tells what became of it.
  if (new URLSearchParams(location.search).has("sign-in")) openAccess();
}

function tellWho() {
  const words = plainText(myName() ?? "Sign in");
  if (byId("access-label").textContent !== words) byId("access-label").textContent = words;
  // Nothing can be asked until it is known who asks.
  if (meProblem()?.status === 401 && !me()) openAccess();
}
