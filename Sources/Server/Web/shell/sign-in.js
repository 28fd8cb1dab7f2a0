/** Going to sign in, and coming back to the same place; the menu where one does. */
import { byId, commonLooks } from "./dom.js";
import { partOf } from "./loading.js";
import { me, meProblem } from "./me.js";

const accessMenu = byId("access");
let accessHooks = null;
let filling = null;

/** `hooks` as of `startAccess`, for what is in the menu. */
export function startAccessMenu(hooks) {
  accessHooks = hooks;
  for (const sign of ["pointerover", "focusin", "click"]) accessMenu.addEventListener(sign, () => { fillAccess(); });
}

/** Fills the menu, the first time. Never throws; nothing is in it where that did not come. */
export function fillAccess() {
  filling ??= partOf(() => Promise.all([import("./access-menu.js"), commonLooks()])).then((parts) => {
    const part = parts?.[0];
    if (part) part.fillMenu(accessHooks);
    else filling = null;
  });
  return filling;
}

/** Opens the menu, at the field of this id where one is named. */
export async function openAccess(field) {
  accessMenu.open = true;
  await fillAccess();
  if (field) byId(field)?.focus();
}

/** Where the server sends people to sign in, or null where they come with keys alone. */
export const signInAddress = () => me()?.sign_in ?? meProblem()?.signIn ?? null;

/** Leaves for the sign-in service when there is one, else opens the menu at the key's field. */
export async function signIn(address = signInAddress()) {
  if (address) return location.assign(`${address}?return=${encodeURIComponent(`/${location.hash}`)}`);
  accessMenu.open = true;
  await fillAccess();
  // Hidden from whoever was signed in until now.
  if (byId("key-form")) byId("key-form").hidden = false;
  byId("api-key")?.focus();
}
