/** What can be done with an answer: copy it, say whether it was right. */
import { copyButton } from "../shell/copy.js";
import { stylesheet } from "../shell/dom.js";
import { feedbackBar } from "./feedback.js";
import { asMarkdown } from "./markdown.js";

// Fetched with this module: a server that goes away takes no looks with it.
stylesheet("ask/ask-later.css", true);

/** Puts what there is to do into the row under `answer`. An answer of before, which has no id, takes no feedback. */
export async function fillActions(row, answer) {
  await stylesheet("ask/ask-later.css");
  if (!answer.abstained) row.append(copyButton("Copy as Markdown", () => asMarkdown(answer)));
  if (answer.id) row.append(feedbackBar(answer));
}
