import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noEvents, type SeenEvent } from '../../shared/lead/event-order.ts';
import { addEvents, knowsNewest } from '../../shared/lead/event-state.ts';
import type { EventState } from '../../shared/lead/lead-document.ts';

const empty = (n: number): EventState => ({ n, newest: noEvents });

describe('the state of an event condition', () => {
  test('keeps the newest, newest first, those of one moment by their ids', () => {
    const state = addEvents(
      empty(3),
      [
        [1, 'a'],
        [3, 'b'],
        [2, 'c'],
        [3, 'd'],
      ],
      3,
    );
    expect(state).toEqual({
      n: 3,
      newest: [
        [3, 'd'],
        [3, 'b'],
        [2, 'c'],
      ],
    });
  });

  test('tells apart events of one moment, and of one id at two moments', () => {
    const events: SeenEvent[] = [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [1, 'a'],
    ];
    expect(addEvents(empty(9), events, 9).newest).toHaveLength(3);
  });

  test('is the same object when an event is added that it has, or that is too old to keep', () => {
    const state = addEvents(
      empty(2),
      [
        [5, 'a'],
        [4, 'b'],
      ],
      2,
    );
    expect(addEvents(state, [[5, 'a']], 2)).toBe(state);
    expect(addEvents(state, [[1, 'z']], 2)).toBe(state);
    expect(addEvents(state, [], 2)).toBe(state);
  });

  test('claims less once trimmed, and never more again without a reading of the raw events', () => {
    const full = addEvents(
      empty(3),
      [
        [3, 'a'],
        [2, 'b'],
        [1, 'c'],
      ],
      3,
    );
    const trimmed = addEvents(full, [], 1);
    expect(trimmed).toEqual({ n: 1, newest: [[3, 'a']] });
    expect(addEvents(trimmed, [[4, 'd']], 3)).toEqual({ n: 1, newest: [[4, 'd']] });
    expect(knowsNewest(trimmed, 1)).toBe(true);
    expect(knowsNewest(trimmed, 2)).toBe(false);
  });

  test('that has all events may claim more', () => {
    const all = addEvents(empty(3), [[1, 'a']], 3);
    expect(addEvents(all, [], 5)).toEqual({ n: 5, newest: [[1, 'a']] });
    expect(knowsNewest(all, 100)).toBe(true);
  });

  test('that does not exist knows nothing', () => {
    expect(knowsNewest(undefined, 1)).toBe(false);
    expect(knowsNewest(empty(1), 50)).toBe(true);
  });

  const anyEvents = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom('a', 'b', 'c')), {
    maxLength: 15,
  });

  test('in any order, with any repetition, is the newest n of all', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, fc.integer({ min: 1, max: 5 }), (first, second, n) => {
        const inOrder = addEvents(addEvents(empty(n), first, n), second, n);
        const otherwise = [...second, ...first, ...second].reduce(
          (state, event) => addEvents(state, [event], n),
          empty(n),
        );
        expect(otherwise).toEqual(inOrder);
        const distinct = new Map([...first, ...second].map((event) => [event.join(), event]));
        const newest = [...distinct.values()].sort((x, y) => y[0] - x[0] || (x[1] < y[1] ? 1 : -1)).slice(0, n);
        expect(inOrder.newest).toEqual(newest);
      }),
    );
  });

  test('never answers for more events than it knows', () => {
    const anyStep = fc.tuple(anyEvents, fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 5 }), (steps) => {
        let state = empty(3);
        const seen: SeenEvent[] = [];
        for (const [events, n] of steps) {
          state = addEvents(state, events, n);
          seen.push(...events);
          const distinct = [...new Map(seen.map((event) => [event.join(), event])).values()];
          distinct.sort((x, y) => y[0] - x[0] || (x[1] < y[1] ? 1 : -1));
          for (let asked = 1; asked <= 6; asked++) {
            if (knowsNewest(state, asked)) expect(state.newest.slice(0, asked)).toEqual(distinct.slice(0, asked));
          }
        }
      }),
    );
  });
});
