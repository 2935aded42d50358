import type { Item } from '../aws/read-items.ts';
import { idInKey, idOfKey } from '../id/id-in-key.ts';
import { shardOf } from '../lead/shard.ts';

/** The partition of a segment's members in one shard. */
export const membersPartition = (segmentId: string, shard: string) => `${segmentId}#${shard}`;

/** The row of a lead in a segment. */
export function memberKey(segmentId: string, leadId: string): Item {
  return { pk: { S: membersPartition(segmentId, shardOf(leadId)) }, sk: { S: idInKey(leadId) } };
}

/**
 * Between these sort all members and no other rows: other rows begin with "#", and no id in a key has that, nor any
 * character before it, nor the last of all.
 */
export const memberBounds = { from: '$', to: '\uffff' } as const;

/** Rows of leads that are kept out sort before those of members: no lead id in a key begins with "#". */
export const excludedPrefix = '#excluded#';

/** The row of a lead that is kept out of a segment. */
export function excludedKey(segmentId: string, leadId: string): Item {
  return { ...memberKey(segmentId, leadId), sk: { S: `${excludedPrefix}${idInKey(leadId)}` } };
}

/** The lead that such a key names, and whether it is that of a lead that is kept out. */
export function leadOfRow({ sk }: Item): { readonly leadId: string; readonly isExcluded: boolean } {
  const key = sk?.S ?? '';
  const isExcluded = key.startsWith(excludedPrefix);
  return { leadId: idOfKey(isExcluded ? key.slice(excludedPrefix.length) : key), isExcluded };
}

/**
 * Counters are spread over lanes, so that writers seldom meet: one writes all that it counts into a lane drawn at random,
 * and who reads sums them. Part of the keys of stored items: a lane that was used is never given up.
 */
export const lanes: readonly string[] = Array.from({ length: 8 }, (_, index) => String(index));

/** The partition of all segments' counts in one lane, sorted by segment. */
export const countsPartition = (lane: string) => `#counts#${lane}`;

/** What one lane has counted of a segment's members: by shard, see `membersName` and `movesName`. */
export function countKey(segmentId: string, lane: string): Item {
  return { pk: { S: countsPartition(lane) }, sk: { S: segmentId } };
}

/** The attribute of a count that holds the members in a shard; of a single lane it may be below zero. */
export const membersName = (shard: string) => `m${shard}`;

/** The attribute of a count that holds how many rows of a shard have moved it. */
export const movesName = (shard: string) => `v${shard}`;

/** The partition of all segments' day counters in one lane, sorted by segment, then day. */
export const daysPartition = (lane: string) => `#days#${lane}`;

/** How many leads entered and exited a segment on one UTC day (`YYYY-MM-DD`), as far as that lane has counted them. */
export function dayKey(segmentId: string, lane: string, day: string): Item {
  return { pk: { S: daysPartition(lane) }, sk: { S: `${segmentId}#${day}` } };
}

const batchPrefix = '#batch#';

/** What says whether a batch of rows was counted. */
export function rowBatchKey(batchId: string): Item {
  return { pk: { S: `${batchPrefix}${batchId}` }, sk: { S: 'batch' } };
}

/** Whether a key is that of what says whether a batch was counted. */
export function isRowBatchKey({ pk }: Item): boolean {
  return pk?.S?.startsWith(batchPrefix) === true;
}

/** The batch that an item with such a key tells of. */
export function rowBatchIdOf({ pk }: Item): string {
  return pk?.S?.slice(batchPrefix.length) ?? '';
}
