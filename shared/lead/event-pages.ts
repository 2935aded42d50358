import type { RawEvent } from './event-order.ts';

/** An event with the lead it belongs to. */
export type LeadsEvent = RawEvent & { readonly leadId: string };

/** A shard's events of one type from a lead on, in pages, sorted by lead, then moment and id. */
export type EventPages = (eventType: string, shard: string, fromLeadId: string) => AsyncIterable<readonly LeadsEvent[]>;
