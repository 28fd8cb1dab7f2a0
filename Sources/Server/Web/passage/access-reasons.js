/** Why the caller may read a page, in sentences. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { isolated } from "../shell/plain-text.js";

/** Nodes that say why the caller may read the document `id`. Never throws. */
export async function accessReasons(id) {
  try {
    const { conditions } = await get(`v1/documents/${encodeURIComponent(id)}/access`);
    return conditions.length
      ? [el("ul", {}, conditions.map((condition) => el("li", {}, sentenceOf(condition))))]
      : [el("p", {}, "Everybody may read it.")];
  } catch (error) {
    return [el("p", { class: "note" }, `It could not be looked up: ${error.detail || error.message}`)];
  }
}

// A condition holds, or the page would not be here; what matters is for whom and through what.
function sentenceOf({ any_of: any, held_by: holder, by_membership: isMember, origin, explanation }) {
  const place = origin === "included-page" ? "A page that this one includes" : "It";
  if (any.includes("anyone")) return `${place} is open to everybody.`;
  if (any.includes("signed-in")) return `${place} is open to everybody who is signed in.`;
  const names = any.map(nameOf);
  const readers = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} others` : names.join(names.length > 2 ? ", " : " or ");
  if (!holder) return explanation;
  const by = holder.startsWith("user:") ? "that is you" : isMember || holder.startsWith("group:")
    ? `you belong to ${nameOf(holder)}` : `you count as ${nameOf(holder)}`;
  return `${place} is open to ${readers}; ${by}.`;
}

function nameOf(principal) {
  const [kind, ...rest] = principal.split(":");
  const name = isolated(rest.join(":"));
  return kind === "group" ? `the group ${name}` : kind === "user" ? name : principal;
}
