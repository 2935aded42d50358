import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import type { DryRun } from '../../shared/import/dry-run.ts';
import { changeOf } from '../../shared/import/dry-run.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { isMember, type LeadDocument } from '../../shared/lead/lead-document.ts';
import { evaluateLeads } from '../../shared/membership/evaluate-leads.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { importWorld } from './import-world.ts';

const mapping: ImportMapping = {
  kind: 'leads',
  leadId: 'Email',
  engagementLevel: 'Score',
  events: [{ eventType: 'Webinar', momentColumn: 'Joined', fields: { topic: 'Topic' } }],
  columns: [],
  constants: [],
  slugIds: false,
  exactIds: false,
};

const segments: Record<string, Rule> = {
  germans: { type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'DE' },
  hot: { type: 'engagement_level', operator: 'equals', value: 'Hot' },
  lawyers: {
    ...{ type: 'event_metadata', eventType: 'Webinar', field: 'topic', operator: 'equals', value: 'Law' },
    times: { atLeast: 2 },
  },
};

function worldWithSegments(): MemoryWorld {
  const world = new MemoryWorld();
  world.now = Date.parse('2026-11-28T12:00:00Z');
  for (const [id, rule] of Object.entries(segments)) {
    const content = { name: id, description: '', active: true, match: 'all' as const, rules: [rule] };
    const { after } = planCreate(content, {
      catalogVersion: world.catalog.version,
      known: world.catalog.known,
      now: new Date(world.now).toISOString(),
      author: 'ada',
      newId: (prefix) => (prefix === 'seg' ? id : `${prefix}_${id}`),
    });
    world.save(after!);
  }
  return world;
}

const row = fc.record({
  email: fc.constantFrom('ann@x.example', 'bob@x.example', 'cy@x.example', 'di@x.example', ''),
  country: fc.constantFrom('DE', 'AT', ''),
  score: fc.constantFrom('Hot', 'Cold', ''),
  joined: fc.constantFrom('2026-11-01', '2026-11-02', 'soon', ''),
  topic: fc.constantFrom('Law', 'Art', ''),
});
const fileOf = (rows: readonly Record<string, string>[]) =>
  ['Email,Country,Score,Joined,Topic', ...rows.map((one) => Object.values(one).join(','))].join('\n');

/** Imports a file as the workers of the queues would take it in. */
async function imported(world: MemoryWorld, content: string): Promise<void> {
  const { prepare, lookAfter, sent } = importWorld(content, mapping);
  await prepare();
  await lookAfter();
  for (const { queue, body } of sent) {
    const change = changeOf(queue, JSON.parse(body))!;
    if (change.kind === 'lead_event') {
      if (world.events.some(({ eventId, leadId }) => eventId === change.eventId && leadId === change.leadId)) continue;
      world.events.push(change);
    }
    await evaluateLeads(world.ports, [{ leadId: change.leadId, changes: [change] }]);
  }
}

const membersOf = (documents: ReadonlyMap<string, LeadDocument>, segmentId: string) =>
  [...documents.values()].filter((one) => isMember(one, segmentId)).map(({ leadId }) => leadId);

test('a dry run tells exactly who enters and leaves, and writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.array(row, { minLength: 1, maxLength: 12 }), async (a, b) => {
      const world = worldWithSegments();
      if (a.length > 0) await imported(world, fileOf(a));
      const before = structuredClone(world.documents);
      const tried = importWorld(fileOf(b), mapping, { leads: world.ports });
      await tried.prepare();
      tried.world.job = { ...tried.world.job!, state: 'trying' };
      expect(await tried.lookAfter()).toBeUndefined();
      expect(world.documents).toEqual(before);
      expect(tried.sent).toEqual([]);
      expect(tried.world.job).toMatchObject({ state: 'ready', dryRun: expect.any(String) });
      const told: DryRun = tried.json(`dry-run-${tried.world.job!.dryRun}`);

      await imported(world, fileOf(b));
      for (const segmentId of Object.keys(segments)) {
        const [was, is] = [membersOf(before, segmentId), membersOf(world.documents, segmentId)];
        const moves = told.leads!.segments.find((one) => one.segmentId === segmentId);
        const entering = is.filter((leadId) => !was.includes(leadId));
        const leaving = was.filter((leadId) => !is.includes(leadId));
        expect([...(moves?.entering.leadIds ?? [])].sort()).toEqual(entering.sort());
        expect([...(moves?.leaving.leadIds ?? [])].sort()).toEqual(leaving.sort());
      }
      expect(told.leads!.new).toBe(world.documents.size - before.size);
    }),
    { numRuns: 60 },
  );
});

test('a dry run tells what is the same, what is wrong, and that the file goes on', async () => {
  const world = worldWithSegments();
  const content =
    'Email,Country,Score,Joined,Topic\nann@x.example,DE,Hot,2026-11-01,Law\nbob@x.example,AT,,soon,\n,AT,,,\n';
  await imported(world, content);
  const tried = importWorld(content.replace('AT', 'DE'), mapping, { leads: world.ports });
  await tried.prepare();
  tried.world.job = { ...tried.world.job!, state: 'trying' };
  await tried.lookAfter();
  expect(tried.json(`dry-run-${tried.world.job.dryRun}`)).toMatchObject({
    ...{ rows: 3, refusedRows: 1, isWhole: true, sent: { profile: 2, level: 1, event: 1 } },
    refused: [{ reason: 'no lead id', lines: [4] }],
    leftOut: [{ reason: 'event: no date or moment; left out', lines: [3] }],
    leads: {
      ...{ rows: 3, new: 0, changed: 1, unchanged: 1, failed: 0 },
      segments: [{ segmentId: 'germans', entering: { total: 1, leadIds: ['bob@x.example'] }, leaving: { total: 0 } }],
    },
  });
});
