/** Keys and access: who may do what here, what was used, and what administrators did. */
import { el } from "../shell/dom.js";
import { onMe } from "../shell/me.js";
import { readPlace } from "../shell/place.js";
import { accessLink } from "./access-parts.js";
import { auditView } from "./access-audit.js";
import { keyFormView } from "./access-key-form.js";
import { closeSecret } from "./access-secret.js";
import { keyListView } from "./access-keys.js";
import { memberListView } from "./access-members.js";
import { memberView } from "./access-member.js";
import { sessionListView } from "./access-sessions.js";
import { settingsView } from "./access-settings.js";
import { usageView } from "./access-usage.js";
import { youView } from "./access-you.js";

/** Views by the first part of the path; those without `isOpen` are for administrators. `tellsWho`: shows who asks. */
const accessViews = {
  keys: { words: "Keys", make: keyListView },
  "new-key": { make: keyFormView, under: "keys" },
  members: { words: "Members", make: memberListView },
  member: { make: memberView, under: "members", tellsWho: true },
  sessions: { words: "Sessions", make: sessionListView },
  usage: { words: "Usage", make: usageView, isOpen: true },
  audit: { words: "Log", make: auditView },
  settings: { words: "Settings", make: settingsView },
  me: { words: "Me", make: youView, isOpen: true, tellsWho: true },
};

let accessSection = null;
let accessShell = null;
let accessNav = null;
let accessBody = null;
let accessShown = null;
let accessShownName = null;
// `{owner, isAdmin}`; the owner is undefined until it is known who asks.
let accessShownTo = null;

export const accessPage = {
  mount(section, shell) {
    accessSection = section;
    accessShell = shell;
    accessNav = el("nav", { class: "sub-nav", "aria-label": "Keys and access" });
    accessBody = el("div", { class: "access-body" });
    accessSection.append(accessNav, accessBody);
    // Shown before it was known who asks, or as somebody with other rights.
    onMe(() => {
      const place = readPlace();
      const [before, now] = [accessShownTo, callerNow()];
      if (!accessShown || place.tab !== "access") return;
      const isAsBefore = before.isAdmin === now.isAdmin;
      if (isAsBefore && before.owner === now.owner) return;
      // It is only known now who it was all along: what is shown stands, and what was typed into it.
      if (isAsBefore && before.owner === undefined && !accessViews[accessShownName.split("/")[0]].tellsWho) {
        accessShownTo = now;
        return;
      }
      this.leave();
      this.show(place);
    });
  },

  show(place) {
    const name = viewNamed(place.path[0]);
    showAccessNav(name);
    document.title = `${accessViews[name].words ?? "Keys"} · Keys and access · Millrace`;
    const whole = [name, ...place.path.slice(1)].join("/");
    if (accessShown && accessShownName === whole) return accessShown.show?.(place);
    const isFirst = accessShownName === null;
    accessShownTo = callerNow();
    accessShown?.leave?.();
    accessShown = accessViews[name].make({
      place, id: place.path[1] ?? null, shell: accessShell, isAdmin: accessShell.may("admin"),
    });
    accessShownName = whole;
    accessBody.replaceChildren(accessShown.node);
    accessShown.show?.(place);
    if (!isFirst) accessBody.querySelector("h1")?.focus({ preventScroll: true });
  },

  leave() {
    accessShown?.leave?.();
    accessShown = accessShownName = null;
  },

  forget() {
    this.leave();
    closeSecret();
    accessBody?.replaceChildren();
  },

  field: () => accessBody.querySelector("h1"),
};

// A server that does not answer has made nobody somebody else.
const callerNow = () => ({ owner: accessShell.me()?.owner, isAdmin: accessShell.may("admin") });

// What a caller may not see is not there; the rest of the page still is.
function viewNamed(part) {
  const first = accessShell.may("admin") ? "keys" : "me";
  const name = part in accessViews ? part : first;
  return accessShell.may("admin") || accessViews[name].isOpen ? name : "me";
}

function showAccessNav(name) {
  const here = accessViews[name].under ?? name;
  accessNav.replaceChildren(...Object.entries(accessViews)
    .filter(([, view]) => view.words && (view.isOpen || accessShell.may("admin")))
    .map(([key, view]) => accessLink(view.words, [key], {}, { "aria-current": key === here ? "page" : null })));
}
