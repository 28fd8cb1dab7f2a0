/** Who asks: what the server says of the caller, kept for whoever wants to know. */
import { apiKey, get, viewer } from "./api.js";

const scopesKey = "millrace.scopes";
const usual = ["search", "ask"];
const tellers = [];
let known = null;
let problem = null;
let asking = null;
// Read once: asked for each page that may be offered.
let scopesKept = null;

/** What `GET /v1/me` said last; null before, and where nobody is let in. */
export const me = () => known;

/** Why it is not known who asks; null while it is. */
export const meProblem = () => problem;

/** Whether the caller may do what `scope` stands for; what the server said the last time counts until it says it anew. */
export const may = (scope) => (known?.scopes ?? remembered()).includes(scope);

/** Calls `listener(before)` whenever it is known anew who asks; `before` is who it was, or null. */
export function onMe(listener) { tellers.push(listener); }

/** Asks the server who this is. Never throws. */
export async function askMe() {
  const mine = asking = {};
  let found = null;
  let failed = null;
  try { found = await get("v1/me"); } catch (error) { failed = error; }
  if (mine !== asking) return;
  const before = known;
  // A server that does not answer has not made anybody somebody else.
  if (found || failed.status === 401) known = found;
  problem = failed;
  if (found) remember(found.scopes);
  tellers.forEach((listener) => listener(before));
}

/** Forgets who asks: whoever comes next is somebody else, on purpose. */
export function forgetMe() { known = null; }

/** What to call the caller: `lena.fischer`, or null for somebody who proves nothing. */
export function myName() {
  if (!known || known.anonymous) return null;
  const user = known.principals.find((one) => one.startsWith("user:"));
  return user ? user.slice("user:".length) : apiKey.get() ? "API key" : "Signed in";
}

function remembered() {
  try { scopesKept ??= localStorage.getItem(scopesKey)?.split(",") ?? usual; } catch { scopesKept = usual; }
  return scopesKept;
}

function remember(scopes) {
  if (String(scopes) === String(remembered())) return;
  scopesKept = scopes;
  try { localStorage.setItem(scopesKey, scopes.join(",")); } catch { /* asked again the next time */ }
}
