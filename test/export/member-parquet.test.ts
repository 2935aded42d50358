import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { createMemberEncoder } from '../../shared/export/create-encoder.ts';
import type { ExportForm } from '../../shared/export/export.ts';
import { asMember, exportedMembers, fileOf, leadWith, since } from './exported-leads.ts';
import { parquetTable } from './read-parquet.ts';

const form: ExportForm = {
  ...{ format: 'parquet', purpose: 'data', fields: ['tags', 'text', 'score', 'opted', 'cleared', 'source'] },
  segments: [{ id: 'seg_b', name: 'B' }],
};

test('has a column for each heading, moments as such, attributes as text with their kinds', () => {
  const { types, rows } = parquetTable(
    fileOf(
      [
        leadWith({
          attributes: { tags: ['a'], text: 'Zoë\r\n"日本"', score: -0.5, opted: false, cleared: null, source: '=1' },
          memberships: { seg_a: asMember, seg_b: { ...asMember, since: since + 1 } },
          profileLevel: ['Strong Fit', since],
        }),
        leadWith({ leadId: 'l2' }),
      ],
      form,
    ),
  );
  expect(types).toEqual({
    ...{ leadId: 'Utf8', since: 'Timestamp<MILLISECOND, UTC>', source: 'Utf8', engagementLevel: 'Utf8' },
    ...{ profileLevel: 'Utf8', accountId: 'Utf8', accountLevel: 'Utf8', attributeKinds: 'Utf8', tags: 'Utf8' },
    ...{ text: 'Utf8', score: 'Utf8', opted: 'Utf8', cleared: 'Utf8', 'attributes.source': 'Utf8' },
    ...{ 'segments.seg_b': 'Bool', 'since.seg_b': 'Timestamp<MILLISECOND, UTC>' },
  });
  const empty = { engagementLevel: null, accountId: null, accountLevel: null, cleared: null };
  expect(rows).toEqual([
    {
      ...{ ...empty, leadId: 'l1', since, source: 'rules', profileLevel: 'Strong Fit', 'attributes.source': '=1' },
      ...{ attributeKinds: '{"tags":"list","score":"number","opted":"boolean"}', tags: '["a"]', score: '-0.5' },
      ...{ text: 'Zoë\r\n"日本"', opted: 'false', 'segments.seg_b': true, 'since.seg_b': since + 1 },
    },
    {
      ...{ ...empty, leadId: 'l2', since, source: 'rules', profileLevel: null, 'attributes.source': null },
      ...{ attributeKinds: null, tags: null, score: null, text: null, opted: null },
      ...{ 'segments.seg_b': false, 'since.seg_b': null },
    },
  ]);
});

test('of no members has its columns', () => {
  const { types, rows } = parquetTable(fileOf([], form));
  expect([Object.keys(types).length, rows]).toEqual([16, []]);
});

test('is row groups of a size that its writer can hold', () => {
  const text = 'x'.repeat(1_000_000);
  const encoder = createMemberEncoder(form);
  const page = exportedMembers([leadWith({ attributes: { text } })], form);
  for (let pages = 0; pages < 40; pages++) encoder.add(page);
  const { row_groups } = parquetMetadata(new Uint8Array(encoder.end().footer).buffer);
  expect(row_groups.map(({ num_rows }) => num_rows)).toEqual([34n, 6n]);
});
