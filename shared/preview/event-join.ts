import { isAfterInKeys } from '../id/id-in-key.ts';
import { NewestEvents, type NewestFirst, noEvents, type SeenEvent } from '../lead/event-order.ts';
import type { EventPages, LeadsEvent } from '../lead/event-pages.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { EventCondition } from '../rule/event-condition.ts';

/** An event condition, and how many of the newest matching events are needed. */
export interface NeededCondition {
  readonly condition: EventCondition;
  readonly n: number;
}

/** The newest events that match a condition, of a page's leads. */
export interface JoinedEvents {
  readonly of: (conditionKey: string, leadId: string) => NewestFirst<SeenEvent>;
}

/**
 * Joins the leads of one shard with their events: both come sorted by lead, so one pass over each suffices, and no more
 * is held than a page of either and the newest events of the page's leads.
 */
export class EventJoin {
  private readonly pagesFrom: EventPages;
  private readonly shard: string;
  private readonly now: number;
  private readonly cursors = new Map<string, EventCursor>();

  constructor(pagesFrom: EventPages, shard: string, now: number) {
    this.pagesFrom = pagesFrom;
    this.shard = shard;
    this.now = now;
  }

  /** The events of a page of leads. Pages must follow each other. */
  async join(leads: readonly LeadDocument[], conditions: readonly NeededCondition[]): Promise<JoinedEvents> {
    const newest = new Map(
      conditions.map(({ condition }) => [condition.key, new Map<string, NewestEvents<SeenEvent>>()]),
    );
    const joined: JoinedEvents = { of: (key, leadId) => newest.get(key)?.get(leadId)?.newestFirst() ?? noEvents };
    const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
    if (first === undefined || last === undefined) return joined;
    const deletedAt = new Map(
      leads.flatMap((lead) => (lead.deletedAt ? [[lead.leadId, lead.deletedAt] as const] : [])),
    );
    for (const eventType of new Set(conditions.map(({ condition }) => condition.eventType))) {
      const ofType = conditions.filter(({ condition }) => condition.eventType === eventType);
      const cursor = this.cursorOf(eventType, first);
      await cursor.readUntil(last, (event) => {
        // What happened up to a lead's deletion does not exist.
        if (event.occurredAt <= (deletedAt.get(event.leadId) ?? 0)) return;
        for (const needed of ofType) keepNewest(newest.get(needed.condition.key)!, event, needed, this.now);
      });
    }
    return joined;
  }

  private cursorOf(eventType: string, fromLeadId: string): EventCursor {
    const known = this.cursors.get(eventType);
    if (known) return known;
    const cursor = new EventCursor(this.pagesFrom(eventType, this.shard, fromLeadId)[Symbol.asyncIterator]());
    this.cursors.set(eventType, cursor);
    return cursor;
  }
}

function keepNewest(
  byLead: Map<string, NewestEvents<SeenEvent>>,
  event: LeadsEvent,
  { condition, n }: NeededCondition,
  now: number,
): void {
  if (!condition.matches(event.metadata, now)) return;
  const newest = byLead.get(event.leadId) ?? new NewestEvents(n);
  byLead.set(event.leadId, newest);
  newest.add([event.occurredAt, event.eventId]);
}

/** A place in a sorted stream of events. */
class EventCursor {
  private readonly pages: AsyncIterator<readonly LeadsEvent[]>;
  private page: readonly LeadsEvent[] = [];
  private index = 0;
  private isAtEnd = false;

  constructor(pages: AsyncIterator<readonly LeadsEvent[]>) {
    this.pages = pages;
  }

  /** Reads on to the last event of that lead; the one after it stays for the next time. */
  async readUntil(lastLeadId: string, read: (event: LeadsEvent) => void): Promise<void> {
    while (!this.isAtEnd) {
      for (; this.index < this.page.length; this.index++) {
        const event = this.page[this.index]!;
        if (isAfterInKeys(event.leadId, lastLeadId)) return;
        read(event);
      }
      const next = await this.pages.next();
      this.isAtEnd = next.done === true;
      this.page = next.done ? [] : next.value;
      this.index = 0;
    }
  }
}
