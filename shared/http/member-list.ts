import { z } from 'zod';
import { leadIdSchema } from '../lead/change.ts';
import { textOf } from '../rule/text-schema.ts';
import { shardPositionSchema } from './pages.ts';
import { flag, parameter, trueOrFalse } from './parameters.ts';

/** A moment in the query: an ISO date-time, read as epoch ms. */
const moment = (description: string) =>
  parameter(
    { description, schema: { type: 'string', format: 'date-time' } },
    z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date-time' }).transform(Date.parse).optional(),
  );

/** Of when the transitions are that `GET /segments/{segmentId}/activity` lists. */
export const transitionSpan = {
  since: moment('Only transitions at that moment or later.'),
  until: moment('Only transitions before that moment.'),
};

/** Which members `GET /segments/{segmentId}/members` lists, and how they are sorted. */
export const memberListParameters = {
  order: parameter(
    { description: '`since`: those who entered last come first.', schema: { type: 'string', enum: ['since'] } },
    z.enum(['since'], 'must be since').optional(),
  ),
  since: moment('Only members who entered at that moment or later; newest first.'),
  until: moment('Only members who entered before that moment; newest first.'),
  prefix: parameter(
    { description: 'Only leads whose id begins with this.', schema: { type: 'string' } },
    leadIdSchema.optional(),
  ),
  q: parameter(
    { description: 'Only those with this text in their name, e-mail address or id.', schema: { type: 'string' } },
    textOf(200).optional(),
  ),
  display: parameter(
    { description: '`true`: tell the name and e-mail address that people know them by.', schema: trueOrFalse },
    flag.default(false),
  ),
};

/** A place in a list of transitions, newest first: after this one. */
export const transitionPositionSchema = z.object({
  at: z.iso.datetime({ precision: 3 }),
  leadId: leadIdSchema,
  sequence: z.int().min(1),
});

/**
 * A place in a list of members: among all of them; among the newest, after an entry; or among those who entered before
 * `keptFrom` (epoch ms), of whose entries there is no history.
 */
export const memberPositionSchema = z.union([
  z.object({ keptFrom: z.int(), after: transitionPositionSchema }),
  z.object({ keptFrom: z.int(), place: shardPositionSchema }),
  shardPositionSchema,
]);
