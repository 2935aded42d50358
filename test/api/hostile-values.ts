import fc from 'fast-check';
import { hostileName, hostileText, numberText } from '../lead/hostile-messages.ts';

/** Stands in a value for a number as it is to be written, which no double may keep. */
const written = (number: string) => `written:${number}`;

/** JSON values that have meant trouble to somebody. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  numberText.map(written),
  fc.constantFrom('\ud800', 'x\udc00', '\ud83d\ude00\ud83d'),
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e9, [], {}, [[]], [null], ''),
  fc.constantFrom('0000-01-01', '9999-12-31T23:59:59Z', '2026-02-30', '0000-01-01T00:00+23:59', '+275760-09-13'),
  fc.integer({ min: 2, max: 60 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
  fc
    .integer({ min: 2, max: 45 })
    .map((depth) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as unknown),
  fc.dictionary(hostileName, hostileText, { maxKeys: 3 }).map((record) => Object.fromEntries(Object.entries(record))),
  fc.jsonValue({ maxDepth: 3 }),
);

/** One thing to do to a value somewhere inside: `at` says where, of all the places there are. */
export interface Mutation {
  readonly at: number;
  readonly act: 'replace' | 'remove' | 'add' | 'wrap' | 'repeat';
  readonly name: string;
  readonly value: unknown;
}

/** Mutations of any kind. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  act: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap', 'repeat'),
  name: hostileName,
  value: hostileValue,
});

/** The value with that done to it. Keys are set as JSON.parse sets them, "__proto__" too. */
export function mutate(root: unknown, { at, act, name, value }: Mutation): unknown {
  let left = at % countOf(root);
  const visit = (part: unknown): unknown[] => {
    if (left-- === 0) return done(part);
    if (Array.isArray(part)) return [part.flatMap(visit)];
    if (typeof part !== 'object' || part === null) return [part];
    return [Object.fromEntries(Object.entries(part).flatMap(([key, inner]) => visit(inner).map((one) => [key, one])))];
  };
  const done = (part: unknown): unknown[] => {
    switch (act) {
      case 'replace':
        return [value];
      case 'remove':
        return [];
      case 'wrap':
        return [[part]];
      case 'repeat':
        return Array(300).fill(part);
      case 'add':
        if (Array.isArray(part)) return [[...part, value]];
        return [typeof part === 'object' ? Object.fromEntries([...Object.entries(part ?? {}), [name, value]]) : value];
    }
  };
  return visit(root)[0] ?? null;
}

function countOf(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 1;
  return Object.values(part).reduce((count: number, inner) => count + countOf(inner), 1);
}

/** The value as JSON, with numbers as they are to be written. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value).replace(/"written:([-+.e0-9]+)"/g, '$1');
}
