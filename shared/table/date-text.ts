import { periodOf } from '../rule/value.ts';

/** In which order day, month and year stand. Years of four digits in front and names of months are read in any case. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

const longestDate = 80;

const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'];

/** Names of months, long and short, in the languages that exports come in. */
const monthsByName: ReadonlyMap<string, number> = new Map(
  languages.flatMap((language) =>
    (['long', 'short'] as const).flatMap((month) => {
      const format = new Intl.DateTimeFormat(language, { month, timeZone: 'UTC' });
      return Array.from({ length: 12 }, (_, index): [string, number] => [
        plainName(format.format(new Date(Date.UTC(2026, index, 15)))),
        index + 1,
      ]);
    }),
  ),
);

function plainName(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('.', '').toLowerCase();
}

const time = '(?:(?:T|,?\\s+)(?:at\\s+)?(.*))?';
const word = '\\p{L}[\\p{L}.]*';
const inDigits = new RegExp(`^(\\d{1,4})([-/.]|\\. )(\\d{1,2})\\2(\\d{1,4})${time}$`, 'i');
/** Mon, 28 Nov 2026, or 28-Nov-26, or 28 de noviembre de 2026. */
const dayFirst = new RegExp(
  `^(?:${word},?\\s+)?(\\d{1,2})(?:\\.|st|nd|rd|th)?[-\\s]+(?:de\\s+)?(${word})[-,\\s]+(?:de\\s+)?(\\d{4}|\\d{2})${time}$`,
  'iu',
);
/** Nov 28, 2026. */
const monthFirst = new RegExp(
  `^(?:${word},?\\s+)?(${word})[-\\s]+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})${time}$`,
  'iu',
);

/**
 * The date or moment that a text stands for, as ISO text: `2026-11-28`, or `2026-11-28T10:00:00.000Z` where it has a time
 * (without an offset: UTC). Undefined for other text, and for days that the calendar does not have.
 */
export function readDate(text: string, order: DateOrder): string | undefined {
  if (text.length > longestDate) return undefined;
  const { day, rest = '' } = partsOf(text.trim(), order) ?? {};
  if (day === undefined) return undefined;
  if (rest === '') return periodOf(day) && day;
  const clock = clockOf(rest.trim());
  const period = clock === undefined ? undefined : periodOf(`${day}T${clock}`);
  return period && new Date(period.start).toISOString();
}

/** The day as ISO writes it, and what stands after it. */
function partsOf(text: string, order: DateOrder): { day: string | undefined; rest: string | undefined } | undefined {
  const digits = inDigits.exec(text);
  if (digits) return { day: dayInDigits(digits[1]!, digits[3]!, digits[4]!, order), rest: digits[5] };
  const first = dayFirst.exec(text);
  if (first) return { day: dayOf(first[3]!, monthsByName.get(plainName(first[2]!)), first[1]!), rest: first[4] };
  const second = monthFirst.exec(text);
  return second
    ? { day: dayOf(second[3]!, monthsByName.get(plainName(second[1]!)), second[2]!), rest: second[4] }
    : undefined;
}

function dayInDigits(first: string, second: string, third: string, order: DateOrder): string | undefined {
  if (first.length === 4) return third.length <= 2 ? dayOf(first, second, third) : undefined;
  if (order === 'YMD' || first.length > 2 || third.length % 2 === 1) return undefined;
  return order === 'DMY' ? dayOf(third, second, first) : dayOf(third, first, second);
}

function dayOf(year: string, month: string | number | undefined, day: string): string | undefined {
  if (month === undefined) return undefined;
  // Two digits as spreadsheets read them; nobody exports what is to happen in 2070.
  const century = year.length === 4 ? '' : Number(year) < 70 ? '20' : '19';
  return `${century}${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const clockPattern =
  /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(?:([ap])\.?m\.?|uhr|h)?\s*(?:z|utc|gmt)?\s*(?:([+-]\d{2}):?(\d{2})?)?$/i;

/** A time as ISO writes it; undefined for what is none. */
function clockOf(text: string): string | undefined {
  const found = clockPattern.exec(text);
  if (!found) return undefined;
  const [, hour = '', minute, second = '00', fraction, half, offsetHours, offsetMinutes = '00'] = found;
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const isAfternoon = half?.toLowerCase() === 'p';
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (isAfternoon ? 12 : 0);
  const offset = offsetHours === undefined ? 'Z' : `${offsetHours}:${offsetMinutes}`;
  return `${String(hours).padStart(2, '0')}:${minute}:${second}${fraction ? `.${fraction}` : ''}${offset}`;
}
