/** An answer as Markdown with links, for a chat or a ticket. */
import { address, trail } from "./format.js";

const escaped = (text) => text.replace(/[\\[\]<>*_`]/g, "\\$&");

/** The question, the answer with its markers as links, the sources; what has no address stays unlinked. */
export function asMarkdown({ question, answer, citations }) {
  const links = new Map(citations.map((citation) => [citation.marker, address(citation)]));
  const body = answer.replace(/\[(\d+(?:,\s*\d+)*)\]/g, (whole, numbers) => numbers.split(",").map((n) => {
    const link = links.get(Number(n));
    return link ? `[\\[${n.trim()}\\]](${link})` : `\\[${n.trim()}\\]`;
  }).join(""));
  const sources = citations.map((citation) => {
    const name = escaped(citation.title);
    const link = links.get(citation.marker);
    const way = trail(citation).filter((step) => step !== citation.title).map(escaped).join(" › ");
    return `${citation.marker}. ${link ? `[${name}](${link})` : name} (${way})`;
  });
  return [`**${escaped(question)}**`, body, ...(sources.length ? [`Sources:\n\n${sources.join("\n")}`] : [])]
    .join("\n\n") + "\n";
}
