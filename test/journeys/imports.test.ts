import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readImportOptions } from '../../tools/import/import-options.ts';
import { type ImportTold, importThroughApi, refusedRowsOf } from '../../tools/import/import-through-api.ts';
import type { Json } from '../api-client.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;

/** Has a file put where the API says, and looked at. */
async function inspected(content: string): Promise<Json> {
  const { importId, upload } = (await api().post('/imports', { fileName: 'attendees.csv' })).body;
  expect((await fetch(upload.url, { method: upload.method, body: content })).status).toBe(200);
  expect((await api().post(`/imports/${importId}/inspect`)).status).toBe(202);
  await running.current.settle();
  return (await api().get(`/imports/${importId}`)).body;
}

describe('an import', () => {
  test('of a file makes leads, events and members of it, and keeps what it refused', async () => {
    const hot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
    const attended = { type: 'event_metadata', eventType: 'Webinar', field: 'topic', operator: 'equals', value: 'Law' };
    const segment = await api().create({ name: 'Hot attendees', active: true, rules: [hot, attended] });
    const never = { type: 'lead_metadata', field: 'Name', operator: 'equals', value: 'Nobody' };
    const guests = await api().create({ name: 'Guests of the fair', active: true, rules: [never] });
    const occurredAt = new Date(running.current.now() - 60_000).toISOString();
    await running.current.send('profileChanges', { leadId: 'guest-of-last-year', occurredAt, attributes: {} });
    await running.current.settle();
    const leadIds = ['guest-of-last-year'];
    expect((await api().post(`/segments/${guests.id}/members`, { leadIds })).status).toBe(200);
    const lines = ['"Email";"Name";"Score";"Joined";"Topic"'];
    for (let index = 0; index < 450; index++) {
      lines.push(`Lead-${index}@x.example;Lead ${index};${index % 2 ? 'Hot' : 'Cold'};2026-11-0${(index % 9) + 1};Law`);
    }
    lines.push(';Nobody;Hot;2026-11-01;Law');
    const { importId, inspection } = await inspected(lines.join('\r\n'));
    const mapping = {
      ...inspection.suggestedMapping,
      engagementLevel: 'Score',
      events: [{ eventType: 'Webinar', momentColumn: 'Joined', fields: { topic: 'Topic' } }],
    };
    expect((await api().put(`/imports/${importId}/mapping`, mapping)).status).toBe(200);
    expect((await api().post(`/imports/${importId}/dry-run`)).status).toBe(202);
    await running.current.settle();
    const { dryRun } = (await api().get(`/imports/${importId}`)).body;
    expect(dryRun.leads).toMatchObject({
      rows: 451,
      new: 450,
      segments: [{ name: 'Hot attendees', entering: { total: 225 } }],
    });
    const act = { segmentId: guests.id, action: 'add', replace: true };
    expect((await api().post(`/imports/${importId}/start`, { segment: act })).status).toBe(202);
    await running.current.settle();
    let done: Json;
    for (let tries = 0; tries < 5 && done?.state !== 'done'; tries++) {
      // SQS counts messages within a minute: until then nobody knows that all are taken in.
      running.current.advanceClock(75_000);
      await running.current.settle();
      done = (await api().get(`/imports/${importId}`)).body;
    }
    expect(done).toMatchObject({
      state: 'done',
      progress: { rows: 451, refusedRows: 1, sent: { profile: 450, level: 450, event: 450 } },
      segment: { ...act, rows: 451, done: 450, unchanged: 0, failed: 0, lifted: 1 },
    });
    expect(await api().members(segment.id)).toHaveLength(225);
    const members = await api().members(guests.id);
    expect([members.length, members.includes('guest-of-last-year')]).toEqual([450, false]);
    const { url } = (await api().get(`/imports/${importId}/refused`)).body;
    expect(await (await fetch(url)).text()).toContain(',Nobody,Hot,2026-11-01,Law,');
    expect((await api().get('/health')).body.status).toBe('ok');
  });

  test('from the command line makes the leads of a file members of a segment, through the API', async () => {
    const never = { type: 'lead_metadata', field: 'Name', operator: 'equals', value: 'Nobody' };
    const pinned = await api().create({ name: 'Speakers', active: true, rules: [never] });
    await running.current.settle();
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    const file = join(folder, 'speakers.csv');
    writeFileSync(file, 'Email;Name\nann@x.example;Ann\n;Nobody\nbob@x.example;Bob\n');
    const options = readImportOptions(
      [file, '--lead-id', 'Email', '--segment', pinned.id, '--pin', '--api', running.current.file.apiUrl],
      new Date(),
    )!;
    const { known, mapping, throughApi } = options;
    const { segment, api: address } = throughApi!;
    const rows: number[] = [];
    const progress = { at: (_bytes: number, read: number) => rows.push(read), say: () => {}, stop: () => {} };
    const { signal } = new AbortController();
    const job = { file, known, mapping: mapping!, segment };
    let told: ImportTold | undefined;
    const ending = importThroughApi(job, address, { progress, signal }).then((ended) => {
      told = ended;
    });
    for (let tries = 0; tries < 60 && !told; tries++) {
      await Promise.race([ending, new Promise((resolve) => setTimeout(resolve, 500))]);
      running.current.advanceClock(75_000);
      await running.current.settle();
    }
    await ending;
    expect(told).toMatchObject({ state: 'done', segment: { action: 'pin', done: 2, failed: 0 } });
    expect(rows.at(-1)).toBe(3);
    expect((await api().members(pinned.id)).sort()).toEqual(['ann@x.example', 'bob@x.example']);
    expect(await refusedRowsOf(told!.importId, address)).toContain('Nobody');
    await expect(
      importThroughApi({ ...job, segment: { ...segment, segmentId: 'seg_none' } }, address, { progress, signal }),
    ).rejects.toThrow(/start: 422 .*seg_none/);
    rmSync(folder, { recursive: true });
  });
});
