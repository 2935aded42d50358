import { csvParseRows } from 'd3-dsv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportFileName, exportHeadings, exportRow } from '../../shared/export/export.ts';
import { csvHeading } from '../../shared/export/member-csv.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';

const since = Date.parse('2026-03-10T12:00:00.000Z');
const cause = { kind: 'profile_change', occurredAt: '2026-03-10T12:00:00.000Z' } as const;
const state = { sequence: 1, since, source: 'rules', reason: 'rules', cause, revision: 1 } as const;
const lead = (more: Partial<LeadDocument> = {}): LeadDocument => ({
  ...unknownLead('l1'),
  memberships: { seg_a: state },
  ...more,
});

test('a row has the source, the levels, the account and the attributes that were asked for', () => {
  const document = lead({
    attributes: { country: 'DE', tags: ['a', 'b;c'], score: 0, opted: false, cleared: null },
    engagementLevel: ['Hot', since],
    account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: 'Target' },
  });
  expect(
    exportRow(document, 'seg_a', { fields: ['tags', 'country', 'score', 'opted', 'cleared', 'constructor'] }),
  ).toEqual([
    ...['l1', '2026-03-10T12:00:00.000Z', 'rules', 'Hot', undefined, 'acme', 'Target'],
    ...['["a","b;c"]', 'DE', 0, false, undefined, undefined],
  ]);
});

test('a row for data also has the kinds of all values that are not text', () => {
  const document = lead({ attributes: { tags: ['a'], zip: '01234', score: 0, opted: false, cleared: null } });
  const fields = ['tags', 'zip', 'score', 'opted', 'cleared'];
  expect(exportRow(document, 'seg_a', { fields, purpose: 'data' })?.slice(7)).toEqual([
    '{"tags":"list","score":"number","opted":"boolean"}',
    ...['["a"]', '01234', 0, false, undefined],
  ]);
  expect(exportRow(document, 'seg_a', { fields: ['zip'], purpose: 'data' })?.slice(7)).toEqual([undefined, '01234']);
});

test('what is empty is an empty cell, however it is empty', () => {
  const document = lead({
    attributes: { text: '', spaces: ' \u3000', list: [], texts: ['', ' '], cleared: null, some: ['', 'a'] },
    engagementLevel: ['', since],
    profileLevel: ['  ', since],
    account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: ' ' },
  });
  const fields = ['text', 'spaces', 'list', 'texts', 'cleared', 'some'];
  expect(exportRow(document, 'seg_a', { fields })?.slice(3)).toEqual([
    ...[undefined, undefined, 'acme', undefined],
    ...[undefined, undefined, undefined, undefined, undefined, '["","a"]'],
  ]);
});

test('a lead that has left, or never was in, has no row', () => {
  expect(
    exportRow(lead({ memberships: { seg_a: { ...state, sequence: 2 } } }), 'seg_a', { fields: [] }),
  ).toBeUndefined();
  expect(exportRow(lead(), 'seg_b', { fields: [] })).toBeUndefined();
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
    ['LEADID', 'LEADID'],
    ['constructor', 'constructor'],
  ])('%s is %s, whatever other attributes there are', (field, heading) => {
    expect(exportHeadings({ fields: [field] }).at(-1)).toBe(heading);
    expect(exportHeadings({ fields: ['attributes.leadId', 'leadId', field] }).at(-1)).toBe(heading);
  });

  const parts = [
    ['', "'", '=', "'="],
    ['', 'attributes.', 'attributes.attributes.'],
    ['leadId', 'source', 'attributeKinds', 'city'],
  ];
  const name = fc.tuple(...parts.map((some) => fc.constantFrom(...some))).map((chosen) => chosen.join(''));

  test('is that of no other column, in the file as well', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), (fields) => {
        const headings = exportHeadings({ fields, purpose: 'data' });
        expect(new Set(headings).size).toBe(8 + fields.length);
        expect(new Set(csvParseRows(csvHeading({ fields, purpose: 'data' }))[0]).size).toBe(headings.length);
      }),
    );
  });
});

test.each([
  ['Größte "Kunden"/x', 'Gro-te-Kunden-x.csv'],
  ['客户', 'seg_a.csv'],
  ['  Hot  ', 'Hot.csv'],
])('the file of %s is named %s', (name, file) => {
  expect(exportFileName(name, 'seg_a')).toBe(file);
});
