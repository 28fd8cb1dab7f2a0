/** Text of pages and people as it reaches the document: nothing in it turns the words around it round. */

const directionControls = /[\u202a-\u202e\u2066\u2067]/;

/**
 * `text` without the signs that change the direction of what follows them: one that overrides it (U+202E and its like)
 * becomes “\ufffd”, so that a name that was made to be misread is seen to be odd; one that only embeds is left out.
 *
 * Every text goes through here on its way into the document. The signs by which the page itself keeps a name apart
 * (`isolated`) stay.
 */
export function plainText(text) {
  if (!directionControls.test(text)) return text;
  return text.replace(/[\u202d\u202e]/g, "\ufffd").replace(/[\u202a-\u202c\u2066\u2067]/g, "");
}

/** A name for the midst of a sentence: kept apart from what stands around it. */
export const isolated = (name) => `\u2068${plainText(name).replace(/[\u2068\u2069]/g, "")}\u2069`;
