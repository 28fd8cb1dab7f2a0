/** Reads one formula of TeX and makes MathML of it; throws where it meets what it does not know. */
import { accentNames, functionNames, largeNames, letterNames, operatorNames, spaceNames } from "./mathml-names.js";
import { plainText } from "../shell/plain-text.js";

const mathName = "http://www.w3.org/1998/Math/MathML";
/** Braces within braces at most. */
const deepest = 40;
const styles = { mathbf: "bold", textbf: "bold", boldsymbol: "bold-italic", mathit: "italic" };
const doubled = { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ", E: "𝔼", 1: "𝟙" };
const fences = { cases: ["{", ""], pmatrix: ["(", ")"], bmatrix: ["[", "]"], vmatrix: ["|", "|"] };
const plainTables = ["matrix", "aligned", "align", "align*", "array", "gathered", "split"];

function m(name, attributes = {}, ...children) {
  const node = document.createElementNS(mathName, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.map((child) => (typeof child === "string" ? plainText(child) : child)));
  return node;
}

const row = (nodes) => (nodes.length === 1 ? nodes[0] : m("mrow", {}, ...nodes));

/** A `<math>` of `source`. */
export function readTex(source, isDisplay) {
  const reader = new TexReader(source, isDisplay);
  const nodes = reader.row(() => reader.peek() === null);
  return m("math", isDisplay ? { display: "block" } : {},
    m("semantics", {}, m("mrow", {}, ...nodes), m("annotation", { encoding: "application/x-tex" }, source)));
}

class TexReader {
  #tokens;
  #at = 0;
  #depth = 0;

  constructor(source, isDisplay) {
    this.isDisplay = isDisplay;
    this.#tokens = source.match(/\\[a-zA-Z]+|\\[\s\S]|\d+(?:[.,]\d+)*|\s+|[\s\S]/gu) ?? [];
  }

  /** The next token that is no blank, or null. */
  peek() {
    while (/^\s/.test(this.#tokens[this.#at] ?? "")) this.#at += 1;
    return this.#tokens[this.#at] ?? null;
  }

  next() {
    const token = this.peek();
    if (token === null) throw new Error("it ends too early");
    this.#at += 1;
    return token;
  }

  take(token) {
    if (this.peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  /** Atoms until `isEnd()`. */
  row(isEnd) {
    const nodes = [];
    while (!isEnd()) {
      if (this.peek() === null) throw new Error("it ends too early");
      nodes.push(this.#scripted());
    }
    return nodes;
  }

  // What stands in braces, or one atom.
  #argument() {
    if (this.peek() !== "{") return this.#atom();
    if ((this.#depth += 1) > deepest) throw new Error("it is too deep");
    this.next();
    const nodes = this.row(() => this.take("}"));
    this.#depth -= 1;
    return row(nodes);
  }

  // An atom with what stands above and below it.
  #scripted() {
    const isBare = ["^", "_"].includes(this.peek());
    const base = isBare ? m("mrow") : this.#atom();
    let below = null;
    let above = null;
    for (;;) {
      if (this.take("\\limits") || this.take("\\nolimits")) continue;
      if (!below && this.take("_")) below = this.#argument();
      else if (!above && this.take("^")) above = this.#argument();
      else if (this.peek() === "'") {
        let primes = "";
        while (this.take("'")) primes += "′";
        const mark = m("mo", {}, primes);
        above = above ? row([mark, above]) : mark;
      } else break;
    }
    const names = this.isDisplay && base.limits ? ["munder", "mover", "munderover"] : ["msub", "msup", "msubsup"];
    if (below && above) return m(names[2], {}, base, below, above);
    if (below) return m(names[0], {}, base, below);
    return above ? m(names[1], {}, base, above) : base;
  }

  #atom() {
    const token = this.next();
    if (token === "{") {
      this.#at -= 1;
      return this.#argument();
    }
    if (token.startsWith("\\")) return this.#command(token.slice(1));
    if (/^\d/.test(token)) return m("mn", {}, token);
    if (/^[}&^_#$%]$/.test(token)) throw new Error(`${token} stands alone`);
    if (/^\p{L}/u.test(token)) return m("mi", {}, token);
    if (token === "-") return m("mo", {}, "−");
    // Parentheses that were not asked to grow keep their size.
    if (/^[()[\]|]$/.test(token)) return m("mo", { stretchy: "false" }, token);
    return m("mo", {}, token);
  }

  #command(name) {
    const own = (names) => Object.hasOwn(names, name);
    if (own(letterNames)) return m("mi", /^[A-Z]/.test(name) ? { mathvariant: "normal" } : {}, letterNames[name]);
    if (own(operatorNames)) return m("mo", { stretchy: "false" }, operatorNames[name]);
    if (own(largeNames)) return Object.assign(m("mo", {}, largeNames[name]), { limits: !name.endsWith("int") });
    if (functionNames.has(name)) {
      return Object.assign(m("mi", {}, name), { limits: /^(lim|max|min|sup|inf|arg(max|min))$/.test(name) });
    }
    if (own(spaceNames)) return m("mspace", { width: `${spaceNames[name]}em` });
    if (own(accentNames)) {
      const base = this.#argument();
      return m("mover", { accent: "true" }, base, m("mo", { stretchy: String(/^(over|wide)/.test(name)) }, accentNames[name]));
    }
    if (/^[%$&#_{}|]$/.test(name)) return m("mo", { stretchy: "false" }, name === "|" ? "‖" : name);
    return this.#form(name);
  }

  #form(name) {
    switch (name) {
      case "frac": case "dfrac": case "tfrac": case "cfrac": return m("mfrac", {}, this.#argument(), this.#argument());
      case "binom":
        return row([m("mo", {}, "("), m("mfrac", { linethickness: "0" }, this.#argument(), this.#argument()), m("mo", {}, ")")]);
      case "sqrt": {
        const degree = this.take("[") ? row(this.row(() => this.take("]"))) : null;
        const inside = this.#argument();
        return degree ? m("mroot", {}, inside, degree) : m("msqrt", {}, inside);
      }
      case "left": return this.#fenced();
      case "underline": return m("munder", {}, this.#argument(), m("mo", {}, "_"));
      case "underbrace": return Object.assign(m("munder", {}, this.#argument(), m("mo", {}, "⏟")), { limits: true });
      case "overbrace": return Object.assign(m("mover", {}, this.#argument(), m("mo", {}, "⏞")), { limits: true });
      case "displaystyle": case "textstyle": return m("mrow");
      case "bmod": return m("mo", {}, "mod");
      case "pmod": return row([m("mo", {}, "("), m("mo", {}, "mod"), this.#argument(), m("mo", {}, ")")]);
      case "begin": return this.#table();
      case "mathbb": return this.#words((text) => m("mi", { mathvariant: "normal" }, doubled[text] ?? text));
      case "mathrm": case "operatorname": case "mathsf": case "mathtt": case "mathcal": return this.#words(upright);
      case "mathbf": case "mathit": case "boldsymbol": return m("mstyle", { class: styles[name] }, this.#argument());
      default:
        if (/^(text|mbox)/.test(name)) return this.#words((text) => m("mtext", styles[name] ? { class: styles[name] } : {}, text));
        // A size of a parenthesis: the browser finds its own.
        if (/^[bB]igg?[lr]?$/.test(name)) return this.#fence();
        throw new Error(`\\${name} is not known`);
    }
  }

  #fence() {
    const token = this.next();
    const name = token.startsWith("\\") ? token.slice(1) : null;
    return m("mo", {}, token === "." ? "" : name ? operatorNames[name] ?? { "{": "{", "}": "}", "|": "‖" }[name] ?? name : token);
  }

  #fenced() {
    const open = this.#fence();
    const inside = this.row(() => this.take("\\right"));
    return row([open, ...inside, this.#fence()]);
  }

  // The text of braces as it stands, blanks and all; what is in it is no formula.
  #words(make) {
    if (!this.take("{")) return make(this.next());
    let text = "";
    for (let depth = 1; ;) {
      const token = this.#tokens[this.#at];
      if (token === undefined) throw new Error("it ends too early");
      this.#at += 1;
      depth += token === "{" ? 1 : token === "}" ? -1 : 0;
      if (!depth) return make(text);
      if (/^\\[a-zA-Z]/.test(token)) throw new Error(`${token} stands in words`);
      if (token !== "{" && token !== "}") text += token.replace(/^\\(?=.)/, "").replace(/\s+/, "\u00a0");
    }
  }

  #table() {
    const name = this.#name();
    const [open, close] = fences[name] ?? ["", ""];
    if (!fences[name] && !plainTables.includes(name)) throw new Error(`${name} is not known`);
    if (name === "array") this.#name();
    const rows = [[[]]];
    while (!this.take("\\end")) {
      if (this.take("&")) rows.at(-1).push([]);
      else if (this.take("\\\\")) rows.push([[]]);
      else if (this.peek() === null) throw new Error("it ends too early");
      else rows.at(-1).at(-1).push(this.#scripted());
    }
    if (this.#name() !== name) throw new Error("it ends as something else");
    const filled = rows.filter((cells) => cells.some((cell) => cell.length));
    const table = m("mtable", { class: /align|split|cases/.test(name) ? "aligned" : "matrix" }, ...filled.map(
      (cells) => m("mtr", {}, ...cells.map((cell) => m("mtd", {}, ...cell)))));
    return open ? row([m("mo", {}, open), table, m("mo", {}, close)]) : table;
  }

  #name() {
    let name = "";
    if (!this.take("{")) throw new Error("a name is missing");
    while (!this.take("}")) name += this.next();
    return name;
  }
}

// One letter that stands upright, or a name.
const upright = (text) => m(text.length > 1 && /\u00a0/.test(text) ? "mtext" : "mi", { mathvariant: "normal" }, text);
