import { mapConcurrently } from '../../shared/batch/batch.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { leadRoutes } from '../../shared/http/routes/lead-routes.ts';
import { byListOrder } from '../../shared/lead/event-store.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { dayMs } from '../../shared/rule/value.ts';
import type { ApiWorld } from './api-world.ts';

const typesAtOnce = 8;
/** Characters of JSON that an answer may hold before its last event: Lambda answers up to 6 MB. */
const maximumCharacters = 1_500_000;

/** A page of a lead's events, newest first; shorter where these are long. */
export async function listLeadEvents(
  { events, catalog, now }: ApiWorld,
  { leadId, eventTypes, deletedAt = 0 }: LeadDocument,
  { limit, cursor, eventType }: QueryOf<typeof leadRoutes.listLeadEvents>,
) {
  const { context } = await catalog.current();
  // What is older does not count any more, nor what happened before the lead was deleted, if it was.
  const since = Math.max(now() - context.eventRetentionDays * dayMs, deletedAt + 1);
  const types = eventTypes.filter((type) => eventType === undefined || type === eventType);
  const found = await mapConcurrently(types, typesAtOnce, async (type) =>
    (await events.listed(leadId, type, { since, after: cursor, limit: limit + 1 })).map((event) => ({
      ...{ eventId: event.eventId, eventType: type, occurredAt: event.occurredAt, metadata: event.metadata },
    })),
  );
  const all = found.flat().sort(byListOrder);
  const page: typeof all = [];
  for (let characters = 0; page.length < Math.min(limit, all.length) && characters <= maximumCharacters; ) {
    const event = all[page.length]!;
    page.push(event);
    characters += JSON.stringify(event).length;
  }
  const last = page.at(-1);
  const more = last !== undefined && page.length < all.length;
  return {
    events: page.map((event) => ({ ...event, occurredAt: new Date(event.occurredAt).toISOString() })),
    ...(more && {
      cursor: cursorOf({ eventType: last.eventType, eventId: last.eventId, occurredAt: last.occurredAt }),
    }),
  };
}
