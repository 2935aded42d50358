import { newestFirst, type SeenEvent } from './event-order.ts';
import type { EventState } from './lead-document.ts';

/** Whether the state answers questions about the newest `n` events. */
export function knowsNewest(state: EventState | undefined, n: number): boolean {
  return state !== undefined && (state.n >= n || state.newest.length < state.n);
}

/**
 * Adds events to a state: a union, so adding one twice changes nothing. It keeps at most `n`, and never claims more than
 * the state knew. Returns the same object when nothing changed.
 */
export function addEvents(state: EventState, events: readonly SeenEvent[], n: number): EventState {
  const isComplete = state.newest.length < state.n;
  const keep = isComplete ? n : Math.min(state.n, n);
  const known = new Set(state.newest.map(([occurredAt, eventId]) => `${occurredAt} ${eventId}`));
  const added = events.filter(([occurredAt, eventId]) => !known.has(`${occurredAt} ${eventId}`));
  if (added.length === 0 && keep === state.n) return state;
  const distinct = new Map([...state.newest, ...added].map((event) => [`${event[0]} ${event[1]}`, event]));
  const newest = newestFirst([...distinct.values()], keep);
  const isSame =
    keep === state.n && newest.length === state.newest.length && newest.every((e, i) => e === state.newest[i]);
  return isSame ? state : { n: keep, newest };
}
