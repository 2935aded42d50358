import { describe, expect, test } from 'vitest';
import type { EventPages, LeadsEvent } from '../../shared/lead/event-pages.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { EventJoin } from '../../shared/preview/event-join.ts';
import { compileEventCondition } from '../../shared/rule/event-condition.ts';
import type { EventRule } from '../../shared/rule/rule.ts';

const now = 1_000_000;
const viewed = (path: string): EventRule => ({
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: path,
});
const submitted: EventRule = { type: 'event_metadata', eventType: 'Form Submit', operator: 'exists' };
const needed = (rule: EventRule, n: number) => ({ condition: compileEventCondition(rule), n });
const leads = (...ids: string[]) => ids.map((id) => unknownLead(id));
const event = (leadId: string, occurredAt: number, path = '/'): LeadsEvent => ({
  leadId,
  occurredAt,
  eventId: `${leadId}-${occurredAt}`,
  metadata: { path },
});

/** Streams of pages of that many events, and how often each type was opened, and from which lead. */
function streams(byType: Record<string, readonly LeadsEvent[]>, pageSize: number) {
  const opened: string[] = [];
  let pages = 0;
  const pagesFrom: EventPages = async function* (eventType, shard, from) {
    opened.push(`${eventType} ${shard} ${from}`);
    const events = (byType[eventType] ?? []).filter(({ leadId }) => leadId >= from);
    for (let start = 0; start < events.length; start += pageSize) {
      pages++;
      yield events.slice(start, start + pageSize);
    }
  };
  return { pagesFrom, opened, pagesRead: () => pages };
}

describe('a join of leads with their events', () => {
  const views = [
    event('a', 1, '/pricing'),
    event('a', 2, '/home'),
    event('a', 3, '/pricing'),
    event('a', 4, '/pricing'),
    event('aa', 9, '/pricing'),
    event('c', 5, '/pricing'),
    event('unknown', 6, '/pricing'),
  ];

  test.each([1, 2, 3, 100])('gives each lead its newest matching events, with pages of %i', async (pageSize) => {
    const { pagesFrom, opened } = streams({ 'Page View': views, 'Form Submit': [event('c', 7)] }, pageSize);
    const join = new EventJoin(pagesFrom, '07', now);
    const pricing = needed(viewed('/pricing'), 2);
    const forms = needed(submitted, 1);
    const first = await join.join(leads('a', 'b'), [pricing, forms]);
    expect(first.of(pricing.condition.key, 'a')).toEqual([
      [4, 'a-4'],
      [3, 'a-3'],
    ]);
    expect(first.of(forms.condition.key, 'a')).toEqual([]);
    const second = await join.join(leads('c', 'd'), [pricing, forms]);
    expect(second.of(pricing.condition.key, 'c')).toEqual([[5, 'c-5']]);
    expect(second.of(forms.condition.key, 'c')).toEqual([[7, 'c-7']]);
    expect(opened.sort()).toEqual(['Form Submit 07 a', 'Page View 07 a']);
  });

  test('reads no further than its leads, and begins where a condition joins in', async () => {
    const { pagesFrom, opened, pagesRead } = streams({ 'Page View': views }, 2);
    const join = new EventJoin(pagesFrom, '07', now);
    const pricing = needed(viewed('/pricing'), 1);
    await join.join(leads('a'), []);
    await join.join(leads('aa'), [pricing]);
    expect(pagesRead()).toBe(1);
    const later = await join.join(leads('c'), [pricing, needed(viewed('/home'), 1)]);
    expect(later.of(pricing.condition.key, 'c')).toEqual([[5, 'c-5']]);
    expect(opened).toEqual(['Page View 07 aa']);
  });

  test('leaves out what happened before a lead was deleted', async () => {
    const { pagesFrom } = streams({ 'Page View': views }, 100);
    const pricing = needed(viewed('/pricing'), 3);
    const [deleted] = leads('a');
    const joined = await new EventJoin(pagesFrom, '07', now).join([{ ...deleted!, deletedAt: 3 }], [pricing]);
    expect(joined.of(pricing.condition.key, 'a')).toEqual([[4, 'a-4']]);
  });

  test('of no leads reads nothing', async () => {
    const { pagesFrom, opened } = streams({ 'Page View': views }, 1);
    await new EventJoin(pagesFrom, '07', now).join([], [needed(viewed('/'), 1)]);
    expect(opened).toEqual([]);
  });
});
