import { shardOf } from '../lead/shard.ts';
import type { Item } from './keyed-reads.ts';

/** The partition of a segment's members in one shard. */
export const membersPartition = (segmentId: string, shard: string) => `${segmentId}#${shard}`;

/** The row of a lead in a segment. */
export function memberKey(segmentId: string, leadId: string): Item {
  return { pk: { S: membersPartition(segmentId, shardOf(leadId)) }, sk: { S: leadId } };
}

/** Rows of leads that are kept out sort before those of members: no lead id begins with "#". */
export const excludedPrefix = '#excluded#';

/** The row of a lead that is kept out of a segment. */
export function excludedKey(segmentId: string, leadId: string): Item {
  return { ...memberKey(segmentId, leadId), sk: { S: `${excludedPrefix}${leadId}` } };
}

/** The partition of all segments' counts in one shard, sorted by segment. */
export const countsPartition = (shard: string) => `#counts#${shard}`;

/** How many members a segment has in one shard. */
export function countKey(segmentId: string, shard: string): Item {
  return { pk: { S: countsPartition(shard) }, sk: { S: segmentId } };
}

/** The partition of all segments' day counters in one shard, sorted by segment, then day. */
export const daysPartition = (shard: string) => `#days#${shard}`;

/** How many leads entered and exited a segment on one UTC day (`YYYY-MM-DD`) in one shard. */
export function dayKey(segmentId: string, shard: string, day: string): Item {
  return { pk: { S: daysPartition(shard) }, sk: { S: `${segmentId}#${day}` } };
}
