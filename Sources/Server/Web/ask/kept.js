/** A conversation that the server keeps, as questions with their answers. */
import { get } from "../shell/api.js";

/**
 * The turns of the caller's conversation `session` with `flow`, oldest first; `Turn` is what shows one, `hooksFor(turn)` are its hooks.
 * Somebody else's conversation is a 404, as one that is not there.
 */
export async function keptTurns(flow, session, Turn, hooksFor) {
  return (await exchangesOf(flow, session)).map(({ question, answer }) => {
    const turn = new Turn(question, hooksFor(() => turn));
    if (answer) turn.showKept(answer);
    return turn;
  });
}

// `{question, answer}`, the answer in the shape of one that was just given.
async function exchangesOf(flow, session) {
  const { messages } = await get(
    `v1/conversations/${encodeURIComponent(flow)}/${encodeURIComponent(session)}?limit=200`);
  const exchanges = [];
  for (const message of messages) {
    if (message.role === "user") exchanges.push({ question: message.text, answer: null });
    // Calls of a client's tools are no answer yet.
    else if (message.role === "assistant" && !message.details?.tool_calls) {
      const open = exchanges.at(-1);
      if (open && !open.answer) open.answer = answerOf(message, open.question);
      else exchanges.push({ question: "…", answer: answerOf(message, "") });
    }
  }
  return exchanges;
}

// A message says what its numbers stand for and not where they are: those that stand for something are taken.
function answerOf({ text, details }, question) {
  const citations = (details?.citations ?? []).map(({ number, passage, title, url, quote }) => ({
    marker: number, chunk_id: passage, title, url, text: quote ?? "", quote_ranges: [[0, (quote ?? "").length]],
  }));
  const numbers = new Set(citations.map(({ marker }) => marker));
  const markers = [...text.matchAll(/\[(\d+)\]/g)]
    .map((found) => ({ citation: Number(found[1]), range: [found.index, found.index + found[0].length] }))
    .filter(({ citation }) => numbers.has(citation));
  return { question, answer: text, citations, markers, sentences: [], abstained: false };
}
