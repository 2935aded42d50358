import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { readBudgetKey } from '../aws/segments-keys.ts';

const minuteMs = 60_000;
const keptSeconds = 3_600;

/** What callers have had read for them within the current minute: leads and raw events. */
export type ReadBudgetStore = ReturnType<typeof createReadBudgetStore>;

/** The store of it, in the segments table. `now`: epoch ms. */
export function createReadBudgetStore(documents: DynamoDBDocumentClient, table: string, now: () => number) {
  const keyNow = (caller: string) => readBudgetKey(caller, Math.floor(now() / minuteMs));
  return {
    /** How much was read for that caller since the minute began. */
    used: async (caller: string): Promise<number> => {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: keyNow(caller) }));
      return Number(Item?.reads ?? 0);
    },

    /** Adds what was read for that caller. */
    add: async (caller: string, reads: number): Promise<void> => {
      if (reads === 0 || caller === '') return;
      const update = new UpdateCommand({
        TableName: table,
        Key: keyNow(caller),
        UpdateExpression: 'ADD #reads :reads SET expiresAt = :expiresAt',
        ExpressionAttributeNames: { '#reads': 'reads' },
        ExpressionAttributeValues: { ':reads': reads, ':expiresAt': Math.ceil(now() / 1000) + keptSeconds },
      });
      await documents.send(update);
    },

    /** How many seconds the minute still has. */
    secondsLeft: (): number => Math.ceil((minuteMs - (now() % minuteMs)) / 1000),
  };
}
