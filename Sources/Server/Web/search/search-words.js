/** Which words of a text were searched for: those the server marked, and those of the query. */

const commonWords = new Set(("a an and are as at be by can do does for from has have how i if in is it its "
  + "may me my no not of on or our so should that the their there they this to us was we what when where which who "
  + "why will with you your").split(" "));

// English endings only: “rotations” and “rotated” are marked for “rotation”, no more is guessed.
const wordStem = (word) => {
  const low = word.toLowerCase();
  return low.length > 4 ? low.replace(/(ations?|ating|ated|ates?|ings?|ed|es|s)$/, "") : low;
};

// A compound such as “on-call” counts as a whole as well, and its common half with it.
const wordsOf = (text) => text.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [];

function addStems(text, stems) {
  for (const whole of wordsOf(text)) {
    const parts = whole.split("-");
    if (parts.length > 1) stems.add(wordStem(whole));
    for (const part of parts) if (part.length > 1 && !commonWords.has(part.toLowerCase())) stems.add(wordStem(part));
  }
}

/** The stems to mark, from the query and from what the server marked in `results`. */
export function searchedStems(query, results) {
  const stems = new Set();
  addStems(query, stems);
  for (const { snippet = "", highlights = [] } of results) {
    for (const [from, to] of highlights) addStems(snippet.slice(from, to), stems);
  }
  return stems;
}

/** The ranges of `text` whose words have one of `stems`. */
export function rangesOfStems(text, stems) {
  const ranges = [];
  for (const found of text.matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)) {
    let at = found.index;
    if (stems.has(wordStem(found[0]))) {
      ranges.push([at, at + found[0].length]);
      continue;
    }
    for (const part of found[0].split("-")) {
      if (stems.has(wordStem(part))) ranges.push([at, at + part.length]);
      at += part.length + 1;
    }
  }
  return ranges;
}

/** `text` with bullets and cell borders as a reader knows them; as long as before, so that ranges still fit. */
export const readableText = (text) => text.replace(/^- /gm, "• ").replace(/ \| /g, " · ");
