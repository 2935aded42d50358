import { z } from 'zod';
import type { ExportJob } from '../export/export.ts';
import { type LeadDocument, own } from '../lead/lead-document.ts';
import type { ShardCount, Tally } from '../preview/shard-count.ts';
import type { ReadValues } from '../preview/unread-values.ts';

/** The message that asks for what is left of a lead that was deleted then (epoch ms) to go. */
export const erasureMessageSchema = z.strictObject({
  kind: z.literal('erasure'),
  leadId: z.string().min(1).max(256),
  deletedAt: z.number(),
});

/** Asks for what is left of a deleted lead to go. */
export type ErasureMessage = z.infer<typeof erasureMessageSchema>;

/**
 * Whether an export may have a row of a lead that was deleted then: it was begun before that, and the lead did not exit
 * its segment before it was begun. What cannot be told any more counts as a row. `known`: whether the segment still is.
 */
export function mayHaveRowOf(
  { memberships }: Pick<LeadDocument, 'memberships'>,
  { segmentId, createdAt }: Pick<ExportJob, 'segmentId' | 'createdAt'>,
  deletedAt: number,
  isKnown: boolean,
): boolean {
  const begunAt = Date.parse(createdAt);
  if (begunAt > deletedAt) return false;
  const membership = own(memberships, segmentId);
  if (!membership) return !isKnown;
  return membership.sequence % 2 === 1 || membership.since >= begunAt;
}

/** A count whose samples show the lead no more; the same object where they did not. */
export function withoutSampleOf(count: ShardCount, leadId: string): ShardCount {
  const isShown = ({ sample }: Tally) => sample.some((lead) => lead.leadId === leadId);
  const { matching, entering, leaving } = count;
  const isExample = ({ unread }: ReadValues) => unread?.leadId === leadId;
  if (![matching, entering, leaving].some(isShown) && !count.values?.some(isExample)) return count;
  const without = ({ total, sample }: Tally): Tally => ({
    total,
    sample: sample.filter((lead) => lead.leadId !== leadId),
  });
  const values = count.values?.map((value) =>
    isExample(value) ? { values: value.values, readable: value.readable } : value,
  );
  const tallies = { matching: without(matching), entering: without(entering), leaving: without(leaving) };
  return { ...count, ...tallies, ...(values && { values }) };
}
