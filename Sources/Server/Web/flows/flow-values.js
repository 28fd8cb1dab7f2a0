/** Values of parameters against their schema: what a text in a field means, and what is wrong with it in words. */

const exactNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });

/** What kind of field a parameter wants. */
export function fieldKind(parameter) {
  const { schema = {} } = parameter;
  if (parameter.secret) return "secret";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "flag";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string") return (schema.maxLength ?? 0) > 1024 ? "long" : "text";
  if (schema.type === "array" && ["string", "integer", "number"].includes(schema.items?.type)) return "list";
  if (schema.type === "object" && schema.additionalProperties?.type) return "numbers";
  return "json";
}

/** Whether a value can stand in the field of its kind; one that cannot, such as `{"variable": "X"}`, is edited as JSON. */
export function standsIn(kind, value) {
  if (value === undefined) return true;
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return {
    secret: isObject && typeof value.secret === "string", choice: typeof value === "string", flag: typeof value === "boolean",
    number: typeof value === "number", text: typeof value === "string", long: typeof value === "string",
    list: Array.isArray(value) && value.every((item) => ["string", "number"].includes(typeof item)),
    numbers: isObject && Object.values(value).every((item) => typeof item === "number"), json: true,
  }[kind];
}

/** `{value}` of a written number, or `{fault}`. */
export function readNumber(text, { type, minimum, maximum }, unit = "") {
  const plain = text.trim().replace(/[\s,_](?=\d{3}(\D|$))/g, "");
  const value = Number(plain);
  if (!plain || !Number.isFinite(value)) return { fault: "Write a number, such as 10 or 0.5." };
  if (type === "integer" && !Number.isInteger(value)) return { fault: "Write a whole number." };
  if (value < minimum || value > maximum) return { fault: `It must be ${rangeWords({ minimum, maximum }, unit)}.` };
  return { value };
}

/** `from 1 to 1,000 passages`. */
export function rangeWords({ minimum, maximum }, unit = "") {
  const tail = unit ? ` ${unit}` : "";
  if (minimum !== undefined && maximum !== undefined) return `from ${exactNumber.format(minimum)} to ${exactNumber.format(maximum)}${tail}`;
  return minimum !== undefined ? `at least ${exactNumber.format(minimum)}${tail}` : `at most ${exactNumber.format(maximum)}${tail}`;
}

/** What is wrong with a text of this schema, or null. */
export function textFault(text, { maxLength, minLength }) {
  const bytes = new TextEncoder().encode(text).length;
  if (maxLength !== undefined && bytes > maxLength) {
    return `It has ${exactNumber.format(bytes)} bytes; at most ${exactNumber.format(maxLength)} are taken.`;
  }
  return minLength && text.length < minLength ? "It must not be empty." : null;
}

/** `{value}` of written JSON, or `{fault}` with the place. */
export function readJSON(text) {
  if (!text.trim()) return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const at = Number(/position (\d+)/.exec(error.message)?.[1]);
    const line = Number.isFinite(at) ? ` Look at line ${text.slice(0, at).split("\n").length}.` : "";
    return { fault: `This is no JSON yet.${line}` };
  }
}

export const sameValue = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A value in a few words, for tables and differences. */
export function valueInWords(value, length = 120) {
  if (value === undefined) return "not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > length ? `${text.slice(0, length - 1)}…` : text === "" ? "empty" : text;
}
