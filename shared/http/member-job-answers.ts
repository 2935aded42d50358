import { z } from 'zod';
import { memberJobStates } from '../member-job/member-job.ts';
import { matchSchema } from '../rule/rule.ts';
import { count, listOf, moment, rules, text } from './answer-parts.ts';
import { manualActions } from './body-schemas.ts';

/** A manual change by rules in a list. */
export const listedMemberJobSchema = z.strictObject({
  jobId: text,
  segmentId: text,
  action: z.enum(Object.keys(manualActions) as (keyof typeof manualActions)[]),
  reason: text.optional(),
  author: text,
  state: z.enum(memberJobStates),
  leads: count,
  of: count,
  done: count,
  unchanged: count,
  refused: count,
  refusals: listOf(z.strictObject({ leadId: text, detail: text })),
  createdAt: moment,
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
  failureReason: text.optional(),
});

/** A manual change by rules. */
export const memberJobSchema = listedMemberJobSchema.extend({ match: matchSchema, rules, sentence: text });
