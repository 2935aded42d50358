import { z } from 'zod';
import type { ChangeQueue } from '../freshness/change-queues.ts';
import { accountChangeSchema, leadEventSchema, levelChangeSchema, profileChangeSchema } from '../lead/change.ts';
import { checkChange } from '../lead/change-message.ts';
import { type FieldError, jsonPointer } from '../problem/problem.ts';

/** The schema of each kind of change that is sent over HTTP: what its queue takes, and its kind. */
const schemas = {
  profile_change: profileChangeSchema.extend({ kind: z.literal('profile_change') }),
  level_change: levelChangeSchema.extend({ kind: z.literal('level_change') }),
  lead_event: leadEventSchema.extend({ kind: z.literal('lead_event') }),
  account_change: accountChangeSchema.extend({ kind: z.literal('account_change') }),
} as const;

const queues: Readonly<Record<keyof typeof schemas, ChangeQueue>> = {
  profile_change: 'profileChanges',
  level_change: 'levelChanges',
  lead_event: 'leadEvents',
  account_change: 'accountChanges',
};

/** A change that is sent over HTTP. Unknown keys are ignored, as those of a message are. */
export const sentChangeSchema = z.discriminatedUnion(
  'kind',
  [schemas.profile_change, schemas.level_change, schemas.lead_event, schemas.account_change],
  { error: ({ code }) => (code === 'invalid_union' ? `must be one of ${Object.keys(schemas).join(', ')}` : undefined) },
);

/** A change that its queue can take, as the text of its message; or why it can never be understood. */
export type ReadChange =
  | { readonly queue: ChangeQueue; readonly message: string; readonly errors?: never }
  | { readonly errors: readonly FieldError[]; readonly queue?: never; readonly message?: never };

/** What SQS takes as a message (bytes), with room for the reason beside it should it be refused later. */
const maximumMessageBytes = 1_040_000;

/**
 * Reads a change that was sent over HTTP, by the schemas and checks of the queues' workers. `receivedAt`: epoch ms; `at`:
 * where it stands in the body that paths point into.
 */
export function readSentChange(content: unknown, receivedAt: number, at: readonly PropertyKey[]): ReadChange {
  const { change, errors = [] } = checkChange(content, sentChangeSchema, receivedAt);
  const refused = (all: readonly FieldError[]) => ({
    errors: all.map(({ path, ...error }) => ({ ...error, path: jsonPointer(at) + path })),
  });
  if (!change) return refused(errors);
  const message = messageOf(content as object, change.kind);
  const bytes = new TextEncoder().encode(message).length;
  if (bytes > maximumMessageBytes) {
    return refused([
      {
        path: '',
        code: 'too_large',
        message: `is ${bytes} bytes as a message; at most ${maximumMessageBytes} are possible`,
      },
    ]);
  }
  return { queue: queues[change.kind], message };
}

/** As it would be sent to its queue: what the schema knows, without the kind. */
function messageOf(content: object, kind: keyof typeof schemas): string {
  const known = Object.entries(content).filter(([name]) => name !== 'kind' && Object.hasOwn(schemas[kind].shape, name));
  // The only characters of JSON that SQS does not take.
  return JSON.stringify(Object.fromEntries(known)).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}
