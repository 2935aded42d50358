import { describe, expect, it } from 'vitest';
import {
  emptyMapping,
  isAttribute,
  missingIn,
  ofKind,
  type Role,
  roleOf,
  rolesIn,
  withColumn,
  withRole,
} from '../../console/imports/import-mapping.ts';
import { type ImportMapping, importMappingSchema, type LeadMapping } from '../../shared/import/mapping.ts';

const leads: LeadMapping = {
  kind: 'leads',
  leadId: 'Email',
  accountId: 'Company',
  events: [{ eventType: 'Webinar', momentColumn: 'Joined', fields: { topic: 'Topic' } }],
  columns: [
    { column: 'Born', attribute: 'birthday', as: { kind: 'date', order: 'DMY' } },
    { column: 'Internal', skip: true },
  ],
  constants: [{ attribute: 'source', value: 'Fair' }],
  occurredAt: { column: 'Updated' },
  slugIds: true,
  exactIds: false,
};
const columns = ['Email', 'Company', 'Joined', 'Topic', 'Born', 'Internal', 'Updated', 'Other'];

describe('what a column is for', () => {
  it('is read from a mapping', () => {
    const roles = columns.map((column) => roleOf(leads, column));
    expect(roles).toEqual([
      ...['leadId', 'accountId', 'event', 'attribute', 'attribute', 'skip', 'occurredAt', 'attribute'],
    ]);
  });

  it.each(['leads', 'accounts'] as const)('is what it was set to, whatever it was before (%s)', (kind) => {
    const mapping = ofKind(leads, kind);
    for (const before of rolesIn[kind]) {
      for (const role of rolesIn[kind]) {
        const changed = withRole(withRole(mapping, 'Other', before), 'Other', role);
        expect([before, role, roleOf(changed, 'Other')]).toEqual([before, role, role]);
      }
    }
  });

  it('is one column only, but for attributes, events and what is not imported', () => {
    const roles: Role[] = ['leadId', 'accountId', 'occurredAt'];
    for (const role of roles) {
      const changed = withRole(leads, 'Other', role);
      expect(columns.filter((column) => roleOf(changed, column) === role)).toEqual(['Other']);
    }
    expect(withRole(leads, 'Other', 'event')).toMatchObject({
      events: [{ momentColumn: 'Joined' }, { momentColumn: 'Other', eventType: '', fields: {} }],
    });
  });

  it('goes and comes back without a trace', () => {
    expect(withRole(withRole(leads, 'Company', 'attribute'), 'Company', 'accountId')).toEqual(leads);
    expect(withRole(withRole(leads, 'Other', 'skip'), 'Other', 'attribute')).toEqual(leads);
    expect(withRole(withRole(leads, 'Updated', 'skip'), 'Updated', 'occurredAt')).toEqual(leads);
  });

  it('keeps the kind and the name of the attribute', () => {
    expect(withRole(withRole(leads, 'Born', 'skip'), 'Born', 'attribute')).toEqual(leads);
  });
});

it('keeps nothing of a column of which nothing is said any more', () => {
  const said = withColumn(leads, 'Other', { attribute: 'other' });
  expect(said.columns).toContainEqual({ column: 'Other', attribute: 'other' });
  expect(withColumn(said, 'Other', { attribute: undefined })).toEqual(leads);
});

it('tells which ids are attributes as well', () => {
  expect(isAttribute(leads, 'Email')).toBe(true);
  expect(isAttribute(leads, 'Internal')).toBe(false);
  const accounts = { ...ofKind(leads, 'accounts'), slugIds: false };
  expect(isAttribute(accounts, 'Company')).toBe(false);
  expect(isAttribute(withColumn(accounts, 'Company', { attribute: 'name' }), 'Company')).toBe(true);
});

describe('a mapping of the other kind', () => {
  it('keeps what both kinds have', () => {
    const { kind: _kind, leadId: _id, events: _events, accountId, ...shared } = leads;
    expect(ofKind(leads, 'accounts')).toEqual({ kind: 'accounts', accountId, ...shared });
    expect(ofKind(ofKind(leads, 'accounts'), 'leads')).toEqual({ ...leads, leadId: '', events: [] });
  });
});

describe('what is missing', () => {
  it('is nothing in a mapping that the API takes', () => {
    expect(missingIn(leads)).toEqual([]);
  });

  it.each<[string, ImportMapping]>([
    ['/leadId', emptyMapping],
    ['/accountId', ofKind(emptyMapping, 'accounts')],
    ['/leadId', withRole(leads, 'Email', 'attribute')],
    ['/events/1/eventType', withRole(leads, 'Other', 'event')],
    ['/events/0/eventType', { ...leads, events: [{ eventType: { column: '' }, momentColumn: 'Joined', fields: {} }] }],
    ['/constants/0', { ...leads, constants: [{ attribute: 'source', value: '' }] }],
  ])('%s is told, and refused by the API', (path, mapping) => {
    expect(missingIn(mapping).map((one) => one.path)).toEqual([path]);
    expect(importMappingSchema.safeParse(mapping).success).toBe(false);
  });
});
