import { expect, test } from 'vitest';
import type { LeadEvent } from '../../shared/lead/change.ts';
import { byListOrder, createEventStore, type ListedEvent } from '../../shared/lead/event-store.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { createLoneClients } from '../races/lone-clients.ts';

const event = (eventId: string): LeadEvent => ({
  kind: 'lead_event',
  eventId,
  leadId: 'l1',
  eventType: 'Page View',
  occurredAt: Date.parse('2026-11-25T12:00:00Z'),
});

test('an event that came twice in one batch is removed, as it was stored, once', async () => {
  const store = createEventStore(createLoneClients().dynamodb, 'Events', 400);
  await store.put([event('e1'), event('e1'), event('e2')], [1, 1, 1]);
  await store.remove([event('e1'), event('e1')]);
  const left: string[] = [];
  for await (const { eventId } of store.ofLeads('Page View', shardOf('l1'), 'l1', 'l1')) left.push(eventId);
  expect(left).toEqual(['e2']);
});

test('events are listed newest first over all types, from any of them on', async () => {
  const store = createEventStore(createLoneClients().dynamodb, 'Events', 400);
  const moment = Date.parse('2026-11-25T12:00:00Z');
  const events = ['Call', 'Page View', 'Visit'].flatMap((eventType) =>
    [0, 0, 1, 2].map((later, index): LeadEvent => {
      return { ...event(`e#${index}`), eventType, occurredAt: moment + later };
    }),
  );
  await store.put(
    [...events, { ...event('other'), leadId: 'l1!' }],
    [...events, event('other')].map(() => 1),
  );
  const shown = ({ eventType, eventId, occurredAt }: ListedEvent) => `${occurredAt - moment} ${eventType} ${eventId}`;
  const expected = [...events].sort(byListOrder).map(shown);
  expect(expected.slice(0, 4)).toEqual(['2 Call e#3', '2 Page View e#3', '2 Visit e#3', '1 Call e#2']);
  for (const limit of [1, 2, 5, 20]) {
    const listed: ListedEvent[] = [];
    for (let after: ListedEvent | undefined; listed.length < expected.length; after = listed.at(-1)) {
      const ofTypes = await Promise.all(
        ['Call', 'Page View', 'Visit'].map(async (eventType) =>
          (await store.listed('l1', eventType, { since: 0, after, limit })).map((one) => ({ ...one, eventType })),
        ),
      );
      const page = ofTypes.flat().sort(byListOrder).slice(0, limit);
      expect(page).not.toHaveLength(0);
      listed.push(...page);
    }
    expect(listed.map(shown)).toEqual(expected);
  }
  const late = await store.listed('l1', 'Call', { since: moment + 1, limit: 9 });
  expect(late.map(({ eventId }) => eventId)).toEqual(['e#3', 'e#2']);
});
