import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readItems } from '../aws/read-items.ts';
import type { AnnouncedRow } from './announced-rows.ts';
import { createRowBatchStore } from './row-batch-store.ts';
import { memberKey } from './row-keys.ts';

/** Says which announced rows lists and counts show, strongly consistent. */
export type ListedRows = (rows: readonly AnnouncedRow[]) => Promise<AnnouncedRow[]>;

/** Rows in the table of memberships. A row is listed when it is as far as announced, or further, and counted. */
export function createListedRowStore(dynamodb: DynamoDBClient, table: string): ListedRows {
  const batches = createRowBatchStore(dynamodb, table);
  return async (rows) => {
    const keys = new Map(rows.map(({ segmentId, leadId }) => [`${segmentId} ${leadId}`, memberKey(segmentId, leadId)]));
    const items = await readItems(dynamodb, table, [...keys.values()]);
    const stored = new Map(items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]));
    const uncounted = await batches.notCountedYet(items.flatMap(({ batchId }) => batchId?.S ?? []));
    return rows.filter(({ segmentId, leadId, sequence }) => {
      const { pk, sk } = memberKey(segmentId, leadId);
      const item = stored.get(`${pk?.S} ${sk?.S}`);
      return item && Number(item.sequence?.N) >= sequence && !uncounted.has(item.batchId?.S ?? '');
    });
  };
}
