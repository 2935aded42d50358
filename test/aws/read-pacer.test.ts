import { describe, expect, test } from 'vitest';
import { createReadPacer } from '../../shared/aws/read-pacer.ts';

/** A clock that moves when somebody sleeps or a page takes its time. */
function pacedReads(tookMs: number) {
  let now = 1_000;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const pace = createReadPacer(() => now, sleep);
  const readPage = async (partition: string, units: number) =>
    pace(partition, async () => {
      now += tookMs;
      return { ConsumedCapacity: { CapacityUnits: units }, at: now };
    });
  return { readPage, elapsed: () => now - 1_000 };
}

describe('paced reads', () => {
  test('of one partition take at most 1,500 units a second', async () => {
    const { readPage, elapsed } = pacedReads(1);
    for (let page = 0; page < 21; page++) await readPage('07', 150);
    // Twenty pages of 150 units are 3,000: two seconds, before the last page may begin.
    expect(elapsed()).toBe(2_001);
  });

  test('are not held up when reading itself takes longer', async () => {
    const { readPage, elapsed } = pacedReads(200);
    for (let page = 0; page < 10; page++) await readPage('07', 150);
    expect(elapsed()).toBe(2_000);
  });

  test('of other partitions do not wait', async () => {
    const { readPage, elapsed } = pacedReads(0);
    for (let shard = 0; shard < 32; shard++) await readPage(`${shard}`, 1_500);
    expect(elapsed()).toBe(0);
    await readPage('0', 1);
    expect(elapsed()).toBe(1_000);
  });

  test('answer what was read, and do not swallow errors', async () => {
    const { readPage } = pacedReads(5);
    expect(await readPage('07', 0)).toMatchObject({ at: 1_005 });
    const failing = createReadPacer()('07', async () => Promise.reject(new Error('throttled')));
    await expect(failing).rejects.toThrow('throttled');
  });
});
