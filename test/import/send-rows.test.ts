import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { importWorld, Killed } from './import-world.ts';

const mapping: ImportMapping = {
  kind: 'leads',
  leadId: 'Email',
  events: [{ eventType: 'Webinar', momentColumn: 'Joined', fields: {} }],
  columns: [{ column: 'Score', as: { kind: 'number', decimal: '.' } }],
  constants: [],
  slugIds: false,
  exactIds: false,
};

/** Rows of which some repeat a lead, some have no id, some a cell that is no number, some a moment that is none. */
function fileOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const email = index % 50 === 7 ? '' : `lead-${index % 600}@x.example`;
    const score = index % 40 === 3 ? 'many' : index;
    const joined = index % 5 === 0 ? (index % 35 === 0 ? 'soon' : '2026-11-01') : '';
    return `${email},${score},${joined}`;
  });
  return `Email,Score,Joined\n${lines.join('\n')}\n`;
}

const sorted = (sent: readonly { queue: string; body: string }[]) =>
  [...new Set(sent.map(({ queue, body }) => `${queue} ${body}`))].sort();

/** What there is after an import that nothing disturbed. */
async function undisturbed(content: string) {
  const world = importWorld(content, mapping);
  await world.prepare();
  expect(await world.lookAfter()).toBeUndefined();
  return world;
}

