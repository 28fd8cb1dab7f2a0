/** Parts of the page that come when they are needed, and what becomes of it when one does not come. */
import { tellPage } from "./api.js";

/** What `load()` brings, an `import()` of a part; null where it does not come, which is said above the page. */
export async function partOf(load) {
  try {
    const part = await load();
    tellPage("loaded");
    return part;
  } catch {
    tellPage("unloaded");
    return null;
  }
}

/**
 * Loads the page anew after a second try has failed, too: a browser may keep it that a module did not come, and say so
 * again without asking. What is typed is kept by `keep()`; the place is in the address. While the server is away the page
 * stays, there would be none: false then.
 */
export async function loadAnew(keep) {
  try {
    if (!(await fetch(location.pathname, { cache: "no-store" })).ok) return false;
  } catch {
    return false;
  }
  await keep?.();
  location.reload();
  return true;
}
