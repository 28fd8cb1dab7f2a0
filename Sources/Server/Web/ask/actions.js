/** What can be done with an answer: copy it, say whether it was right. Loaded behind the page, before an answer stands. */
import { copyButton, stylesheet } from "../shell/dom.js";
import { feedbackBar } from "./feedback.js";
import { asMarkdown } from "./markdown.js";

const styled = stylesheet("ask/ask-later.css");

/** Puts what there is to do into the row under `answer`. An answer of before, which has no id, takes no feedback. */
export async function fillActions(row, answer) {
  await styled;
  if (!answer.abstained) row.append(copyButton("Copy as Markdown", () => asMarkdown(answer)));
  if (answer.id) row.append(feedbackBar(answer));
}
