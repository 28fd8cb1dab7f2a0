/** TeX's names for characters, functions and accents, as far as pages use them. */

const words = (text) => Object.fromEntries(text.trim().split(/\s+/).map((pair) => {
  const cut = pair.indexOf(":");
  return [pair.slice(0, cut), pair.slice(cut + 1)];
}));

/** Letters. */
export const letterNames = words(`alpha:α beta:β gamma:γ delta:δ epsilon:ϵ varepsilon:ε zeta:ζ eta:η theta:θ vartheta:ϑ
  iota:ι kappa:κ lambda:λ mu:μ nu:ν xi:ξ pi:π varpi:ϖ rho:ρ varrho:ϱ sigma:σ varsigma:ς tau:τ upsilon:υ phi:ϕ
  varphi:φ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ Omega:Ω
  infty:∞ ell:ℓ hbar:ℏ partial:∂ nabla:∇ emptyset:∅ varnothing:∅ Re:ℜ Im:ℑ aleph:ℵ degree:° circ:∘`);

/** Operators, relations, arrows and marks. */
export const operatorNames = words(`times:× cdot:⋅ div:÷ pm:± mp:∓ ast:∗ star:⋆ bullet:• oplus:⊕ otimes:⊗
  le:≤ leq:≤ leqslant:≤ ge:≥ geq:≥ geqslant:≥ ne:≠ neq:≠ approx:≈ sim:∼ simeq:≃ cong:≅ equiv:≡ propto:∝ ll:≪ gg:≫
  lt:< gt:> in:∈ notin:∉ ni:∋ subset:⊂ subseteq:⊆ supset:⊃ supseteq:⊇ cup:∪ cap:∩ setminus:∖ forall:∀ exists:∃
  neg:¬ lnot:¬ land:∧ wedge:∧ lor:∨ vee:∨ to:→ rightarrow:→ leftarrow:← gets:← leftrightarrow:↔ Rightarrow:⇒
  Leftarrow:⇐ Leftrightarrow:⇔ iff:⟺ implies:⟹ mapsto:↦ longrightarrow:⟶ uparrow:↑ downarrow:↓ mid:∣ parallel:∥ perp:⟂
  dots:… ldots:… cdots:⋯ vdots:⋮ ddots:⋱ lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ langle:⟨ rangle:⟩ lvert:| rvert:| vert:|
  lVert:‖ rVert:‖ Vert:‖ prime:′ angle:∠ therefore:∴ because:∵ colon::`);

/** Large operators, whose limits stand above and below them on a line of their own; an integral's stand beside it. */
export const largeNames = words("sum:∑ prod:∏ coprod:∐ bigcup:⋃ bigcap:⋂ int:∫ iint:∬ oint:∮");

/** Functions, written upright. */
export const functionNames = new Set(("log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan lim max min sup inf "
  + "det dim gcd arg argmax argmin mod deg Pr").split(" "));

/** Accents. */
export const accentNames = words("hat:^ widehat:^ bar:¯ overline:¯ vec:→ tilde:~ widetilde:~ dot:˙ ddot:¨ overrightarrow:→");

/** Widths of spaces, in em. */
export const spaceNames = { quad: 1, qquad: 2, ",": 0.17, ":": 0.22, ";": 0.28, " ": 0.25, "!": -0.17, thinspace: 0.17 };

/** What the reader of formulas knows besides. */
const formNames = new Set(("frac dfrac tfrac cfrac binom sqrt text textrm textbf textit textsf texttt mbox mathrm mathbf mathit mathsf mathtt "
  + "mathcal mathbb mathfrac boldsymbol operatorname left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle "
  + "underline underbrace overbrace limits nolimits displaystyle textstyle begin end bmod pmod not").split(" "));

/** A command's name without its backslash, or null. */
export const commandOf = (word) => (/^\\[a-zA-Z]/.test(word) ? word.slice(1) : null);

/** Whether `\name` is one that can be drawn. */
export function isKnown(word) {
  const name = commandOf(word);
  return [letterNames, operatorNames, largeNames, accentNames, spaceNames].some((names) => Object.hasOwn(names, name))
    || functionNames.has(name) || formNames.has(name);
}
