import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Clock } from '../../../local/clock.ts';
import { FunctionWorker } from '../../../local/lambda/function-worker.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const loaded = `
const loadedAt = Date.now();
export const handler = async (event, context) => ({
  loadedAt,
  now: Date.now(),
  made: new Date().getTime(),
  given: new Date(2026, 0, 1, 12).getFullYear(),
  copied: new Date(new Date(5)).getTime(),
  called: typeof Date(),
  calledAt: Date.parse(Date()),
  isDate: new Date() instanceof Date && new (class extends Date {})() instanceof Date,
  parsed: Date.parse('1970-01-02'),
  utc: Date.UTC(1970, 0, 2),
  remainingMs: context.getRemainingTimeInMillis(),
});
`;
const day = 86_400_000;
const workers: FunctionWorker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill();
});

async function start(clock?: Clock): Promise<FunctionWorker> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'index.mjs'), loaded);
  const worker = await FunctionWorker.start({
    directory,
    handler: 'index.handler',
    functionName: 'f',
    functionArn: 'arn',
    memoryMb: '128',
    environment: {},
    timeoutMs: 60_000,
    output: () => undefined,
    ...(clock && { clock: clock.shared }),
  });
  workers.push(worker);
  return worker;
}
const answerOf = async (worker: FunctionWorker) => JSON.parse(await worker.invoke('{}'));

describe('a function whose clock moves', () => {
  it('sees the time of the run wherever it asks for it, from its start on', async () => {
    const clock = new Clock();
    clock.hold();
    clock.advance(3 * day);
    const worker = await start(clock);
    const loadedAt = clock.now();
    expect(await answerOf(worker)).toMatchObject({ loadedAt, now: loadedAt, made: loadedAt });
    clock.advance(7 * day);
    const moved = clock.now();
    expect(await answerOf(worker)).toMatchObject({
      loadedAt,
      now: moved,
      made: moved,
      called: 'string',
      calledAt: Math.floor(moved / 1000) * 1000,
    });
  });

  it('finds dates as they are otherwise', async () => {
    const expected = { given: 2026, copied: 5, isDate: true, parsed: day, utc: day };
    expect(await answerOf(await start(new Clock()))).toMatchObject(expected);
    expect(await answerOf(await start())).toMatchObject(expected);
  });

  it('has the time of its timeout left all the same', async () => {
    const clock = new Clock();
    const worker = await start(clock);
    clock.advance(7 * day);
    const { remainingMs } = await answerOf(worker);
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(60_000);
  });
});

it('a function whose clock does not move sees the machine’s', async () => {
  const before = Date.now();
  const { now, made } = await answerOf(await start());
  for (const moment of [now, made]) {
    expect(moment).toBeGreaterThanOrEqual(before);
    expect(moment).toBeLessThanOrEqual(Date.now());
  }
});
