/** How well a few typed letters fit a name. */

/**
 * The match of `typed` in `words`, `{score, ranges}`, or null where a letter is missing or out of order.
 *
 * The beginning of the name counts most, then beginnings of its words, then letters that stand together.
 */
export function matchOf(words, typed) {
  if (!typed) return { score: 0, ranges: [] };
  const text = words.toLowerCase();
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  // Letters whose lower case is longer would move the ranges.
  if (text.length !== words.length) return text.includes(wanted) ? { score: 1, ranges: [] } : null;
  const whole = text.indexOf(typed.toLowerCase());
  if (whole >= 0) {
    const atWord = whole === 0 || /[\s:,.-]/.test(text[whole - 1]);
    const score = 1000 + (whole === 0 ? 200 : atWord ? 100 : 0) - words.length / 100;
    return { score, ranges: [[whole, whole + typed.length]] };
  }
  return scattered(text, wanted);
}

function scattered(text, wanted) {
  const ranges = [];
  let at = 0;
  let score = 0;
  for (const letter of wanted) {
    const start = wordStart(text, letter, at);
    const found = start >= 0 ? start : text.indexOf(letter, at);
    if (found < 0) return null;
    const last = ranges.at(-1);
    if (last && last[1] === found) {
      last[1] += letter.length;
      score += 6;
    } else {
      ranges.push([found, found + letter.length]);
      score += start >= 0 ? 5 : -Math.min(found - at, 8);
    }
    at = found + letter.length;
  }
  // Letters picked from all over the place are no match that anybody means.
  return score > 0 ? { score, ranges } : null;
}

// The letter right here, else at the beginning of a later word.
function wordStart(text, letter, from) {
  if (from > 0 && text[from] === letter) return from;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === letter && (index === 0 || /[\s:,.-]/.test(text[index - 1]))) return index;
  }
  return -1;
}
