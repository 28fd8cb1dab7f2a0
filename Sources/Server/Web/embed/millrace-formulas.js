/** Formulas for <millrace-ask>, which loads this file with the first answer that may have one. */
import { formulaNode, formulasIn } from "../ask/mathml.js";

/** What draws formulas: where they are in a text, and one of them as an element. */
export const formulas = { formulaNode, formulasIn };
