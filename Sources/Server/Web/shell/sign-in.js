/** Going to sign in, and coming back to the same place. */
import { byId } from "./dom.js";
import { me, meProblem } from "./me.js";

/** Where the server sends people to sign in, or null where they come with keys alone. */
export const signInAddress = () => me()?.sign_in ?? meProblem()?.signIn ?? null;

/** Leaves for the sign-in service when there is one, else opens the menu at the key's field. */
export function signIn(address = signInAddress()) {
  if (address) location.assign(`${address}?return=${encodeURIComponent(`/${location.hash}`)}`);
  else {
    byId("access").open = true;
    // Hidden from whoever was signed in until now.
    byId("key-form").hidden = false;
    byId("api-key").focus();
  }
}
