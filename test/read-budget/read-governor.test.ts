import { describe, expect, test } from 'vitest';
import { SharedLedger } from '../../bench/budget/shared-ledger.ts';
import { VirtualTime } from '../../bench/budget/virtual-time.ts';
import type { ReadPacer } from '../../shared/aws/read-pacer.ts';
import type { LedgerStore } from '../../shared/read-budget/ledger.ts';
import { createReadGovernor } from '../../shared/read-budget/read-governor.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';

const second = 1_000;
const hasTime = () => false;

/** Processes that share a ledger, in a time of their own; `broken`: what it does otherwise. */
function world(broken: (shared: LedgerStore) => Partial<LedgerStore> = () => ({})) {
  const time = new VirtualTime(1_000_000 * second);
  const ledger = new SharedLedger(() => time.sleep(3));
  const notes: unknown[] = [];
  const reached: LedgerStore = {
    read: (slot) => ledger.read(slot),
    claim: (...of) => ledger.claim(...of),
    noteLimit: (...of) => ledger.noteLimit(...of),
    notePage: (units) => ledger.notePage(units),
    ...broken(ledger),
  };
  const createProcess = (): ReadPacer =>
    createReadGovernor({
      now: time.now,
      random: () => 0.5,
      sleep: time.sleep,
      note: (what) => notes.push(what),
      ledger: reached,
      table: { partitions: 4, keys: 32 },
      otherwise: (_key, readPage) => readPage(),
    });
  /** Reads pages of so many units for so long; answers how many units were read. */
  const readFor = async (pace: ReadPacer, key: string, units: number, seconds: number, attempts = 1) => {
    let read = 0;
    const until = time.now() + seconds * second;
    const isTimeUp = () => time.now() >= until;
    const scan = async () => {
      while (!isTimeUp()) {
        await pace(
          key,
          async () => ({ ConsumedCapacity: { CapacityUnits: units }, $metadata: { attempts } }),
          isTimeUp,
        );
        read += units;
        await time.sleep(5);
      }
    };
    await Promise.all([scan().catch(ignoreTimeUp), time.runUntil(until + second)]);
    return read;
  };
  return { time, ledger, notes, createProcess, readFor };
}

function ignoreTimeUp(error: unknown): void {
  if (!(error instanceof TimeUp)) throw error;
}

/** What a promise comes to while the time runs on. */
async function within<T>(time: VirtualTime, seconds: number, work: Promise<T>): Promise<T | 'waits'> {
  let result: T | 'waits' = 'waits';
  const done = work.then((value) => {
    result = value;
  });
  await Promise.race([done, time.runUntil(time.now() + seconds * second)]);
  return result;
}

describe('a process that scans', () => {
  test('alone reads half of what a partition serves, and leases it by the second', async () => {
    const { ledger, createProcess, readFor } = world();
    const read = await readFor(createProcess(), '07', 200, 10);
    expect(read).toBeGreaterThan(10 * 1_000);
    expect(read).toBeLessThanOrEqual(11 * 1_500);
    expect(ledger.writes).toBeLessThan(30);
  });

  test('waits for nobody when it reads a little, and writes nothing when it reads nothing', async () => {
    const { time, ledger, createProcess } = world();
    const pace = createProcess();
    const page = async () => ({ ConsumedCapacity: { CapacityUnits: 2 }, at: time.now() });
    expect(await within(time, 0.1, pace('07', page, hasTime))).toMatchObject({ at: expect.any(Number) });
    await time.runUntil(time.now() + 60 * second);
    expect(ledger.writes).toBe(1);
  });

  test('is told that time is up instead of waiting longer', async () => {
    const { time, createProcess, readFor } = world();
    await readFor(createProcess(), '07', 200, 1);
    const others = createProcess();
    const until = time.now() + 300;
    const reads = Array.from({ length: 40 }, (_, key) =>
      others(
        String(key),
        async () => ({ ConsumedCapacity: { CapacityUnits: 200 } }),
        () => time.now() >= until,
      ),
    );
    const results = Promise.allSettled(reads);
    await time.runUntil(until + 200);
    const refused = (await results).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.every((reason) => reason instanceof TimeUp)).toBe(true);
  });

  test('does not keep from others what it leased when it died', async () => {
    const { time, createProcess } = world();
    const dead = createProcess();
    // It never comes to read the second page.
    const never = dead('07', () => new Promise<never>(() => {}), hasTime);
    const left = createProcess();
    const read = await within(time, 3, Promise.race([never, left('07', async () => ({ isRead: true }), hasTime)]));
    expect(read).toEqual({ isRead: true });
  });

  test('reads several pages of a partition key at once with one lease', async () => {
    const { time, ledger, createProcess } = world();
    const pace = createProcess();
    const page = async () => ({ ConsumedCapacity: { CapacityUnits: 100 } });
    const pages = Promise.all([1, 2, 3].map(() => pace('07', page, hasTime)));
    expect(await within(time, 0.1, pages)).toHaveLength(3);
    expect(ledger.writes).toBe(1);
  });

  test('owes what a page took more than was leased', async () => {
    const { createProcess, readFor } = world();
    // Nobody knew that pages are so large: what the first took beside its lease is taken off the next ones.
    expect(await readFor(createProcess(), '07', 1_000, 10)).toBeLessThanOrEqual(11 * 1_000);
  });

  test('halves the limit of all when DynamoDB refuses reads at first', async () => {
    const { createProcess, readFor } = world();
    const calm = await readFor(createProcess(), '07', 100, 10);
    expect(await readFor(createProcess(), '07', 100, 10, 3)).toBeLessThan(calm / 3);
    expect(await readFor(createProcess(), '07', 100, 1)).toBeLessThan(calm / 20);
  });

  test('goes on, slowly, while the ledger cannot be reached, and as before when it can be', async () => {
    let isBroken = true;
    const { time, notes, createProcess, readFor } = world((shared) => ({
      claim: (...of) => (isBroken ? Promise.reject(new Error('throttled')) : shared.claim(...of)),
    }));
    const pace = createProcess();
    const slow = await readFor(pace, '07', 100, 20);
    expect(slow).toBeGreaterThanOrEqual(5 * 100);
    expect(slow).toBeLessThanOrEqual(20 * 50 + 200);
    expect(notes.length).toBeLessThanOrEqual(5);
    isBroken = false;
    await time.runUntil(time.now() + 6 * second);
    expect(await readFor(pace, '07', 100, 10)).toBeGreaterThan(10 * 1_000);
  });

  test('does not wait for an answer that never comes', async () => {
    const { time, createProcess } = world(() => ({ read: () => new Promise<never>(() => {}) }));
    const page = async () => ({ isRead: true });
    expect(await within(time, 3, createProcess()('07', page, hasTime))).toEqual({ isRead: true });
  });
});

test('a read that names no end of its time is no scan: it asks for no lease', async () => {
  const { ledger, createProcess } = world();
  expect(await createProcess()('07', async () => ({ isRead: true }))).toEqual({ isRead: true });
  expect(ledger.writes).toBe(0);
});

test('errors are told to whoever reads', async () => {
  const { time, createProcess } = world();
  const failing = createProcess()('07', () => Promise.reject(new Error('no such table')), hasTime);
  const told = expect(failing).rejects.toThrow('no such table');
  await time.runUntil(time.now() + second);
  await told;
});