describe('sending the rows of a file', () => {
  test('sends each once, tells what is wrong by line, and keeps the rows that lost something', async () => {
    const { world, sent, json } = await undisturbed(fileOf(1_000));
    expect(world.job).toMatchObject({ state: 'done', place: { rows: 1_000, refusedRows: 20 }, hasRefused: true });
    expect(sent.filter(({ queue }) => queue === 'profile')).toHaveLength(980);
    const result = json('result-end');
    expect(result.refused).toEqual([
      { reason: 'no lead id', column: 'Email', count: 20, lines: [9, 59, 109, 159, 209] },
    ]);
    expect(result.leftOut.map(({ reason, count }: { reason: string; count: number }) => [reason, count])).toEqual([
      ['event: no date or moment; left out', 29],
      ['no number 1,234.5; left out', 25],
    ]);
    const lines = world.refused!.split('\r\n');
    expect(lines[0]).toBe('\uFEFFEmail,Score,Joined,Import problem');
    expect(lines[1]).toContain('lead-0@x.example,0,soon,');
    expect(world.isFileKept).toBe(false);
  });

  test('ends the same when its worker is killed anywhere, and its message is delivered twice', async () => {
    const content = fileOf(700);
    const whole = await undisturbed(content);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 10, maxLength: 10 }), async (kills) => {
        const world = importWorld(content, mapping);
        await world.prepare();
        for (const at of kills) {
          let steps = 0;
          world.beforeSteps(async () => {
            // Lets another delivery go on.
            await new Promise((resolve) => setTimeout(resolve, 0));
            if (++steps >= at) throw new Killed();
          });
          // What goes wrong answers a message for another attempt, as a kill leaves the same message.
          const isTimeUp = () => at % 3 === 0;
          await Promise.allSettled([world.lookAfter(undefined, isTimeUp), world.lookAfter()]);
          expect(world.world.job?.state).not.toBe('failed');
        }
        world.beforeSteps(() => undefined);
        await world.lookAfter();
        expect(world.world.job).toMatchObject({ state: 'done', place: whole.world.job!.place! });
        expect(sorted(world.sent)).toEqual(sorted(whole.sent));
        expect(world.world.refused).toBe(whole.world.refused);
        expect(world.json('result-end')).toEqual(whole.json('result-end'));
      }),
      { numRuns: 8 },
    );
  });

  test('goes on in another message when time is up, from the row it was at', async () => {
    const whole = await undisturbed(fileOf(1_000));
    const world = importWorld(fileOf(1_000), mapping);
    await world.prepare();
    const message = { kind: 'import' as const, importId: 'imp_1', attempt: 0 };
    for (const rows of [200, 400]) {
      expect(await world.lookAfter(message, () => true)).toEqual({ message, delaySeconds: 0 });
      expect(world.world.job).toMatchObject({ state: 'running', place: { rows } });
    }
    expect(await world.lookAfter()).toBeUndefined();
    expect(world.sent).toHaveLength(whole.sent.length);
    expect(world.world.refused).toBe(whole.world.refused);
    expect(sorted(world.sent)).toEqual(sorted(whole.sent));
    expect(world.json('result-end')).toEqual(whole.json('result-end'));
  });

  test('writes refused rows in parts as large as S3 wants them, in their order', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `lead-${index}@x.example,${'x'.repeat(40_000)},`);
    const { world } = await undisturbed(`Email,Score,Joined\n${lines.join('\n')}\n`);
    expect(world.job?.parts).toHaveLength(2);
    const ids = world.refused!.split('\r\n').map((line) => line.split(',')[0]);
    expect(ids).toEqual(['\uFEFFEmail', ...Array.from({ length: 300 }, (_, index) => `lead-${index}@x.example`), '']);
  });

  test('waits where queues are full, and does not lose its place', async () => {
    const world = importWorld(fileOf(300), mapping, { paceOf: () => async () => false });
    await world.prepare();
    expect(await world.lookAfter()).toMatchObject({ message: { attempt: 0 } });
    expect(world.sent).toEqual([]);
  });

  test('stops within a batch when it is cancelled, and keeps what it refused', async () => {
    const world = importWorld(fileOf(1_000), mapping);
    await world.prepare();
    let sends = 0;
    world.beforeSteps((what) => {
      if (what !== 'send' || ++sends !== 3) return;
      world.world.job = { ...world.world.job!, state: 'cancelling', version: world.world.job!.version + 1 };
    });
    expect(await world.lookAfter()).toBeUndefined();
    expect(world.world.job?.state).toBe('cancelling');
    const sentBefore = world.sent.length;
    expect(await world.lookAfter()).toBeUndefined();
    expect(world.world.job).toMatchObject({ state: 'cancelled', place: { rows: 200 }, hasRefused: true });
    expect(world.sent).toHaveLength(sentBefore);
    expect(world.world.isFileKept).toBe(false);
  });

  test('sends the rows before one that cannot be read, and tells which', async () => {
    const world = importWorld(fileOf(300), mapping);
    await world.prepare();
    // Further down than inspection looks.
    world.replaceFile(`${fileOf(300)}"never closed,1,\n`);
    await world.lookAfter();
    expect(world.world.job).toMatchObject({
      ...{ state: 'failed', place: { rows: 300 } },
      reason: expect.stringContaining('line 302'),
    });
  });

  test('fails after the third time that something goes wrong in a row', async () => {
    const world = importWorld(fileOf(10), mapping, {
      send: async () => {
        throw new Error('no queue');
      },
    });
    await world.prepare();
    const again = await world.lookAfter();
    expect(again).toMatchObject({ message: { attempt: 1 }, delaySeconds: 20 });
    expect(await world.lookAfter({ ...again!.message, attempt: 2 })).toBeUndefined();
    expect(world.world.job).toMatchObject({ state: 'failed', reason: expect.stringContaining('three times') });
  });
});

describe('looking at an uploaded file', () => {
  test('tells that there is none, or that it cannot be read', async () => {
    const world = importWorld('%PDF-1.4', mapping);
    world.begin('inspecting');
    await world.lookAfter();
    expect(world.world.job).toMatchObject({ state: 'unreadable', reason: expect.stringContaining('a PDF') });
    world.world.isFileKept = false;
    world.begin('inspecting');
    await world.lookAfter();
    expect(world.world.job).toMatchObject({ state: 'awaiting_upload', reason: expect.stringContaining('no file') });
  });
});
