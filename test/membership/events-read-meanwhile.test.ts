import { expect, test } from 'vitest';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { type LeadEvent, leadEventSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { evaluateLeads, type LeadPorts } from '../../shared/membership/evaluate-leads.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';

const dayMs = 86_400_000;
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' } as const;
const isOnTrial = { type: 'lead_metadata', field: 'trialEnds', operator: 'in_next_days', value: 30 } as const;
const metLongAgo: Rule = {
  type: 'event_metadata',
  eventType: 'Form Submit',
  field: 'meetingAt',
  operator: 'more_than_days_ago',
  value: 5,
};
const meetsSoon: Rule = {
  type: 'event_metadata',
  eventType: 'Form Submit',
  field: 'meetingAt',
  operator: 'in_next_days',
  value: 5,
};

/** A world with one segment and a French lead that has submitted a form before. */
async function worldWith(...rules: Rule[]) {
  const world = new MemoryWorld();
  let serial = 0;
  const context = {
    ...{ catalogVersion: world.catalog.version, known: world.catalog.known, author: 'ada' },
    ...{ now: new Date(world.now - dayMs).toISOString(), newId: (prefix: string) => `${prefix}_${serial++}` },
  };
  const { after } = planCreate({ name: 'S', description: '', active: true, match: 'all', rules }, context);
  world.save(after!);
  const iso = (daysAhead: number) => new Date(world.now + daysAhead * dayMs).toISOString();
  const change = (country: string, daysAhead: number) => ({
    kind: 'profile_change' as const,
    ...profileChangeSchema.parse({
      leadId: 'l1',
      occurredAt: iso(daysAhead),
      attributes: { country, trialEnds: iso(1) },
    }),
  });
  const meeting = (eventId: string, daysAhead = Number.NaN): LeadEvent => {
    const event = { eventId, leadId: 'l1', eventType: 'Form Submit', occurredAt: iso(-1) };
    return {
      kind: 'lead_event',
      ...leadEventSchema.parse({ ...event, metadata: Number.isNaN(daysAhead) ? {} : { meetingAt: iso(daysAhead) } }),
    };
  };
  /** What the worker of events does with one. */
  const deliver = async (event: LeadEvent, ports: LeadPorts = world.ports) => {
    if (!world.events.some(({ eventId }) => eventId === event.eventId)) world.events.push(event);
    await evaluateLeads(ports, [{ leadId: 'l1', changes: [event] }]);
  };
  await evaluateLeads(world.ports, [{ leadId: 'l1', changes: [change('FR', -2)] }]);
  await deliver(meeting('without'));
  const isIn = () => isMember(world.documents.get('l1')!, after!.id);
  return { world, segmentId: after!.id, change, meeting, deliver, isIn };
}

test('an event that comes after another worker read the lead’s events, and flips nothing yet, is not lost to that worker', async () => {
  const { world, change, meeting, deliver, isIn } = await worldWith(isGerman, isOnTrial, metLongAgo);
  let isFirst = true;
  const ports: LeadPorts = {
    ...world.ports,
    events: {
      read: async (...asked) => {
        const read = await world.ports.events.read(...asked);
        if (isFirst) {
          isFirst = false;
          await deliver(meeting('new', -30));
        }
        return read;
      },
    },
  };
  await evaluateLeads(ports, [{ leadId: 'l1', changes: [change('DE', 0)] }]);
  expect(isIn()).toBe(true);
});

test('an event that comes after a page of events was read is not lost where the lead falls due before that page is evaluated', async () => {
  const { world, segmentId, meeting, deliver, isIn } = await worldWith(meetsSoon);
  await deliver(meeting('first', 1));
  expect(isIn()).toBe(true);
  const document = structuredClone(world.documents.get('l1')!);
  const condition = [...world.catalog.conditions.values()][0]!;
  const page = await world.ports.events.read('l1', condition, 1, world.now);
  await deliver(meeting('second', 4));
  world.now = document.dueAt!;
  const work = {
    ...{ leadId: 'l1', document, recalculate: { requestedAt: new Map([[segmentId, world.now]]) } },
    rawEvents: { catalogVersion: world.catalog.version, byCondition: new Map([[condition.id, page]]) },
  };
  await evaluateLeads(world.ports, [work]);
  expect(isIn()).toBe(true);
});

test('an event that can never matter leaves the document as it is', async () => {
  const { world, meeting, deliver } = await worldWith(meetsSoon);
  const before = world.documents.get('l1');
  await deliver(meeting('over', -100));
  expect(world.documents.get('l1')).toBe(before);
});
