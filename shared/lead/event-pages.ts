import type { RawEvent } from './event-order.ts';

/** An event with the lead it belongs to. */
export type LeadsEvent = RawEvent & { readonly leadId: string };

/**
 * A shard's events of one type from a lead on, in pages, sorted by lead, then moment and id. A scan says when its time is
 * up: it may have to wait for a page, and then throws `TimeUp`.
 */
export type EventPages = (
  eventType: string,
  shard: string,
  fromLeadId: string,
  isTimeUp?: () => boolean,
) => AsyncIterable<readonly LeadsEvent[]>;
