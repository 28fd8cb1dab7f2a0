/** An answer as Markdown with links, for a chat or a ticket. */
import { address } from "../shell/passage-facts.js";
import { placeOf } from "./passages.js";

const escaped = (text) => text.replace(/[\\[\]<>*_`]/g, "\\$&");

/** The question, the answer with its markers as links, the sources; what has no address stays unlinked. */
export function asMarkdown({ question, answer, citations, markers }) {
  const links = new Map(citations.map((citation) => [citation.marker, address(citation)]));
  let body = "";
  let at = 0;
  for (const { citation, range: [from, to] } of markers) {
    const link = links.get(citation);
    body += answer.slice(at, from) + (link ? `[\\[${citation}\\]](${link})` : `\\[${citation}\\]`);
    at = to;
  }
  body += answer.slice(at);
  const sources = citations.map((citation) => {
    const name = escaped(citation.title);
    const link = links.get(citation.marker);
    const way = placeOf(citation).map(escaped).join(" › ");
    return `${citation.marker}. ${link ? `[${name}](${link})` : name}${way ? ` (${way})` : ""}`;
  });
  return [`**${escaped(question)}**`, body, ...(sources.length ? [`Sources:\n\n${sources.join("\n")}`] : [])]
    .join("\n\n") + "\n";
}
