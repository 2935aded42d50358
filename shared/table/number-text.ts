/** What parts the whole from the fraction. */
export type DecimalMark = '.' | ',';

/** As a number is written in JSON, in code and by databases. */
export const plainNumber = /^[+-]?\d+(\.\d+)?$/;

const codes = '(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|MXN|ZAR|kr\\.?|zł|Kč|Ft|Fr\\.)';
const currency = `(?:[A-Z]{0,3}\\p{Sc}|${codes})`;
const before = new RegExp(`^${currency}\\s*`, 'u');
const after = new RegExp(`\\s*(?:${currency}|%|\\p{Sc})$`, 'u');

const longestNumber = 60;

/** Groups of three, or as in India (12,34,567), and a fraction. Quotes part groups in Switzerland. */
const digits: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^(?:\d+|\d{1,3}(?:([,'’\s])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3})?(?:\.\d+)?$/,
  ',': /^(?:\d+|\d{1,3}(?:([.'’\s])\d{3})(?:\1\d{3})*)?(?:,\d+)?$/,
};

/**
 * The number that a text stands for, with groups, a currency, a percent sign (`10%` is 10) or a minus in any of the ways of
 * accountants: `$1,200.00`, `1.200,50 €`, `(50)`, `50-`. Undefined for other text, and for more digits than a number keeps.
 */
export function readNumber(text: string, decimal: DecimalMark): number | undefined {
  // Searching a long text from its end takes the square of its length.
  if (text.length > longestNumber) return undefined;
  let rest = text.trim();
  let isNegative = false;
  const minus = () => {
    const found = /^[-−](.+)$/.exec(rest) ?? /^\((.+)\)$/.exec(rest) ?? /^(.+)-$/.exec(rest);
    if (found && !isNegative) [isNegative, rest] = [true, found[1]!.trim()];
  };
  minus();
  rest = rest.replace(/^\+/, '').replace(before, '').replace(after, '').trim();
  minus();
  if (!/\d/.test(rest) || !digits[decimal].test(rest)) return undefined;
  const plain = rest.replace(decimal === '.' ? /[,'’\s]/g : /[.'’\s]/g, '').replace(',', '.');
  if (plain.replace('.', '').replace(/^0+/, '').length > 15) return undefined;
  const value = Number(plain);
  return isNegative && value !== 0 ? -value : value;
}
