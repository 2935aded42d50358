import { setTimeout } from 'node:timers/promises';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** Half of the 3,000 read units a second that DynamoDB gives a partition: the other half is for the workers. */
const unitsPerSecond = 1_500;

/** Reads one page; asked to return the capacity it consumed. `attempts`: 2 and more when DynamoDB refused it at first. */
type ReadPage<Answer> = () => Promise<
  Answer & { ConsumedCapacity?: ConsumedCapacity | undefined; $metadata?: { readonly attempts?: number | undefined } }
>;

/**
 * Paces reads: runs one when its partition key may be read again. A scan, which reads much and can wait, says when its time
 * is up.
 */
export type ReadPacer = <Answer>(
  partition: string,
  readPage: ReadPage<Answer>,
  isTimeUp?: () => boolean,
) => Promise<Answer>;

/**
 * Makes a pacer for one process alone. After a page, its partition key rests for as long as the page's read units are
 * worth, so that the process takes no more than half of what the partition gives, however large its pages are. All
 * processes together are paced by shared/read-budget.
 */
export function createReadPacer(
  now: () => number = Date.now,
  sleep: (ms: number) => Promise<unknown> = setTimeout,
): ReadPacer {
  const restsUntil = new Map<string, number>();
  return async (partition, readPage) => {
    for (let rest = restOf(partition); rest > 0; rest = restOf(partition)) await sleep(rest);
    const startedAt = now();
    const answer = await readPage();
    const units = answer.ConsumedCapacity?.CapacityUnits ?? 0;
    const from = Math.max(startedAt, restsUntil.get(partition) ?? 0);
    restsUntil.set(partition, from + (units / unitsPerSecond) * 1_000);
    return answer;
  };
  function restOf(partition: string): number {
    return Math.ceil((restsUntil.get(partition) ?? 0) - now());
  }
}
