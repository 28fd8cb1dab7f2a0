/** Names of flows, copies of them, and the question before one is deleted. */
import { confirmed } from "./flow-dialog.js";
import { isolated } from "../shell/plain-text.js";
import { definitionOf } from "./flow-model.js";
import { flowsAPI } from "./flows-api.js";

/** What is wrong with a flow's name, or null. */
export function nameFault(name) {
  const bytes = new TextEncoder().encode(name).length;
  if (!name) return "It needs a name.";
  return bytes > 200 ? `The name has ${bytes} bytes; at most 200 are taken.` : null;
}

/** A name that says it is a copy, no longer than a name may be. */
function nameOfCopy(name) {
  let cut = [...name];
  while (new TextEncoder().encode(`${cut.join("")} (copy)`).length > 200) cut = cut.slice(0, -1);
  return `${cut.join("")} (copy)`;
}

/** Keeps a copy of a flow as a new one. */
export const copyFlow = async (flow) => flowsAPI.create({ flow: { ...definitionOf(flow), name: nameOfCopy(flow.name) }, note: "a copy" });

export const deletionConfirmed = (name) => confirmed({ title: "Delete the flow?", text: `${isolated(name)} goes with all its versions and everybody’s conversations with it. That cannot be undone.`, word: "Delete for good" });
