import { z } from 'zod';
import { fold, type Value } from '../rule/value.ts';
import { readDate } from './date-text.ts';
import { listSeparators, readList } from './list-text.ts';
import { readNumber } from './number-text.ts';

/** What the cells of a column hold, and how it is written. */
export const columnKindSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text') }),
  z.strictObject({ kind: z.literal('number'), decimal: z.enum(['.', ',']) }),
  z.strictObject({ kind: z.literal('date'), order: z.enum(['YMD', 'DMY', 'MDY']) }),
  z.strictObject({ kind: z.literal('boolean') }),
  z.strictObject({ kind: z.literal('list'), separator: z.enum(listSeparators) }),
]);

/** What the cells of a column hold, and how it is written. */
export type ColumnKind = z.infer<typeof columnKindSchema>;

const yes = new Set(['true', 'yes', 'y', '1', 'on', 'x', '✓', 'checked', 'ja', 'oui', 'sí', 'si', 'sim', 'tak']);
const no = new Set(['false', 'no', 'n', '0', 'off', 'unchecked', 'nein', 'non', 'não', 'nao', 'nee', 'nie']);

/** The boolean that a text stands for, in the languages that exports come in. */
export function readBoolean(text: string): boolean | undefined {
  const folded = fold(text);
  if (yes.has(folded)) return true;
  return no.has(folded) ? false : undefined;
}

/** What programs write where they have no number, date or moment. */
const noValue = /^(-+|–|—|\?|n\.?\/?a\.?|#n\/a|null|\\n|none|0{1,4}[-/.]0{1,2}[-/.]0{1,4}( 00:00:00)?)$/i;

/** Whether a text stands for no value at all in a column of that kind; as text it is what it is. */
export function isNoValue(text: string, { kind }: ColumnKind): boolean {
  return (kind === 'number' || kind === 'date') && noValue.test(text);
}

/** The value of a cell that is not empty; undefined when it is not of that kind. */
export function readCell(text: string, kind: ColumnKind): Value | undefined {
  switch (kind.kind) {
    case 'text':
      return text;
    case 'number':
      return readNumber(text, kind.decimal);
    case 'date':
      return readDate(text, kind.order);
    case 'boolean':
      return readBoolean(text);
    case 'list':
      return readList(text, kind.separator);
  }
}

const orderNames = { YMD: 'YYYY-MM-DD', DMY: 'DD/MM/YYYY', MDY: 'MM/DD/YYYY' } as const;
const numberNames = { '.': '1,234.5', ',': '1.234,5' } as const;

/** A kind in words that `kindCalled` reads: `number 1.234,5`, `date DD/MM/YYYY`, `list ;`. */
export function nameOfKind(kind: ColumnKind): string {
  switch (kind.kind) {
    case 'number':
      return `number ${numberNames[kind.decimal]}`;
    case 'date':
      return `date ${orderNames[kind.order]}`;
    case 'list':
      return `list ${kind.separator === '\n' ? 'lines' : kind.separator.trim()}`;
    default:
      return kind.kind;
  }
}

/** All kinds that a column can have. */
export const columnKinds: readonly ColumnKind[] = [
  { kind: 'text' },
  ...(['.', ','] as const).map((decimal) => ({ kind: 'number' as const, decimal })),
  ...(['YMD', 'DMY', 'MDY'] as const).map((order) => ({ kind: 'date' as const, order })),
  { kind: 'boolean' },
  ...listSeparators.map((separator) => ({ kind: 'list' as const, separator })),
];

/** The kind of that name; undefined when there is none. */
export function kindCalled(name: string): ColumnKind | undefined {
  return columnKinds.find((kind) => nameOfKind(kind).toLowerCase() === name.trim().toLowerCase());
}
