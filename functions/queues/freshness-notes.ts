import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { ulid } from 'ulid';
import { numericSetting } from '../../shared/aws/settings.ts';
import type { ChangeQueue } from '../../shared/freshness/change-queues.ts';
import { createFreshnessStore } from '../../shared/freshness/freshness-store.ts';
import { type FreshnessNote, WorkerFreshness } from '../../shared/freshness/worker-freshness.ts';

/** Told of a worker's batches as they begin and end. */
export interface FreshnessNotes {
  readonly begin: (records: readonly SQSRecord[]) => Promise<void>;
  readonly end: (records: readonly SQSRecord[], failedIds: ReadonlySet<string>) => Promise<void>;
}

/** Notes how fresh a change queue is. A note that fails is logged: it is no reason to work on messages again. */
export function createFreshnessNotes(
  documents: DynamoDBDocumentClient,
  table: string,
  queue: ChangeQueue,
): FreshnessNotes {
  const store = createFreshnessStore(documents, table);
  const freshness = new WorkerFreshness(numericSetting('VISIBILITY_TIMEOUT_SECONDS') * 1000);
  const workerId = ulid();
  const write = async (note: FreshnessNote | undefined): Promise<void> => {
    if (!note) return;
    try {
      await store.note(queue, workerId, note);
    } catch (error) {
      console.error(`The freshness of ${queue} could not be noted`, error);
    }
  };
  return {
    begin: (records) => write(freshness.begin(records, Date.now())),
    end: (records, failedIds) => write(freshness.end(records, failedIds, Date.now())),
  };
}
