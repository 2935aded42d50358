import { expect, test } from 'vitest';
import type { LeadEvent } from '../../shared/lead/change.ts';
import { createEventStore } from '../../shared/lead/event-store.ts';
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
