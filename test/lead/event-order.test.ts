import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  eventsThat,
  matchingAt,
  NewestEvents,
  type NewestFirst,
  newestFirst,
  type RawEvent,
  type SeenEvent,
} from '../../shared/lead/event-order.ts';

const raw = (occurredAt: number, eventId: string, metadata = {}): RawEvent => ({ eventId, occurredAt, metadata });
const anyEvents = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom('a', 'b', 'c', 'd')), {
  maxLength: 20,
});

describe('events in order', () => {
  test('are newest first; those of one moment by their ids, the last first', () => {
    const events: SeenEvent[] = [
      [1, 'a'],
      [3, 'b'],
      [2, 'c'],
      [3, 'd'],
    ];
    expect(newestFirst(events).map(([, id]) => id)).toEqual(['d', 'b', 'c', 'a']);
    const stored = events.map(([occurredAt, eventId]) => raw(occurredAt, eventId));
    expect(newestFirst(stored).map(({ eventId }) => eventId)).toEqual(['d', 'b', 'c', 'a']);
    expect(newestFirst(stored, 2).map(({ eventId }) => eventId)).toEqual(['d', 'b']);
  });

  test('are not moved where they are in order already', () => {
    const events = newestFirst([raw(3, 'a'), raw(1, 'b')]);
    expect(newestFirst(events)).toBe(events);
  });

  test('taken one by one, in any order, are the newest n of all', () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 1, max: 6 }), (events, n) => {
        const taken = new NewestEvents<SeenEvent>(n);
        for (const event of events) taken.add(event);
        expect(taken.newestFirst()).toEqual(newestFirst(events, n));
      }),
    );
  });

  test('stay in order when some are left out, or asked about a condition', () => {
    const events = newestFirst([raw(1, 'a', { x: 1 }), raw(2, 'b'), raw(3, 'c', { x: 1 })]);
    expect(eventsThat(events, ({ occurredAt }) => occurredAt < 3).map(({ eventId }) => eventId)).toEqual(['b', 'a']);
    const hasX = { matches: (metadata: RawEvent['metadata'], now: number) => 'x' in metadata && now === 9 };
    expect(matchingAt(events, hasX, 9)).toEqual([
      [3, 'c'],
      [1, 'a'],
    ]);
    expect(matchingAt(events, hasX, 8)).toEqual([]);
  });

  test('cannot be had by forgetting to order them: the compiler refuses any other list', () => {
    expectTypeOf<readonly RawEvent[]>().not.toExtend<NewestFirst<RawEvent>>();
    expectTypeOf<SeenEvent[]>().not.toExtend<NewestFirst<SeenEvent>>();
    expectTypeOf<NewestFirst<SeenEvent>>().toExtend<readonly SeenEvent[]>();
  });
});
