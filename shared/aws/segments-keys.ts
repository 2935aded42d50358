/**
 * Keys of the segments table, which holds all that there is few of (docs/data-model.md). Stored items have them: none is
 * ever changed. Numbers have twelve digits, so that texts sort as they do.
 */
export interface SegmentsKey {
  readonly pk: string;
  readonly sk: string;
}

const inOrder = (number: number) => String(number).padStart(12, '0');

/** Partitions that are read as a whole. */
export const segmentsPartition = 'segments';
export const runsPartition = 'recalculations';
export const cleanUpsPartition = 'cleanups';
export const vocabularyPartition = 'vocabulary';
export const freshnessPartition = 'freshness';
export const reconciliationPartition = 'reconciliation';
export const exportsPartition = 'exports';
export const importsPartition = 'imports';
export const memberJobsPartition = 'memberJobs';
export const importMappingsPartition = 'importMappings';
export const previewsPartition = 'previews';
export const sharedPreviewsPartition = 'sharedPreviews';
export const previewSlotsPartition = 'previewSlots';
export const readBudgetsPartition = 'readBudgets';
export const scansPartition = 'scans';
export const idempotencyPartition = 'idempotency';

/** A segment as it was saved last. */
export const segmentKey = (segmentId: string): SegmentsKey => ({ pk: segmentsPartition, sk: segmentId });

/** The partition of all that saves left of a segment. */
export const revisionsPartition = (segmentId: string) => `revisions#${segmentId}`;

/** What one save left of a segment. */
export function revisionKey(segmentId: string, revision: number): SegmentsKey {
  return { pk: revisionsPartition(segmentId), sk: inOrder(revision) };
}

/** The catalog's version; its partition has the log of what moved it, and levels, too. */
export const catalogKey: SegmentsKey = { pk: 'catalog', sk: 'catalog' };

/** The log's entry of a catalog version. */
export const changeKey = (version: number): SegmentsKey => ({ pk: catalogKey.pk, sk: `change#${inOrder(version)}` });

/** How keys of levels begin; the kind follows. An item for each: fifty of the longest names of all would not fit in one. */
export const levelsPrefix = 'levels#';

/** The levels of a kind. */
export const levelsKey = (kind: string): SegmentsKey => ({ pk: catalogKey.pk, sk: `${levelsPrefix}${kind}` });

/** The last recalculation of a segment. */
export const runKey = (segmentId: string): SegmentsKey => ({ pk: runsPartition, sk: segmentId });

/** The partition of the recalculations that have not ended. */
export const openRunsPartition = 'recalculations-open';

/** A segment's recalculation, as long as it has not ended. */
export const openRunKey = (segmentId: string): SegmentsKey => ({ pk: openRunsPartition, sk: segmentId });

/** The partition of the rounds that recalculations make together over the leads of each shard. */
export const roundsPartition = 'rounds';

/** The round over a shard's leads. */
export const roundKey = (shard: string): SegmentsKey => ({ pk: roundsPartition, sk: shard });

/** The partition of who works on rounds. */
export const roundLeasesPartition = 'round-leases';

/** Who works on a shard's round. */
export const roundLeaseKey = (shard: string): SegmentsKey => ({ pk: roundLeasesPartition, sk: shard });

/** Which shards messages were sent for; beside the leases, to be read with them. */
export const roundsAskedForKey: SegmentsKey = { pk: roundLeasesPartition, sk: 'asked-for' };

/** The partition of how far each shard of a segment's recalculation is. */
export const progressPartition = (segmentId: string) => `recalculation#${segmentId}`;

/** How far one shard of a segment's recalculation is. */
export function progressKey(segmentId: string, shard: string): SegmentsKey {
  return { pk: progressPartition(segmentId), sk: shard };
}

/** What a segment's deletion leaves to remove. */
export const cleanUpKey = (segmentId: string): SegmentsKey => ({ pk: cleanUpsPartition, sk: segmentId });

/** An event of a segment that is to be published; the stream is filtered by the partition. */
export const lifecycleKey = (eventId: string): SegmentsKey => ({ pk: 'lifecycle', sk: eventId });

/** What was seen of a field or event type. */
export const vocabularyKey = (place: string): SegmentsKey => ({ pk: vocabularyPartition, sk: place });

