import { z } from 'zod';
import { type JobQueue, jobQueues } from '../../shared/freshness/job-queues.ts';
import { importMessageSchema } from '../../shared/import/import-job.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { jobMessageSchema } from '../../shared/jobs/job-message.ts';
import {
  accountChangeSchema,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';
import { dueLeadsMessageSchema } from '../../shared/lead/due-lead-store.ts';
import { batchNoteSchema } from './stream-batches.ts';

/** An event that the bus refused, as it is kept. */
const refusedEventSchema = z.strictObject({
  type: z.string().min(1).max(128),
  detail: z.record(z.string(), z.unknown()),
});

const ofChanges =
  <T extends { occurredAt: number }>(schema: z.ZodType<T>) =>
  (body: string, now: number): string | undefined => {
    const parsed = parseChangeMessage(body, schema, now);
    return 'refused' in parsed ? parsed.refused : undefined;
  };

const ofInnerMessages = (schema: z.ZodType) => (body: string) => {
  const read = readInnerMessage(body, schema);
  return 'refused' in read ? read.refused : undefined;
};

/** Any queue of jobs takes any job. */
function ofJobs() {
  return Object.fromEntries(jobQueues.map((name) => [name, ofInnerMessages(jobMessageSchema)])) as Record<
    JobQueue,
    ReturnType<typeof ofInnerMessages>
  >;
}

/**
 * Each queue whose dead letters can be sent back, and those of the bus and of the streams: why it would refuse a body at a
 * moment (epoch ms), if it would.
 */
export const redrivable = {
  profileChanges: ofChanges(profileChangeSchema),
  levelChanges: ofChanges(levelChangeSchema),
  leadEvents: ofChanges(leadEventSchema),
  accountChanges: ofChanges(accountChangeSchema),
  ...ofJobs(),
  dueLeads: ofInnerMessages(dueLeadsMessageSchema),
  imports: ofInnerMessages(importMessageSchema),
  busDeadLetters: ofInnerMessages(refusedEventSchema),
  streamDeadLetters: ofInnerMessages(batchNoteSchema),
} satisfies Record<string, (body: string, now: number) => string | undefined>;

/** The name of a queue whose dead letters can be sent back, or of dead letters that have none. */
export type RedrivableQueue = keyof typeof redrivable;

/** All of them, those that upstream sends to first. */
export const redrivableQueues = Object.keys(redrivable) as RedrivableQueue[];

/** Whether it is one of them. */
export function isRedrivable(name: string): name is RedrivableQueue {
  return Object.hasOwn(redrivable, name);
}
