import { describe, expect, test } from 'vitest';
import type { Transition } from '../../shared/lead/outbox.ts';
import type { RowChange } from '../../shared/projection/membership-row.ts';
import { addMoves, movesOf, noMoves } from '../../shared/projection/row-moves.ts';

const transition = (sequence: number, at: string): Transition => ({
  segmentId: 'seg_1',
  segmentName: 'One',
  revision: 1,
  sequence,
  occurredAt: Date.parse(at),
  reason: 'rules',
  cause: { kind: 'profile_change', occurredAt: at },
  since: Date.parse(at),
  source: 'rules',
});
const change = (sequence: number, transitions: readonly Transition[]): RowChange => ({
  row: { leadId: 'l1', segmentId: 'seg_1', version: 9, sequence, since: 0, source: 'rules', isExcluded: false },
  transitions,
});
const at = (sequence: number, isExcluded = false) => ({ sequence, isExcluded });
const evening = '2026-03-10T23:59:59.999Z';
const morning = '2026-03-11T00:00:00.000Z';

describe('what a row moves', () => {
  test.each([
    { to: 1, from: 0, members: 1 },
    { to: 2, from: 1, members: -1 },
    { to: 3, from: 1, members: 0 },
    { to: 2, from: 0, members: 0 },
    // One between was never seen.
    { to: 4, from: 1, members: -1 },
  ])('from $from to $to is $members members', ({ to, from, members }) => {
    expect(movesOf(change(to, []), at(from))).toEqual({ members, days: {} });
  });

  test('is counted on the UTC days of the transitions that the row before it had not seen', () => {
    const transitions = [transition(1, evening), transition(2, evening), transition(3, morning)];
    expect(movesOf(change(3, transitions), at(1))).toEqual({
      members: 0,
      days: { '2026-03-10': { entered: 0, exited: 1 }, '2026-03-11': { entered: 1, exited: 0 } },
    });
  });

  test('says that a lead enters or leaves the list of those that are kept out', () => {
    const still = { ...movesOf(change(2, []), at(2)) };
    const leaves = { ...movesOf(change(2, []), at(2, true)) };
    expect([still, leaves]).toEqual([noMoves, { ...noMoves, isListingMoved: true }]);
    expect([addMoves(leaves, still), addMoves(still, leaves)]).toEqual([leaves, leaves]);
  });

  test('adds up, day by day', () => {
    const first = movesOf(change(1, [transition(1, evening)]), at(0));
    const then = movesOf(change(3, [transition(2, evening), transition(3, morning)]), at(1));
    expect([first, then, noMoves].reduce(addMoves)).toEqual({
      members: 1,
      days: { '2026-03-10': { entered: 1, exited: 1 }, '2026-03-11': { entered: 1, exited: 0 } },
    });
  });
});