/** What people set for everybody. */
export const settingsPartition = 'settings';

/** The fields and event types that are not offered. */
export const hiddenNamesKey: SegmentsKey = { pk: settingsPartition, sk: 'hidden' };

/** Which attributes leads are known by. */
export const displayKey: SegmentsKey = { pk: settingsPartition, sk: 'display' };

/** What is noted of a queue; with a worker's id, what that worker notes. */
export function freshnessKey(queue: string, workerId?: string): SegmentsKey {
  return { pk: freshnessPartition, sk: workerId === undefined ? queue : `${queue}#${workerId}` };
}

/** How often a message was delivered that came more than once. */
export const deliveryKey = (messageId: string): SegmentsKey => ({ pk: `delivery#${messageId}`, sk: 'count' });

/** Of what there may be much at once, writers draw one of these, so that they do not all meet in one partition. */
export const noteLanes: readonly string[] = ['0', '1', '2', '3'];

/** The partition of announcements in one lane. */
export const announcementsPartition = (lane: string) => `announcements#${lane}`;

/** What one batch announced; its id sorts by time. */
export function announcementKey(lane: string, id: string): SegmentsKey {
  return { pk: announcementsPartition(lane), sk: id };
}

/** The partition of notes of fan-outs in one lane. */
export const fanOutsPartition = (lane: string) => `fan-outs#${lane}`;

/** A range of an account's leads that are to read it again; its id sorts by time, its lane is part of it. */
export function fanOutKey(noteId: string): SegmentsKey {
  return { pk: fanOutsPartition(noteId.slice(0, 1)), sk: noteId };
}

/** What was queued of the leads that fall due. */
export const dueCursorsKey: SegmentsKey = { pk: 'clock', sk: 'due' };

/** How many leads there are. */
export const leadTotalKey: SegmentsKey = { pk: 'leads', sk: 'total' };

/** How many messages of leads that are kept out were refused. */
export const keptOutKey: SegmentsKey = { pk: 'leads', sk: 'keptOut' };

/** The reconciler's pass over a shard. */
export const reconciliationKey = (shard: string): SegmentsKey => ({ pk: reconciliationPartition, sk: shard });

/** An export. */
export const exportKey = (exportId: string): SegmentsKey => ({ pk: exportsPartition, sk: exportId });

/** An import. */
export const importKey = (importId: string): SegmentsKey => ({ pk: importsPartition, sk: importId });

/** A manual change of all leads that match rules; ids of jobs sort by age. */
export const memberJobKey = (segmentId: string, jobId: string): SegmentsKey => ({
  pk: memberJobsPartition,
  sk: `${segmentId}#${jobId}`,
});

/** A mapping of imports under a name. */
export const savedMappingKey = (name: string): SegmentsKey => ({ pk: importMappingsPartition, sk: name });

/** A preview that is counted in the background. */
export const previewKey = (previewId: string): SegmentsKey => ({ pk: previewsPartition, sk: previewId });

/** What a question was answered a moment ago; the question as a hash. */
export const sharedPreviewKey = (question: string): SegmentsKey => ({ pk: sharedPreviewsPartition, sk: question });

/** The newest preview of somebody for a segment; the two as a hash. */
export const previewSlotKey = (slot: string): SegmentsKey => ({ pk: previewSlotsPartition, sk: slot });

/** What was read for a caller, as a hash, in a minute since 1970. */
export function readBudgetKey(caller: string, minute: number): SegmentsKey {
  return { pk: readBudgetsPartition, sk: `${caller}#${inOrder(minute)}` };
}

/** What scans know of a table. */
export const scanTableKey = (table: string): SegmentsKey => ({ pk: scansPartition, sk: table });

/** What was asked of a table's reads within a second since 1970. */
export const scanSlotKey = (table: string, slot: number): SegmentsKey => ({
  pk: scansPartition,
  sk: `${table}#${inOrder(slot)}`,
});

/** The partition of what was counted of a preview. */
export const previewCountsPartition = (previewId: string) => `preview#${previewId}`;

/** What was counted of one shard of a preview. */
export function previewCountKey(previewId: string, shard: string): SegmentsKey {
  return { pk: previewCountsPartition(previewId), sk: shard };
}
