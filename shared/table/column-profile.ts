import { isEmpty } from '../rule/value.ts';
import { type ColumnKind, isNoValue, readBoolean, readCell } from './column-kind.ts';
import { type ListSeparator, listSeparators } from './list-text.ts';
import { plainNumber } from './number-text.ts';

/** What a column holds, as far as it was looked at. */
export interface ColumnProfile {
  /** Its name, trimmed; empty where it has none. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** Other kinds that all cells have too, with other values: 03/04/2026 is in March or in April. */
  readonly orElse: readonly ColumnKind[];
  /** Whether numbers are written as in JSON, so that they compare as numbers without being converted. */
  readonly isPlain: boolean;
  readonly rows: number;
  readonly filled: number;
  /** Filled cells that are not of this kind. */
  readonly misfits: number;
  /** Whether no two cells are the same. */
  readonly isUnique: boolean;
  /** Share of filled cells that are mail addresses, 0 to 1. */
  readonly addresses: number;
  readonly samples: readonly string[];
}

const maximumSamples = 5;
const maximumValues = 100_000;
const maximumParts = 2_000;
const longestAddress = 320;

/** A kind is a column's when so many of its cells have it: the others are told. */
const share = 0.9;

const mailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Looks at the cells of a column, one after the other, in bounded memory. */
export function createColumnProfile(name: string, hint: { readonly separator?: string } = {}) {
  let rows = 0;
  let filled = 0;
  let plain = 0;
  let noValues = 0;
  let addresses = 0;
  let isUnique = true;
  const seen = new Set<string>();
  const samples: string[] = [];
  const numbers = createAlternatives([
    { kind: 'number', decimal: '.' },
    { kind: 'number', decimal: ',' },
  ]);
  const dates = createAlternatives([
    { kind: 'date', order: 'YMD' },
    { kind: 'date', order: 'DMY' },
    { kind: 'date', order: 'MDY' },
  ]);
  let booleans = 0;
  const lists = new Map(listSeparators.map((separator) => [separator, createParts(separator)]));

  return {
    add(cell: string): void {
      rows++;
      if (isEmpty(cell)) return;
      const text = cell.trim();
      filled++;
      if (isNoValue(text, { kind: 'date', order: 'YMD' })) {
        noValues++;
        return;
      }
      if (samples.length < maximumSamples && !samples.includes(text)) samples.push(text);
      if (seen.has(text)) isUnique = false;
      else if (seen.size < maximumValues) seen.add(text);
      if (text.length <= longestAddress && mailAddress.test(text)) addresses++;
      // What begins with a zero or a plus is a code or a telephone number.
      if (!/^\+|^0\d/.test(text)) {
        if (plainNumber.test(text) && text.replace(/\D/g, '').length <= 15) plain++;
        numbers.add(text);
      }
      if (/\d/.test(text)) dates.add(text);
      if (readBoolean(text) !== undefined) booleans++;
      for (const parts of lists.values()) parts.add(text);
    },
    result(): ColumnProfile {
      const values = filled - noValues;
      const fits = (count: number) => values > 0 && count >= values * share;
      const common = { name, rows, filled, isUnique, samples, addresses: filled === 0 ? 0 : addresses / filled };
      const as = (kind: ColumnKind, count: number, orElse: readonly ColumnKind[] = [], isPlain = false) => ({
        ...common,
        ...{ kind, orElse, isPlain, misfits: values - count },
      });
      const list = surestFirst.find((separator) => lists.get(separator)!.isList(values, name));
      const date = dates.best();
      if (fits(date.count)) return as(date.kind, date.count, date.orElse);
      if (fits(booleans) && !fits(plain)) return as({ kind: 'boolean' }, booleans);
      if (list) return as({ kind: 'list', separator: list }, values);
      const number = numbers.best(hint.separator === ';' ? 1 : 0);
      if (fits(number.count))
        return as(number.kind, number.count, plain === values ? [] : number.orElse, plain === values);
      return as({ kind: 'text' }, values);
    },
  };
}

/** Counts how many texts each of several kinds reads, and whether it reads them as others do. */
function createAlternatives(kinds: readonly ColumnKind[]) {
  const counts = kinds.map(() => 0);
  const differs = kinds.map(() => kinds.map(() => false));
  return {
    add(text: string): void {
      const values = kinds.map((kind) => readCell(text, kind));
      for (const [index, value] of values.entries()) {
        if (value === undefined) continue;
        counts[index]!++;
        for (const [other, otherValue] of values.entries()) {
          if (otherValue !== undefined && otherValue !== value) differs[index]![other] = true;
        }
      }
    },
    /** The one that reads most, and those that read as many, some of them as something else. Between equals: `preferred`. */
    best(preferred = 0) {
      const most = Math.max(...counts);
      const equal = kinds.map((_, index) => index).filter((index) => counts[index] === most);
      const chosen = equal.includes(preferred) ? preferred : equal[0]!;
      const orElse = equal.filter((index) => differs[chosen]![index]).map((index) => kinds[index]!);
      return { kind: kinds[chosen]!, count: most, orElse };
    },
  };
}

const listNames =
  /\b(tags?|labels?|topics?|interests?|groups?|categor(y|ies)|products?|skills?|languages?|lists?|segments?)\b/i;

/** Commas stand in much else. */
const surestFirst: readonly ListSeparator[] = ['json', ' ::: ', ';', '|', '\n', ','];

/** Collects the elements that cells have when parted so: in a list, elements come again, and are short. */
function createParts(separator: ListSeparator) {
  const kind: ColumnKind = { kind: 'list', separator };
  const seen = new Set<string>();
  let total = 0;
  let lists = 0;
  let isPossible = true;
  let isProse = false;
  return {
    add(text: string): void {
      if (!isPossible) return;
      if ((separator === 'json' && !text.startsWith('[')) || seen.size > maximumParts) isPossible = false;
      const elements = readCell(text, kind);
      if (!Array.isArray(elements)) return;
      if (elements.length > 1 || separator === 'json') lists++;
      for (const element of elements) {
        total++;
        if (seen.size < maximumParts) seen.add(element);
        if (element.length > 60) isPossible = false;
        // Sentences, numbers and addresses of streets have commas, too.
        if (separator === ',' && /[.!?]$|^\d|\d$/.test(element)) isProse = true;
      }
    },
    isList(filled: number, name: string): boolean {
      if (!isPossible || lists === 0 || filled === 0) return false;
      if (separator === 'json') return lists === filled;
      if (separator === ' ::: ') return true;
      if (separator === ',' || separator === '\n') {
        return listNames.test(name) || (!isProse && lists >= 3 && lists * 3 >= filled && total >= seen.size * 2);
      }
      return listNames.test(name) || (lists >= 2 && lists * 5 >= filled && total > seen.size);
    },
  };
}
