import { csvParseRows } from 'd3-dsv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportColumns } from '../../shared/export/export-columns.ts';
import { attachmentNamed, exportFileName } from '../../shared/export/export-file-name.ts';
import { exportedMember } from '../../shared/export/exported-member.ts';
import { asMember, cellsOf, fileOf, leadWith, since } from './exported-leads.ts';

test('a row has the source, the levels, the account and the attributes that were asked for', () => {
  const document = leadWith({
    attributes: { country: 'DE', tags: ['a', 'b;c'], score: 0, opted: false, cleared: null },
    engagementLevel: ['Hot', since],
    account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: 'Target' },
  });
  expect(cellsOf(document, { fields: ['tags', 'country', 'score', 'opted', 'cleared', 'constructor'] })).toEqual([
    ...['l1', since, 'rules', 'Hot', undefined, 'acme', 'Target'],
    ...['["a","b;c"]', 'DE', 0, false, undefined, undefined],
  ]);
});

test('a row for data also has the kinds of all values that are not text', () => {
  const document = leadWith({ attributes: { tags: ['a'], zip: '01234', score: 0, opted: false, cleared: null } });
  const fields = ['tags', 'zip', 'score', 'opted', 'cleared'];
  expect(cellsOf(document, { fields, purpose: 'data' })?.slice(7)).toEqual([
    '{"tags":"list","score":"number","opted":"boolean"}',
    ...['["a"]', '01234', 0, false, undefined],
  ]);
  expect(cellsOf(document, { fields: ['zip'], purpose: 'data' })?.slice(7)).toEqual([undefined, '01234']);
});

test('what is empty is an empty cell, however it is empty', () => {
  const document = leadWith({
    attributes: { text: '', spaces: ' \u3000', list: [], texts: ['', ' '], cleared: null, some: ['', 'a'] },
    engagementLevel: ['', since],
    profileLevel: ['  ', since],
    account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: ' ' },
  });
  const fields = ['text', 'spaces', 'list', 'texts', 'cleared', 'some'];
  expect(cellsOf(document, { fields })?.slice(3)).toEqual([
    ...[undefined, undefined, 'acme', undefined],
    ...[undefined, undefined, undefined, undefined, undefined, '["","a"]'],
  ]);
});

test('a lead that has left, or never was in, has no row', () => {
  const left = leadWith({ memberships: { seg_a: { ...asMember, sequence: 2 } } });
  expect(cellsOf(left, { fields: [] })).toBeUndefined();
  expect(cellsOf(leadWith({ memberships: {} }), { fields: [] })).toBeUndefined();
});

describe('other segments', () => {
  const segments = ['seg_b', 'seg_c', 'seg_d', 'seg_e'].map((id) => ({ id, name: `About ${id}` }));
  const memberships = {
    ...{ seg_a: asMember, seg_b: { ...asMember, since: since + 1 }, seg_c: { ...asMember, sequence: 2 } },
    seg_d: asMember,
  };

  test('have a column each that says whether the lead is in them, and one since when; inactive ones have no members', () => {
    const isActive = (id: string) => id !== 'seg_d';
    const member = exportedMember(leadWith({ memberships }), 'seg_a', { fields: [], segments }, isActive);
    const columns = exportColumns({ fields: [], segments }).slice(7);
    expect(columns.map(({ heading, cell }) => [heading, cell(member!)])).toEqual([
      ...[
        ['segments.About seg_b', true],
        ['since.About seg_b', since + 1],
      ],
      ...[
        ['segments.About seg_c', false],
        ['since.About seg_c', undefined],
      ],
      ...[
        ['segments.About seg_d', false],
        ['since.About seg_d', undefined],
      ],
      ...[
        ['segments.About seg_e', false],
        ['since.About seg_e', undefined],
      ],
    ]);
  });

  test('go by their ids for programs', () => {
    const columns = exportColumns({ fields: ['city'], segments: segments.slice(0, 1), purpose: 'data' });
    expect(columns.slice(7).map(({ heading }) => heading)).toEqual([
      ...['attributeKinds', 'city', 'segments.seg_b', 'since.seg_b'],
    ]);
  });
});

test('labels are the headings of attributes, and what their kinds go by', () => {
  const form = { fields: ['score', 'tags'], labels: ['Points', 'since when'], purpose: 'data' } as const;
  expect(
    exportColumns(form)
      .slice(7)
      .map(({ heading }) => heading),
  ).toEqual(['attributeKinds', ...form.labels]);
  expect(cellsOf(leadWith({ attributes: { score: 5, tags: ['a'] } }), form)?.slice(7)).toEqual([
    ...['{"Points":"number","since when":"list"}', 5, '["a"]'],
  ]);
});

describe('the heading of an attribute', () => {
  test.each([
    ['city', 'city'],
    ['source', 'attributes.source'],
    ['leadId', 'attributes.leadId'],
    ['attributeKinds', 'attributes.attributeKinds'],
    ['attributes.leadId', 'attributes.attributes.leadId'],
    ['attributes.attributes.leadId', 'attributes.attributes.attributes.leadId'],
    ['attributes.city', 'attributes.attributes.city'],
    ['attributes', 'attributes'],
    ['segments.seg_a', 'attributes.segments.seg_a'],
    ['since.seg_a', 'attributes.since.seg_a'],
    ['segments', 'segments'],
    ['LEADID', 'LEADID'],
    ['constructor', 'constructor'],
  ])('%s is %s, whatever other attributes there are', (field, heading) => {
    expect(exportColumns({ fields: [field] }).at(-1)?.heading).toBe(heading);
    expect(exportColumns({ fields: ['attributes.leadId', 'leadId', field] }).at(-1)?.heading).toBe(heading);
  });

  const parts = [
    ['', "'", '=', "'="],
    ['', 'attributes.', 'attributes.attributes.', 'segments.', 'since.'],
    ['leadId', 'source', 'attributeKinds', 'city', 'seg_a'],
  ];
  const name = fc.tuple(...parts.map((some) => fc.constantFrom(...some))).map((chosen) => chosen.join(''));

  test('is that of no other column, in the file as well', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), (fields) => {
        const form = { fields, purpose: 'data', segments: [{ id: 'seg_a', name: 'A' }] } as const;
        const headings = exportColumns(form).map(({ heading }) => heading);
        expect(new Set(headings).size).toBe(10 + fields.length);
        expect(new Set(csvParseRows(fileOf([], form).toString())[0]).size).toBe(headings.length);
      }),
    );
  });
});

test.each([
  ['Größte "Kunden"/x', 'Größte-Kunden-x.csv'],
  ['客户', '客户.csv'],
  ['عملاء Gold', 'عملاء-Gold.csv'],
  ['🔥 / 🔥', 'seg_a.csv'],
  ['  Hot  ', 'Hot.csv'],
])('the file of %s is named %s', (name, file) => {
  expect(exportFileName(name, 'seg_a', 'csv')).toBe(file);
});

test('the file of another format has another ending', () => {
  expect(exportFileName('Hot', 'seg_a', 'parquet')).toBe('Hot.parquet');
});

test('the header of a file has its name in any script, and in plain characters', () => {
  expect(attachmentNamed('Größte.csv')).toBe(
    `attachment; filename="Gro-te.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fte.csv`,
  );
  expect(attachmentNamed('Hot.csv')).toBe('attachment; filename="Hot.csv"');
  expect(attachmentNamed('客户.csv')).toBe(
    `attachment; filename="members.csv"; filename*=UTF-8''%E5%AE%A2%E6%88%B7.csv`,
  );
});
