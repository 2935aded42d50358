/** What a spreadsheet would run as a formula, after whatever it does not show. */
const formula = /^(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠])/u;

/** Plain numbers with a sign, such as -5, +1.200,50, -1e-7 or -10 %; whatever a spreadsheet makes of them is a number. */
const plainNumber = /^ *[+-] ?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?: ?%)? *$/i;

/** Phone numbers such as +49 (0)30 123-45: six digits or more, and nothing but what people put between them. */
const phoneNumber = /^ *\+[ (]*\d(?:[ \u00a0\u202f().\-/]*\d){5,} *$/;

function isFormula(text: string): boolean {
  return formula.test(text) && !plainNumber.test(text) && !phoneNumber.test(text);
}

const withoutApostrophes = (text: string) => text.replace(/^'+/, '');

/**
 * The text with an apostrophe in front if a spreadsheet would run it as a formula. Such text with an apostrophe in front
 * already gets one more, so that no two texts become the same.
 */
export function markFormula(text: string): string {
  return isFormula(withoutApostrophes(text)) ? `'${text}` : text;
}

/** The text that `markFormula` was given. */
export function unmarkFormula(marked: string): string {
  return marked.startsWith("'") && isFormula(withoutApostrophes(marked)) ? marked.slice(1) : marked;
}
