import { csvParse } from 'd3-dsv';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parquetTable } from '../export/read-parquet.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const comesFrom = (value: string) => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value });

const ids = { germans: '', pilots: '', frozen: '' };
beforeAll(async () => {
  const create = async (name: string, rule: object) =>
    (await opened.client.create({ name, active: true, rules: [rule] })).id;
  ids.germans = await create('Germans', comesFrom('DE'));
  ids.pilots = await create('Pilots, all', { ...comesFrom('Pilot'), field: 'job, title' });
  ids.frozen = await create('Frozen', comesFrom('DE'));
  await opened.settle();
  await opened.change(
    'profileChanges',
    ...[
      { leadId: 'ann', occurredAt, attributes: { country: 'DE', 'job, title': 'Pilot', visits: 5, tags: ['a', 'b'] } },
      { leadId: 'bob', occurredAt, attributes: { country: 'DE', opted: true } },
      { leadId: 'cleo', occurredAt, attributes: { country: 'FR', 'job, title': 'Pilot' } },
    ],
  );
  await opened.project();
  await opened.client.patch(`/segments/${ids.frozen}`, { active: false });
});

async function exported(query: Record<string, string>) {
  const path = `/segments/${ids.germans}/export?${new URLSearchParams(query)}`;
  const { status, headers, bytes } = await opened.send({ method: 'GET', path });
  return { status, type: headers['content-type'], disposition: headers['content-disposition'], bytes };
}
const byLead = <Row extends { readonly leadId?: string | undefined }>(rows: readonly Row[]) =>
  [...rows].sort((a, b) => String(a.leadId).localeCompare(String(b.leadId)));
const linesOf = (bytes: Buffer) =>
  byLead(
    bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
const chosen = { fields: '"job, title",visits,tags,opted', labels: '"Job, or title",Visits,Tags,Opted in' };

describe('an export', () => {
  test('is CSV for a spreadsheet unless another format is asked for', async () => {
    const { status, type, disposition, bytes } = await exported({ ...chosen, segments: `${ids.pilots},${ids.frozen}` });
    expect([status, type, disposition]).toEqual([
      ...[200, 'text/csv; charset=utf-8', 'attachment; filename="Germans.csv"'],
    ]);
    const [ann, bob] = byLead(csvParse(bytes.toString().replace('\ufeff', '')));
    expect(ann).toMatchObject({
      ...{ leadId: 'ann', 'Job, or title': 'Pilot', Visits: '5', Tags: '["a","b"]', 'Opted in': '' },
      ...{ 'segments.Pilots, all': 'true', 'since.Pilots, all': expect.stringMatching(/^\d{4}-.*Z$/) },
      ...{ 'segments.Frozen': 'false', 'since.Frozen': '' },
    });
    expect(bob).toMatchObject({ leadId: 'bob', 'Opted in': 'true', 'segments.Pilots, all': 'false' });
  });

  test('as JSON lines keeps types', async () => {
    const { status, type, disposition, bytes } = await exported({ ...chosen, format: 'jsonl', segments: ids.pilots });
    expect([status, type, disposition]).toEqual([
      ...[200, 'application/jsonl; charset=utf-8', 'attachment; filename="Germans.jsonl"'],
    ]);
    expect(linesOf(bytes)).toEqual([
      {
        ...{ leadId: 'ann', since: expect.stringMatching(/Z$/), source: 'rules' },
        attributes: { 'Job, or title': 'Pilot', Visits: 5, Tags: ['a', 'b'] },
        segments: { [ids.pilots]: { member: true, since: expect.stringMatching(/Z$/) } },
      },
      {
        ...{ leadId: 'bob', since: expect.any(String), source: 'rules', attributes: { 'Opted in': true } },
        segments: { [ids.pilots]: { member: false } },
      },
    ]);
  });

  test('as Parquet comes byte for byte', async () => {
    const { status, type, disposition, bytes } = await exported({ ...chosen, format: 'parquet', segments: ids.pilots });
    expect([status, type, disposition]).toEqual([
      ...[200, 'application/vnd.apache.parquet', 'attachment; filename="Germans.parquet"'],
    ]);
    const [ann, bob] = byLead(parquetTable(bytes).rows);
    expect(ann).toMatchObject({
      ...{ leadId: 'ann', since: expect.any(Number), 'Job, or title': 'Pilot', Visits: '5', Tags: '["a","b"]' },
      ...{ attributeKinds: '{"Visits":"number","Tags":"list"}', [`segments.${ids.pilots}`]: true },
    });
    expect(bob).toMatchObject({ leadId: 'bob', 'Opted in': 'true', [`since.${ids.pilots}`]: null });
  });

  test('of an inactive segment has no members, in any format', async () => {
    const frozen = (format: string) =>
      opened.send({ method: 'GET', path: `/segments/${ids.frozen}/export?format=${format}` });
    expect((await frozen('csv')).text.trimEnd().split('\r\n')).toHaveLength(1);
    expect((await frozen('jsonl')).text).toBe('');
    expect(parquetTable((await frozen('parquet')).bytes).rows).toEqual([]);
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['a format that there is not', { format: 'xlsx' }, '/format', 'unknown_value'],
    ['another format for a spreadsheet', { format: 'jsonl', for: 'spreadsheet' }, '/for', 'not_allowed'],
    ['labels of nothing', { labels: 'A' }, '/labels', 'not_allowed'],
    ['too few labels', { fields: 'country,visits', labels: 'A' }, '/labels', 'required'],
    ['too many labels', { fields: 'country', labels: 'A,B' }, '/labels', 'too_many'],
    ['the same label twice', { fields: 'country,visits', labels: 'A,A' }, '/labels', 'repeated'],
    ['a label that another column has', { fields: 'country', labels: 'leadId' }, '/labels', 'repeated'],
    ['a label that another column may have', { fields: 'country', labels: 'segments.seg_a' }, '/labels', 'repeated'],
    ['a blank label', { fields: 'country', labels: '" "' }, '/labels', 'empty'],
    ['an unknown segment', { segments: 'seg_none' }, '/segments', 'not_found'],
    ['too many segments', { segments: Array(101).fill('seg_a').join(',') }, '/segments', 'too_many'],
    ['no ids', { segments: ',' }, '/segments', 'invalid_format'],
  ])('is refused with %s', async (_, query, path, code) => {
    const { status, bytes } = await exported(query);
    expect([status, JSON.parse(bytes.toString()).errors]).toMatchObject([422, [{ path, code }]]);
  });

  test('of many members is a job of just that form', async () => {
    const counted = vi.spyOn(opened.world, 'memberCounts').mockResolvedValue(new Map([[ids.germans, 200_000]]));
    const segments = `${ids.pilots},${ids.pilots}`;
    const { status, bytes } = await exported({ format: 'parquet', fields: 'visits', labels: 'Visits', segments });
    counted.mockRestore();
    expect(status).toBe(202);
    expect(await opened.world.exportJobs.get(JSON.parse(bytes.toString()).exportId)).toMatchObject({
      ...{ format: 'parquet', purpose: 'data', fields: ['visits'], labels: ['Visits'], fileName: 'Germans.parquet' },
      segments: [{ id: ids.pilots, name: 'Pilots, all' }],
    });
  });
});
