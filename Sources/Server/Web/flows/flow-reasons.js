/** Why a flow may only be read, and what of it is not known here: told in banners. */
import { titleOfNode, unknownParts } from "./flow-model.js";

/** `{readOnly, banners}`: a few words, empty where it may be changed; and `[{key, text, actions}]`. */
export function reasonsToRead(flow, catalog) {
  const banners = [];
  const unknown = unknownParts(flow);
  let readOnly = "";
  if (!flow.id) {
    readOnly = "a flow of the settings";
    banners.push({ key: "settings", actions: ["copy"], text: "This flow belongs to the server’s settings, so it is only shown here. Make a copy to change it." });
  } else if (flow.editable === false) {
    readOnly = "somebody else’s flow";
    banners.push({ key: "other", actions: ["copy"], text: "This flow is shared by somebody else, so it is only shown here. Make a copy to change it." });
  } else if (unknown.length) {
    readOnly = "a flow of another version";
    const names = unknown.slice(0, 5).map((name) => `“${name}”`).join(", ") + (unknown.length > 5 ? ` and ${unknown.length - 5} more` : "");
    banners.push({ key: "version", text: `This flow was made by another version of Millrace: this page does not know ${names}. It is only shown, so that nothing of it is lost.` });
  }
  const strange = flow.components.filter((node) => !catalog.byName.has(node.type));
  if (strange.length) banners.push({ key: "unknown", text: strangeInWords(strange) });
  return { readOnly, banners };
}

function strangeInWords(nodes) {
  const names = [...new Set(nodes.map((node) => node.type))].slice(0, 6).map((name) => `“${name}”`).join(", ");
  return nodes.length === 1
    ? `This server does not know ${names}. “${titleOfNode(nodes[0])}” is kept as it is, and the flow cannot run with it.`
    : `This server does not know ${names}. ${nodes.length} components are kept as they are, and the flow cannot run with them.`;
}
