/** What the palette can do. */
import { isSignedIn, signOut } from "./access-menu.js";
import { apiKey, get, viewer } from "./api.js";
import { byId } from "./dom.js";
import { may, me } from "./me.js";
import { pages } from "./pages.js";
import { readPlace } from "./place.js";
import { offered } from "./rail.js";
import { openAccess, signIn, signInAddress } from "./sign-in.js";

const themeNames = { auto: "System", light: "Light", dark: "Dark" };
/** Milliseconds for which a list of flows is good. */
const flowsAge = 60_000;
let flows = [];
let flowsOf = null;

/** Everything that has a name, as `{words, kind, run, says}`. */
export function commandsNow({ go, becomeAnother, listKeys }) {
  const list = offered().map((tab) => (
    { words: pages[tab].words, kind: "Go to", run: () => go(emptyPlace(tab)) }));
  if (!may(pages.access.scope)) {
    list.push({ words: "What I may do and have used", kind: "Go to", run: () => go({ tab: "access" }) });
  }
  list.push({ words: "New question", kind: "Ask", run: () => go(emptyPlace("ask")) });
  for (const flow of flows) {
    const id = flow.id ?? flow.name;
    list.push({ words: `Run ${flow.name}`, kind: "Flow", run: () => go({ tab: "flows", path: [id, "run"] }) });
    list.push({ words: `Open ${flow.name}`, kind: "Flow", run: () => go({ tab: "flows", path: [id] }) });
  }
  for (const [theme, name] of Object.entries(themeNames)) {
    list.push({ words: `Theme: ${name}`, kind: "Look", run: () => chooseTheme(theme), says: `Theme: ${name}` });
  }
  list.push({ words: "List the keys", kind: "Help", run: listKeys });
  if (viewer.get()) list.push({ words: "Back to myself", kind: "View as", run: () => byId("view-as-end").click() });
  if (me()?.view_as || viewer.get()) {
    list.push({ words: "View as somebody", kind: "View as", run: () => openAccess("principals") });
  }
  if (isSignedIn()) list.push({ words: "Sign out", kind: "Who I am", run: () => signOut({ becomeAnother }) });
  else list.push({ words: "Sign in", kind: "Who I am", run: () => signIn(signInAddress()) });
  return list;
}

/** What can be done with any words at all. */
export function commandsOf(text, { go }) {
  if (!text) return [];
  return [
    may("ask") && {
      words: `Ask “${text}”`, kind: "Ask", run: () => go({ tab: "ask", questions: [text], filters: {} }),
    },
    may("search") && {
      words: `Search “${text}”`, kind: "Search", run: () => go({ ...emptyPlace("search"), query: text }),
    },
  ].filter(Boolean);
}

/** Loads the names of flows; true when they are others than before. A palette does without those it cannot have. */
export async function loadFlowCommands() {
  const now = `${apiKey.get()} ${viewer.get()} ${Math.floor(Date.now() / flowsAge)}`;
  if (!may("flows") || flowsOf === now) return false;
  try {
    flows = (await get("v1/flows?limit=500")).flows ?? [];
    flowsOf = now;
  } catch { flows = []; }
  return true;
}

const emptyPlace = (tab) => readPlace(`#${tab}`);

const chooseTheme = (detail) => byId("theme").dispatchEvent(new CustomEvent("choose", { detail }));
