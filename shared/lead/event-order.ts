import { isAfterInKeys } from '../id/id-in-key.ts';

/** One event a lead did, as event state keeps it: when (epoch ms) and which. */
export type SeenEvent = readonly [occurredAt: number, eventId: string];

/** One stored event of a lead, with what it was about. */
export interface RawEvent {
  readonly eventId: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

declare const inOrder: unique symbol;

/**
 * Events of one lead, newest first; those of one moment by their ids as they sort in keys, the last id first, so that every
 * order of arrival ends alike. Rules count from the newest event on and stop at the first outside their window, so no other
 * order may reach them: only the functions of this file make this type.
 */
export type NewestFirst<E extends SeenEvent | RawEvent> = readonly E[] & { readonly [inOrder]: true };

/** The newest `n` of a lead's events (left out: all of them), whatever order they come in. */
export function newestFirst<E extends SeenEvent | RawEvent>(
  events: readonly E[],
  n = Number.POSITIVE_INFINITY,
): NewestFirst<E> {
  const ordered = isNewestFirst(events) ? events : [...events].sort(byAge);
  return (ordered.length > n ? ordered.slice(0, n) : ordered) as NewestFirst<E>;
}

/** Those of the events for which `keeps` holds. */
export function eventsThat<E extends SeenEvent | RawEvent>(
  events: NewestFirst<E>,
  keeps: (event: E) => boolean,
): NewestFirst<E> {
  return events.filter(keeps) as readonly E[] as NewestFirst<E>;
}

/** Those of the events that match a condition at a moment (epoch ms). */
export function matchingAt(
  events: NewestFirst<RawEvent>,
  { matches }: { readonly matches: (metadata: RawEvent['metadata'], now: number) => boolean },
  now: number,
): NewestFirst<SeenEvent> {
  const seen: SeenEvent[] = [];
  for (const { occurredAt, eventId, metadata } of events) if (matches(metadata, now)) seen.push([occurredAt, eventId]);
  return newestFirst(seen);
}

/** No events at all. */
export const noEvents = newestFirst<never>([]);

/** Takes events of one lead one by one, in any order, and holds little more than the newest `n` of them. */
export class NewestEvents<E extends SeenEvent | RawEvent> {
  private events: E[] = [];
  private readonly n: number;

  constructor(n: number) {
    this.n = n;
  }

  add(event: E): void {
    this.events.push(event);
    // Twice as many: sorting for each event would cost more than keeping a few too many.
    if (this.events.length > 2 * this.n) this.events = [...this.newestFirst()];
  }

  newestFirst(): NewestFirst<E> {
    return newestFirst(this.events, this.n);
  }
}

const momentOf = (event: SeenEvent | RawEvent) => ('eventId' in event ? event.occurredAt : event[0]);
const idOf = (event: SeenEvent | RawEvent) => ('eventId' in event ? event.eventId : event[1]);

/** Below 0: `a` is the newer one. */
function byAge(a: SeenEvent | RawEvent, b: SeenEvent | RawEvent): number {
  const difference = momentOf(b) - momentOf(a);
  if (difference !== 0) return difference;
  if (idOf(a) === idOf(b)) return 0;
  return isAfterInKeys(idOf(a), idOf(b)) ? -1 : 1;
}

function isNewestFirst(events: readonly (SeenEvent | RawEvent)[]): boolean {
  for (let index = 1; index < events.length; index++) if (byAge(events[index - 1]!, events[index]!) > 0) return false;
  return true;
}
