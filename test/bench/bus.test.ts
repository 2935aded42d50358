import { beforeAll, describe, expect, test } from 'vitest';
import { type BusShown, compareBus } from '../../bench/bus/bus-run.ts';
import { type Found, mismatchOf } from '../../bench/bus/comparison.ts';
import { MovedTime } from '../../bench/bus/moved-time.ts';
import { Told } from '../../bench/bus/told.ts';
import type { Clock } from '../../local/clock.ts';
import type { MembershipState } from '../../shared/lead/lead-document.ts';

describe('what the bus tells while leads fall due by the dozen, and functions die', () => {
  let shown: BusShown;
  beforeAll(async () => {
    shown = await compareBus({
      ...{ leads: 60, segments: 10, rounds: 1, secondsPerRound: 6 },
      ...{ messagesPerSecond: 45, killEverySeconds: 1.5, saveEverySeconds: 2 },
    });
  }, 400_000);

  test('is what documents and rules say when all is quiet: nothing lost, nothing wrong', () => {
    const { lost, wrong, invented, overdue, deadLetters, faults } = shown;
    const found = { lost, wrong, invented, overdue, deadLetters, faults };
    expect(found).toEqual({ lost: 0, wrong: 0, invented: 0, overdue: 0, deadLetters: 0, faults: [] });
  });

  test('is told after it is stored', () => expect(shown.findings.toldBeforeStored).toBe(0));

  test('was compared all the while, with time and much else moving', () => {
    expect(shown.findings.compared).toBeGreaterThan(2 * shown.pairs);
    expect(Math.min(shown.events, shown.saves, shown.killed, shown.lags.length)).toBeGreaterThan(0);
    expect(shown.daysPassed).toBeGreaterThan(0.1);
  });
});

describe('why the newest event does not say what the rules say', () => {
  const at = Date.parse('2026-03-10T12:00:00Z');
  const state = (sequence: number, more: Partial<MembershipState> = {}): MembershipState => ({
    ...{ sequence, since: at, source: 'rules', reason: 'rules', revision: 1 },
    cause: { kind: 'time_passed', occurredAt: new Date(at).toISOString() },
    ...more,
  });
  const told = (...sequences: number[]) => {
    const heard = new Told(() => at);
    const event = { leadId: 'l', segmentId: 's', changeId: undefined, occurredAt: at, at };
    for (const sequence of sequences) heard.hear({ ...event, sequence, isEntry: sequence % 2 === 1 });
    return heard.of('l', 's');
  };
  const found = (more: Partial<Found>): Found => ({
    ...{ document: {}, state: state(1), told: told(1), moment: at, holds: true, heldWhenEvaluated: () => true },
    ...more,
  });

  test('it does, when they agree; the newest is that of the highest number, not the one told last', () => {
    expect(mismatchOf(found({}))).toBeUndefined();
    expect(mismatchOf(found({ state: state(3), told: told(1, 3, 2) }))).toBeUndefined();
    expect(mismatchOf(found({ state: undefined, told: told(), holds: false }))).toBeUndefined();
  });

  test('the event is on its way, or there is none for a silent transition', () => {
    expect(mismatchOf(found({ told: told() }))).toBe('inFlight');
    expect(mismatchOf(found({ told: told(), state: state(1, { silent: true }) }))).toBe('silent');
  });

  test('time has flipped it, where the document is due and said what the rules said when it was evaluated', () => {
    const flipped = { holds: false, document: { dueAt: at } };
    expect(mismatchOf(found(flipped))).toBe('timeFlip');
    expect(mismatchOf(found({ ...flipped, document: { dueAt: at + 1 } }))).toBe('onTheWay');
    expect(mismatchOf(found({ ...flipped, heldWhenEvaluated: () => false }))).toBe('onTheWay');
  });
});

test('moved time knows when its moments were by the machine', () => {
  let machine = Date.now();
  // As Clock does it, by a machine's time that the test moves.
  let ahead = 0;
  let heldAt: number | undefined;
  const moved = {
    now: () => heldAt ?? machine + ahead,
    advance: (ms: number) => {
      if (heldAt === undefined) ahead += ms;
      else heldAt += ms;
    },
    hold: () => {
      heldAt = moved.now();
    },
    release: () => {
      ahead = heldAt! - machine;
      heldAt = undefined;
    },
  } satisfies Pick<Clock, 'now' | 'advance' | 'hold' | 'release'>;
  const start = machine;
  const time = new MovedTime(moved, () => machine);
  machine += 5_000;
  time.advance(60_000);
  const [beforeJump, jumpedOver, afterJump] = [start + 4_000, start + 30_000, start + 5_000 + 60_000 + 700];
  machine += 1_000;
  expect([beforeJump, jumpedOver, afterJump].map((moment) => time.machineTimeOf(moment))).toEqual([
    start + 4_000,
    start + 5_000,
    start + 5_700,
  ]);
  time.hold();
  expect(time.now() % 1_000).toBe(0);
  const held = time.now();
  machine += 10_000;
  time.release();
  expect(time.machineTimeOf(held)).toBeUndefined();
  expect(time.machineTimeOf(held + 100)).toBe(machine + 100);
  expect(time.machineTimeOf(start - 1)).toBeUndefined();
});
