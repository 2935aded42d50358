import { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { textOf } from '../rule/text-schema.ts';
import type { Sightings } from './vocabulary.ts';

const namePattern = /^((lead|account):.+|event:[^#]+(#.+)?)$/s;

/** As they are all stored in one item, of 400 KB. */
const maximumNames = 300;

/** The body of `PUT /vocabulary/hidden`: names as `usesField` has them. */
export const saveHiddenSchema = z.strictObject({
  hidden: z
    .array(
      textOf(300).refine((name) => namePattern.test(name), {
        error: 'must be lead:NAME, account:NAME, event:TYPE or event:TYPE#NAME',
        params: { code: 'invalid_format' satisfies ErrorCode },
      }),
    )
    .max(maximumNames)
    .transform((names): readonly string[] => [...new Set(names)].sort()),
});

/** What is left to offer: an event type that is hidden hides its fields. */
export function withoutHidden(seen: Sightings, names: readonly string[]): Sightings {
  const hidden = new Set(names);
  const isHidden = (place: string) =>
    hidden.has(place) || (place.startsWith('event:') && hidden.has(place.replace(/#.*$/s, '')));
  return new Map([...seen].filter(([place]) => !isHidden(place)));
}
