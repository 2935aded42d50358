import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { catalogKey } from '../../shared/aws/segments-keys.ts';
import type { Json } from '../api-client.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();
const iso = (moment: number) => new Date(moment).toISOString();
const day = 86_400_000;

const entersAndExits = { 'detail-type': ['Lead Entered Segment', 'Lead Exited Segment'] };
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const hasVisited = { type: 'event_metadata', eventType: 'Page View', operator: 'exists', times: { atLeast: 2 } };
const seenToday = { type: 'lead_metadata', field: 'seen', operator: 'in_last_days', value: 1 };

/** What a client sees of a segment, without what the moment of asking decides. */
async function shownSegment(id: string): Promise<Json> {
  const { freshAsOf, ...segment } = await api().segment(id);
  const members = (await api().pages(`/segments/${id}/members`, 100)).flatMap((page) => page.members);
  return { segment, members };
}

describe('stopping and starting again on the same state', () => {
  test('keeps segments, leads, members, events and their numbers, and repeats nothing', async () => {
    const german = await api().create({ name: 'German', active: true, rules: [isGerman] });
    const visited = await api().create({ name: 'Visited', active: true, rules: [hasVisited] });
    const at = iso(Date.now());
    const leadIds = Array.from({ length: 30 }, (_, index) => `l${index}`);
    await running.current.send(
      'profileChanges',
      ...leadIds.map((leadId, index) => ({
        leadId,
        occurredAt: at,
        accountId: 'acme',
        attributes: { country: index % 2 ? 'DE' : 'AT' },
      })),
    );
    const visit = (leadId: string, eventId: string) => ({ leadId, eventId, eventType: 'Page View', occurredAt: at });
    await running.current.send('leadEvents', visit('l1', 'a'), visit('l1', 'b'), visit('l2', 'a'));
    await running.current.send('accountChanges', { accountId: 'acme', occurredAt: at, attributes: { city: 'Ulm' } });
    await settle();
    const before = [await shownSegment(german.id), await shownSegment(visited.id), (await api().get('/leads/l1')).body];
    expect(before[0].members).toHaveLength(15);
    const vocabulary = (await api().get('/vocabulary')).body;

    await running.restart();
    const bus = await running.current.listenToBus('after-restart', entersAndExits);
    await settle();
    const after = [await shownSegment(german.id), await shownSegment(visited.id), (await api().get('/leads/l1')).body];
    expect(after).toEqual(before);
    expect((await api().get('/vocabulary')).body).toEqual(vocabulary);

    await running.current.send('leadEvents', visit('l2', 'b'), visit('l1', 'b'));
    await running.current.send('profileChanges', {
      leadId: 'l1',
      occurredAt: iso(Date.now()),
      attributes: { country: null },
    });
    await settle();
    expect((await bus.details()).map(({ id }) => id).sort()).toEqual(
      [`l1:${german.id}:2`, `l2:${visited.id}:1`].sort(),
    );
    expect(await api().members(visited.id)).toEqual(['l1', 'l2']);
    expect((await api().segment(german.id)).memberCount).toBe(14);
    const { body } = await api().post('/preview', { fresh: true, rules: [isGerman], segmentId: german.id });
    expect(body).toMatchObject({ total: 14, leads: 30, entering: { total: 0 }, leaving: { total: 0 } });
  });

  test('loses no message that was sent just before, and ends what it had begun', async () => {
    const at = iso(Date.now());
    const leadIds = Array.from({ length: 250 }, (_, index) => `late-${index}`);
    const changes = leadIds.map((leadId) => ({ leadId, occurredAt: at, attributes: { late: true } }));
    await running.current.send('profileChanges', ...changes);
    const rules = [{ type: 'lead_metadata', field: 'late', operator: 'equals', value: true }];
    const { id } = await api().create({ name: 'Late', active: true, rules });
    await running.restart();
    await settle();
    expect(await api().members(id)).toEqual([...leadIds].sort());
    expect(await api().segment(id)).toMatchObject({ memberCount: 250, recalculation: { state: 'done' } });
  });

  test('makes up for moments that passed meanwhile', async () => {
    const { id } = await api().create({ name: 'Seen today', active: true, rules: [seenToday] });
    const moment = Date.now() + 5_000;
    const change = { leadId: 'timed', occurredAt: iso(Date.now()), attributes: { seen: iso(moment - day) } };
    await running.current.send('profileChanges', change);
    await settle();
    expect(await api().members(id)).toEqual(['timed']);
    await running.current.stop();
    await new Promise((resolve) => setTimeout(resolve, moment - Date.now()));
    await running.start();
    const bus = await running.current.listenToBus('made-up', entersAndExits);
    await expect
      .poll(
        async () => {
          running.current.fire('QueueDueLeads');
          await settle();
          return api().members(id);
        },
        { timeout: 60_000, interval: 500 },
      )
      .toEqual([]);
    const exits = await bus.details();
    expect(new Set(exits.map((detail) => detail.id))).toEqual(new Set([`timed:${id}:2`]));
    expect(exits[0]).toMatchObject({ reason: 'time_passed' });
    expect((await api().segment(id)).memberCount).toBe(0);
  });

  test('starts from the snapshot of the catalog, and from what was saved since', async () => {
    const catalog = async () => {
      const read = new GetCommand({ TableName: running.current.file.tables.segments!, Key: catalogKey });
      return (await running.current.dynamodb.send(read)).Item!;
    };
    const takeSnapshot = async () => {
      running.current.advanceClock(11 * 60_000);
      await expect
        .poll(
          async () => {
            running.current.fire('TendJobs');
            await settle();
            const { version, snapshot } = await catalog();
            return snapshot?.version === version;
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe(true);
    };
    const isIn = (city: string) => ({ type: 'lead_metadata', field: 'city', operator: 'equals', value: city });
    const ulm = await api().create({ name: 'Ulm', active: true, rules: [isIn('Ulm')] });
    const bern = await api().create({ name: 'Bern', active: true, rules: [isIn('Bern')] });
    await settle();
    await takeSnapshot();
    const linz = await api().create({ name: 'Linz', active: true, rules: [isIn('Linz')] });
    await settle();
    await takeSnapshot();
    await api().put(`/segments/${bern.id}/rules`, { rules: [isIn('Graz')] });
    await settle();
    await running.restart();
    const cities = ['Ulm', 'Bern', 'Linz', 'Graz'];
    const change = (city: string) => ({ leadId: city, occurredAt: iso(Date.now()), attributes: { city } });
    await running.current.send('profileChanges', ...cities.map(change));
    await settle();
    const members = await Promise.all([ulm, bern, linz].map(({ id }) => api().members(id)));
    expect(members).toEqual([['Ulm'], ['Graz'], ['Linz']]);
    expect(running.current.problems.filter((problem) => problem.includes('napshot'))).toEqual([]);
  });
});
