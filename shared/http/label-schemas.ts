import { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { invalid } from '../problem/problem.ts';
import { textOf } from '../rule/text-schema.ts';
import { fold } from '../rule/value.ts';

const maximumTags = 20;
const maximumKeys = 20;
const maximumValueLength = 500;
const keyPattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}$/;
const keyMessage = 'must be a key of 1 to 40 letters, digits or _ . : - that begins with a letter or digit';

/** Short texts that people sort segments by; none twice, however it is written. */
export const tagsSchema = z
  .array(textOf(50))
  .max(maximumTags)
  .check(({ value, issues }) => {
    const folded = value.map(fold);
    for (const [index, text] of folded.entries()) {
      if (text === '' || folded.indexOf(text) === index) continue;
      const message = `is the same as "${value[folded.indexOf(text)]}" before it`;
      issues.push({ code: 'custom', input: value[index], path: [index], message, params: { code: 'repeated' } });
    }
  });

const metadataValue = textOf(maximumValueLength, { mayBeEmpty: true });

/** What is told of a key that cannot be one. */
const wrongKey = (input: unknown, key: string) => ({
  ...{ code: 'custom' as const, input, path: [key], message: keyMessage },
  params: { code: 'invalid_format' satisfies ErrorCode },
});

/** A map of such values. Not just z.record: it drops the key "__proto__" in silence. */
function mapOf<Value extends z.ZodType>(value: Value, told: object) {
  const keys = z.record(z.string(), z.unknown()).check(({ value: map, issues }) => {
    for (const key of Object.keys(map)) {
      if (!keyPattern.test(key)) issues.push(wrongKey(map, key));
    }
  });
  return z
    .unknown()
    .check(({ value: map, issues }) => {
      const hasProto = typeof map === 'object' && map !== null && Object.hasOwn(map, '__proto__');
      if (hasProto) issues.push(wrongKey(map, '__proto__'));
    })
    .pipe(keys)
    .pipe(z.record(z.string(), value))
    .meta({ type: 'object', additionalProperties: told, maxProperties: maximumKeys });
}

const text = { type: 'string', maxLength: maximumValueLength };
const fewKeys = (map: object) => Object.keys(map).length <= maximumKeys;
const tooMany = `has more than ${maximumKeys} keys`;

/** What other systems note about a segment. */
export const metadataSchema = mapOf(metadataValue, text).refine(fewKeys, {
  error: tooMany,
  params: { code: 'too_many' satisfies ErrorCode },
});

/** A change of some of it: `null` removes a key, those that are not in it stay. */
export const metadataChangeSchema = mapOf(metadataValue.nullable(), { ...text, type: ['string', 'null'] });

/** Metadata after a change. Throws 422 when it would have too many keys. */
export function changedMetadata(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...before, ...change }).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  if (entries.length > maximumKeys) throw invalid([{ path: '/metadata', code: 'too_many', message: tooMany }]);
  return Object.fromEntries(entries);
}
