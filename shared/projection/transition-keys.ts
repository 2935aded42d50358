import type { Item } from '../aws/read-items.ts';

/** Keys of the transitions table (docs/data-model.md). Moments are epoch ms. */

/** The transition of a lead. */
export function transitionKey(
  leadId: string,
  { segmentId, sequence, occurredAt }: { segmentId: string; sequence: number; occurredAt: number },
): Item {
  return { leadId: { S: leadId }, sk: { S: `${new Date(occurredAt).toISOString()}#${segmentId}#${sequence}` } };
}

/** The partition of a segment's transitions in one shard, in the index by segment. */
export const segmentShardOf = (segmentId: string, shard: string) => `${segmentId}#${shard}`;

/** The segment of such a partition. */
export function segmentIdOf(segmentShard: string): string {
  return segmentShard.slice(0, segmentShard.lastIndexOf('#'));
}
