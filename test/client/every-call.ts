// What somebody writes who has generated a client of `openapi.json`: compiled and run by generated-client.test.ts, which
// makes the client. So nothing of this repository is imported here.
import { strict as assert } from 'node:assert';
import { handle, ok } from '@oazapfts/runtime';
import * as client from 'generated-client';

const occurredAt = new Date(Date.now() - 60_000).toISOString();
const isIn = (value: string): client.Rule => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value });
const isGerman = isIn('DE');
const readPricing: client.Rule = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pricing',
  times: { atLeast: 1 },
  withinDays: 30,
};

/** Makes every call of the API at that address, each as the contract has it. */
export async function everyCall(baseUrl: string): Promise<void> {
  client.defaults.baseUrl = baseUrl;

  const sent = await ok(
    client.sendChanges(
      {
        changes: [
          { kind: 'profile_change', leadId: 'ada', occurredAt, accountId: 'acme', attributes: { country: 'DE' } },
          { kind: 'profile_change', leadId: 'bob', occurredAt, attributes: { country: 'AT' } },
          { kind: 'level_change', leadId: 'ada', occurredAt, engagementLevel: 'Hot' },
          {
            kind: 'lead_event',
            leadId: 'ada',
            eventId: 'e-1',
            eventType: 'Page View',
            occurredAt,
            metadata: { path: '/pricing' },
          },
          { kind: 'account_change', accountId: 'acme', occurredAt, accountLevel: 'Target' },
        ],
      },
      { idempotencyKey: 'the first changes' },
    ),
  );
  assert.deepEqual(
    sent.results.map(({ result }) => result),
    Array(5).fill('queued'),
  );
  await until(async () => (await client.getLead('bob')).status === 200 && (await client.getLead('ada')).status === 200);

  // Segments.
  const content: client.CreateSegmentBody = { name: 'Germans', active: true, rules: [isGerman] };
  const dry = await client.createSegment(content, { dryRun: 'true' });
  assert.equal(dry.status, 200);
  const created = await client.createSegment(content, { idempotencyKey: 'the first segment' });
  assert(created.status === 201);
  const { id } = created.data;
  assert.equal(created.headers.get('location'), `/segments/${id}`);
  const again = await client.createSegment(content, { idempotencyKey: 'the first segment' });
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true']);
  const copied = await client.copySegment(id, { name: 'Germans of ours' });
  assert(copied.status === 201);
  const copy = copied.data.id;
  const read = await client.getSegment(id, { waitFor: 'revision' });
  assert(read.status === 200 && read.data.recalculation?.state === 'done');
  const unchanged = await client.getSegment(copy, {
    ifNoneMatch: (await client.getSegment(copy)).headers.get('etag') ?? '',
  });
  assert([200, 304].includes(unchanged.status));
  assert.equal((await ok(client.listSegments({ q: 'german', sort: '-name', limit: 1 }))).total, 2);
  assert.equal((await client.changeSegment(copy, { description: 'Copied' }, { ifMatch: '"1"' })).status, 200);
  assert.equal((await client.changeSegment(copy, { description: 'Late' }, { ifMatch: '"1"' })).status, 412);
  assert.deepEqual((await ok(client.listDependants(id))).dependants, []);
  assert.equal((await client.recalculateSegment(id)).status, 202);

  // Rules and revisions.
  const { rules } = await ok(client.getRules(id));
  const ruleId = rules[0]!.id;
  assert.equal((await client.saveRules(copy, { match: 'any', rules: [isGerman, readPricing] })).status, 200);
  assert.equal((await client.getRule(id, ruleId)).status, 200);
  const added = await client.addRule(copy, isIn('CH'));
  assert(added.status === 201);
  assert.equal((await client.replaceRule(copy, added.data.id, isIn('LI'))).status, 200);
  assert.equal((await client.deleteRule(copy, added.data.id)).status, 204);
  const { revisions } = await ok(client.listRevisions(copy, { limit: 2 }));
  assert.equal(revisions.length, 2);
  assert.equal((await client.getRevision(copy, '1')).status, 200);
  assert.equal((await client.restoreRevision(copy, '1')).status, 200);

  // Members.
  const change = await ok(
    client.changeMembers(id, { leadIds: ['bob', 'nobody'], action: 'add', reason: 'Met at the fair' }),
  );
  assert.deepEqual(
    change.results.map(({ result }) => result),
    ['done', 'unknown_lead'],
  );
  await until(async () => (await ok(client.listMembers(id))).members.length === 2);
  assert.equal((await client.removeMember(id, 'bob', { exclude: 'true', reason: 'Asked us to' })).status, 204);
  const job = await client.createMemberJob(
    id,
    { rules: [isGerman], action: 'pin', reason: 'Ours' },
    { idempotencyKey: 'pinned' },
  );
  assert(job.status === 202);
  const { jobId } = job.data;
  assert.equal(job.headers.get('location'), `/segments/${id}/member-jobs/${jobId}`);
  await until(async () => (await ok(client.getMemberJob(id, jobId))).state === 'done');
  assert.equal((await ok(client.getMemberJob(id, jobId))).done, 1);
  assert.equal((await client.cancelMemberJob(id, jobId)).status, 409);
  assert.equal((await ok(client.listMemberJobs(id, { limit: 1 }))).jobs[0]?.jobId, jobId);
  const found = await ok(client.lookUpMemberships({ leadIds: ['ada', 'bob'] }));
  assert.deepEqual(
    found.results.map(({ leadId }) => leadId),
    ['ada', 'bob'],
  );
  assert((await ok(client.getActivity(id, { days: 7 }))).days.length === 7);
  assert.equal((await ok(client.compareSegments(id, copy))).both, 0);
  assert.equal((await ok(client.compareManySegments(`${id},${copy}`))).regions.length, 3);
  const csv = await client.exportSegment(id, { fields: 'country' });
  assert(csv.status === 200 && csv.data.startsWith('leadId,'));
  assert.equal((await client.getExport('exp_00000000000000000000000000')).status, 404);

  // Imports.
  const begun = await client.createImport({ fileName: 'people.csv' }, { idempotencyKey: 'the first import' });
  assert(begun.status === 201 && begun.data.upload);
  const { importId, upload } = begun.data;
  const put = await fetch(upload.url, {
    method: upload.method,
    body: 'Email,City\ncy@x.example,Bern\ndi@x.example,\n,Ulm\n',
  });
  assert.equal(put.status, 200);
  assert.equal((await client.startImport(importId)).status, 409);
  assert.equal((await client.inspectImport(importId, { separator: ',' })).status, 202);
  await until(async () => (await ok(client.getImport(importId))).state === 'ready');
  const { inspection } = await ok(client.getImport(importId));
  assert.equal((await client.mapImport(importId, inspection!.suggestedMapping!)).status, 200);
  assert.equal((await client.tryImport(importId)).status, 202);
  await until(async () => (await ok(client.getImport(importId))).dryRun?.leads?.new === 2);
  assert.equal((await client.saveMapping('People', inspection!.suggestedMapping!)).status, 200);
  assert.equal((await ok(client.getMapping('People'))).mapping.kind, 'leads');
  assert.equal((await client.startImport(importId, { mappingName: 'People' })).status, 202);
  assert.equal((await ok(client.listMappings())).mappings.length, 1);
  assert.equal((await client.deleteMapping('People')).status, 204);
  await until(async () => (await ok(client.getImport(importId))).state === 'done');
  assert.equal((await ok(client.getImport(importId))).progress?.refusedRows, 1);
  assert((await (await fetch((await ok(client.getRefusedRows(importId))).url)).text()).includes('Ulm'));
  assert.equal((await client.cancelImport(importId)).status, 409);
  assert.equal((await ok(client.listImports({ limit: 1 }))).imports[0]?.importId, importId);
  for (const leadId of ['cy@x.example', 'di@x.example']) {
    await until(async () => (await client.getLead(leadId)).status === 200);
    assert.equal((await client.deleteLead(leadId)).status, 204);
  }

  // Previews.
  const preview = await ok(client.previewRules({ rules: [isGerman, readPricing], segmentId: id }));
  assert.deepEqual([preview.total, preview.exact], [1, true]);
  await handle(client.getPreview('prv_00000000000000000000000000'), {
    404: ({ code, requestId }) => assert.deepEqual([code, typeof requestId], ['not_found', 'string']),
    default: () => assert.fail('There is no such preview'),
  });
  assert.equal((await client.deletePreview('prv_00000000000000000000000000')).status, 404);

  // Leads.
  assert.equal((await ok(client.listLeads({ limit: 10 }))).leads.length, 2);
  assert.equal((await ok(client.listLeads({ q: 'ADA' }))).leads[0]?.leadId, 'ada');
  assert.deepEqual(
    (await ok(client.searchLeads({ rules: [isGerman] }))).leads.map(({ leadId }) => leadId),
    ['ada'],
  );
  assert.equal((await ok(client.getLead('ada'))).engagementLevel, 'Hot');
  assert.deepEqual(
    (await ok(client.listLeadSegments('ada'))).segments.map((segment) => segment.id),
    [id],
  );
  assert.equal((await ok(client.explainMembership('ada', id))).member, true);
  assert((await ok(client.listTimeline('ada'))).transitions.length > 0);
  assert.equal((await ok(client.listLeadEvents('ada', { eventType: 'Page View' }))).events[0]?.eventId, 'e-1');

  // What rules can be made of, and the service itself.
  const { levels } = await ok(client.getVocabulary());
  assert.equal((await client.saveLevels('engagement', { levels: levels.engagement })).status, 200);
  assert.equal((await client.saveDisplay({ name: ['country'] })).status, 200);
  assert.deepEqual((await ok(client.countValues('lead:country'))).values, []);
  assert.equal((await client.saveHidden({ hidden: ['lead:contry'] })).status, 200);
  assert.equal((await ok(client.listTemplates())).templates.length, 12);
  assert.equal((await ok(client.getHealth())).queues.leadEvents.deadLetters, 0);
  assert.deepEqual((await ok(client.getDeadLetters())).queues, []);
  assert.equal((await ok(client.getOpenapi())).openapi, '3.1.0');

  // The end.
  assert.equal((await client.deleteLead('bob')).status, 204);
  assert.equal((await client.deleteSegment(copy)).status, 204);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries === 100) throw new Error('It did not come to be so within 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
