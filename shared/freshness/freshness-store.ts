import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { freshnessKey, freshnessPartition, type SegmentsKey } from '../aws/segments-keys.ts';
import { type ChangeQueue, changeQueues } from './change-queues.ts';
import type { FreshnessNote } from './worker-freshness.ts';

/** What is noted of one queue. */
export interface QueueNotes {
  readonly notes: readonly FreshnessNote[];
  /** Epoch ms at which it was seen empty. */
  readonly emptyAt?: number;
}

const keptSeconds = 86_400;

/** What is noted of the change queues. */
export type FreshnessStore = ReturnType<typeof createFreshnessStore>;

/** What workers and readers note of the change queues, in the segments table. */
export function createFreshnessStore(documents: DynamoDBDocumentClient, table: string) {
  const put = (key: SegmentsKey, content: object, now: number) => {
    const Item = { ...key, ...content, expiresAt: Math.ceil(now / 1000) + keptSeconds };
    return documents.send(new PutCommand({ TableName: table, Item }));
  };
  return {
    /** Replaces what a worker noted. */
    note: async (queue: ChangeQueue, workerId: string, note: FreshnessNote): Promise<void> => {
      await put(freshnessKey(queue, workerId), note, note.notedAt);
    },
    /** Notes that a queue was empty (epoch ms). */
    noteEmpty: async (queue: ChangeQueue, emptyAt: number): Promise<void> => {
      await put(freshnessKey(queue), { emptyAt }, emptyAt);
    },
    /** What is noted of every queue, strongly consistent. */
    read: async (): Promise<Readonly<Record<ChangeQueue, QueueNotes>>> => {
      const items: Record<string, unknown>[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': freshnessPartition },
        ConsistentRead: true,
        Limit: 1_000,
      };
      for await (const page of paginateQuery({ client: documents }, query)) items.push(...(page.Items ?? []));
      const entries = changeQueues.map((queue) => {
        const notes = items.filter(({ sk }) => String(sk).startsWith(`${queue}#`)) as unknown as FreshnessNote[];
        const emptyAt = items.find(({ sk }) => sk === queue)?.emptyAt;
        return [queue, { notes, ...(typeof emptyAt === 'number' && { emptyAt }) }];
      });
      return Object.fromEntries(entries) as Record<ChangeQueue, QueueNotes>;
    },
  };
}
