/** A value that one attribute, or one element of a list, can have. */
export type Scalar = string | number | boolean;

/** What an attribute holds: a scalar or a list of text. `null` (cleared) and absent are both empty. */
export type Value = Scalar | readonly string[];

/** A period of time as epoch milliseconds, both ends inclusive: a date is its whole UTC day, a date-time one instant. */
export interface Period {
  readonly start: number;
  readonly last: number;
  readonly isWholeDay: boolean;
}

export const dayMs = 86_400_000;

const plainAscii = /^[!-~]+( [!-~]+)*$/;
/** Characters that nobody sees: of zero width, soft hyphens, marks of the direction of writing. */
const unseen = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * Text as it is compared, which is as people see it: NFKC, all of Unicode's case folding (`Straße` is `STRASSE`, `İ` is
 * `i`, final sigma is sigma), straight quotes, one space for any run of them and none at the ends, nothing invisible.
 */
export function fold(text: string): string {
  if (plainAscii.test(text)) return text.toLowerCase();
  return (
    text
      .replace(unseen, '')
      .normalize('NFKC')
      // By way of upper case, which tells ß from ss no more; small first, since a capital ẞ stays itself there.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replace(/i\u0307/g, 'i')
      .replaceAll('ς', 'σ')
      .replace(/[‘’‚‛ʼ]/g, "'")
      .replace(/[“”„‟]/g, '"')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

const plainDecimal = /^[+-]?\d+(\.\d+)?$/;
/** What nearly no other text begins with. */
const mayBeNumber = /^[\s\d(+\u2212\p{Sc}-]/u;
const decorated =
  /^(?<open>\()?(?<sign>[+\u2212-])?\p{Sc}?\s?(?<digits>\d(?:[\d.,'’ \u00a0\u202f]*\d)?)\s?[%\p{Sc}]?(?<close>\))?$/u;

/**
 * The number that a JSON number or text stands for; undefined for anything else. Text may have what exports write around
 * and inside a number: spaces, a currency sign, `%` (10% is 10), parentheses for a minus, thousands set apart by commas,
 * points, spaces or apostrophes, a comma for the point. Where both readings are possible (`1,200`) it is no number; a
 * single point is always a decimal one.
 */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (plainDecimal.test(value)) return Number(value);
  return mayBeNumber.test(value) ? numberInExport(value.trim()) : undefined;
}

function numberInExport(text: string): number | undefined {
  const parts = decorated.exec(text)?.groups;
  if (!parts) return undefined;
  const { open, sign, digits, close } = parts;
  if (!open !== !close || (open && sign)) return undefined;
  const decimal = decimalOf(digits!, sign === '+');
  if (decimal === undefined) return undefined;
  return open || (sign && sign !== '+') ? -Number(decimal) : Number(decimal);
}

/** Digits with separators, as plain decimal text. `isPhone`: after a plus, spaces set apart the parts of a phone number. */
function decimalOf(digits: string, isPhone: boolean): string | undefined {
  if (/^\d+(\.\d+)?$/.test(digits)) return digits;
  if (/^\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})$/.test(digits)) return digits.replaceAll(',', '');
  if (/^\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})$/.test(digits)) return digits.replaceAll('.', '').replace(',', '.');
  if (/^\d+,\d+$/.test(digits)) return /^[1-9]\d{0,2},\d{3}$/.test(digits) ? undefined : digits.replace(',', '.');
  const isGrouped = /^\d{1,3}(?:(['’ \u00a0\u202f])\d{3})(?:\1\d{3})*([.,]\d+)?$/.test(digits);
  return isGrouped && !isPhone ? digits.replace(/['’ \u00a0\u202f]/g, '').replace(',', '.') : undefined;
}

const isoDate =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?))?)?\s*$/;

/**
 * The period that a `YYYY-MM-DD` date or a date-time stands for, as ISO 8601 and databases write it: `T` or a space between
 * its parts, an offset like `Z`, `+01`, `+0100` or `+01:00`, or none (UTC); finer than milliseconds is cut. Undefined for
 * any other value, and for days that the calendar does not have.
 */
export function periodOf(value: unknown): Period | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = isoDate.exec(value);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction, , sign, offsetHours, offsetMinutes] = parts;
  const midnight = utcMidnight(Number(year), Number(month), Number(day));
  if (midnight === undefined) return undefined;
  if (hour === undefined) return { start: midnight, last: midnight + dayMs - 1, isWholeDay: true };
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (h > 23 || m > 59 || s > 59 || Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return undefined;
  const offsetMs = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const local = midnight + ((h * 60 + m) * 60 + s) * 1000 + milliseconds;
  const start = sign === '-' ? local + offsetMs : local - offsetMs;
  return { start, last: start, isWholeDay: false };
}

function utcMidnight(year: number, month: number, day: number): number | undefined {
  const midnight = new Date(Date.UTC(2000, 0, 1));
  midnight.setUTCFullYear(year, month - 1, day);
  // A day or month that is not in the calendar ends in another month.
  return midnight.getUTCMonth() === month - 1 ? midnight.getTime() : undefined;
}

/** Whether a value is empty: absent, null, text of nothing but spaces, or a list in which everything is empty. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return isBlank(value);
  if (!Array.isArray(value)) return value === undefined || value === null;
  // Without calling itself: events may nest lists deeper than calls can.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) for (const element of next) rest.push(element);
    else if (!isEmpty(next)) return false;
  }
  return true;
}

function isBlank(text: string): boolean {
  // Nearly all text begins with such a character, and folding never makes a space of one.
  const first = text.charCodeAt(0);
  return !(first > 0x20 && first < 0x7f) && fold(text) === '';
}

/** Whether text has no half of a character (a lone surrogate), which stores and queues refuse. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** What kind of value the vocabulary and the lint call it. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'date' | 'list';

/** The kind of an attribute's value; undefined for empty ones and for nested objects. */
export function kindOf(value: unknown): ValueKind | undefined {
  if (isEmpty(value)) return undefined;
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'string') return undefined;
  if (numberOf(value) !== undefined) return 'number';
  return periodOf(value) ? 'date' : 'text';
}
