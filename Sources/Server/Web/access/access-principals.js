/** Users and groups as they are written: `user:ID, group:NAME`, a name with a comma in double quotes. */

/** The principals of `text`, without blanks and twice. */
export function principalsIn(text) {
  const found = text.match(/"(?:[^"]|"")*"|[^,"]+/g) ?? [];
  return [...new Set(found.map((one) => one.trim())
    .map((one) => (one.startsWith('"') ? one.slice(1, -1).replaceAll('""', '"') : one)).filter(Boolean))];
}

/** What is wrong with `text` as a list of principals, as a sentence; empty for nothing. */
export function principalFault(text) {
  const wrong = principalsIn(text).find((one) => !/^(user|group):.+$|^(anyone|signed-in)$/.test(one));
  return wrong ? `“${wrong}” is nobody: write user:NAME, group:NAME, signed-in or anyone.` : "";
}
