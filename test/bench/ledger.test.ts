import { describe, expect, test } from 'vitest';
import type { HeardEvent } from '../../bench/load/bus-queue.ts';
import { Ledger, type Members } from '../../bench/scale/ledger.ts';

const told = (leadId: string, sequence: number, more: Partial<HeardEvent> = {}): HeardEvent => ({
  ...{ segmentId: 's', leadId, sequence, isEntry: sequence % 2 === 1, changeId: undefined, occurredAt: 0, at: 0 },
  ...more,
});
const asked = (...leadIds: string[]): Members => new Map([['s', new Set(leadIds)]]);
const heardOf = (...events: HeardEvent[]) => new Map(events.map((event, index) => [String(index), event]));
const exact = { missing: 0, unexpected: 0, misnumbered: 0 };

/** A ledger of a segment that a and b have entered, and what was heard of it. */
function begun() {
  const ledger = new Ledger();
  const events = [told('a', 1), told('b', 1)];
  expect(ledger.account([asked('a', 'b')], heardOf(...events))).toEqual({ ...exact, entered: 2, exited: 0 });
  return { ledger, hear: (...more: HeardEvent[]) => heardOf(...events, ...more) };
}

describe('accounting for events', () => {
  test('wants one of each lead that moves, and none of one that stays', () => {
    const { ledger, hear } = begun();
    expect(ledger.account([asked('b', 'c')], hear(told('a', 2), told('c', 1)))).toEqual({
      ...exact,
      entered: 1,
      exited: 1,
    });
    expect([...ledger.of('s')]).toEqual(['b', 'c']);
  });

  test('lets a lead pass through what was saved in between, or not', () => {
    const states = [asked('b', 'c', 'd'), asked('a', 'b')];
    const passing = [told('a', 2), told('a', 3), told('c', 1), told('c', 2)];
    const { ledger, hear } = begun();
    expect(ledger.account(states, hear(...passing))).toMatchObject(exact);
  });

  test.each<[string, Members[], HeardEvent[], Partial<typeof exact>]>([
    ['of a lead that moved nothing is heard', [asked('a')], [], { missing: 1 }],
    ['a lead passed through, but not back', [asked('a', 'b', 'c'), asked('a', 'b')], [told('c', 1)], { missing: 1 }],
    ['a lead that stays flaps', [asked('a', 'b')], [told('a', 2), told('a', 3)], { unexpected: 2 }],
    [
      'a lead that stays in all saves flaps',
      [asked('a'), asked('a', 'b')],
      [told('a', 2), told('a', 3)],
      { unexpected: 2 },
    ],
    ['a segment that nobody saved tells', [], [told('c', 1)], { unexpected: 1 }],
    ['a number is left out', [asked('a')], [told('b', 3)], { misnumbered: 1 }],
    ['an exit has an odd number', [asked('a')], [told('b', 2, { isEntry: true })], { misnumbered: 1 }],
  ])('notices when %s', (_, states, more, faults) => {
    const { ledger, hear } = begun();
    expect(ledger.account(states, hear(...more))).toMatchObject({ ...exact, ...faults });
  });
});
