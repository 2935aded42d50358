import { expect, test } from 'vitest';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { showLead } from '../../shared/lead/show-lead.ts';
import { leadShower } from '../../shared/preview/preview-lead.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const updatedAt = Date.parse('2026-03-10T12:00:00.000Z');
const empty = { text: '', spaces: ' \u3000', none: [], texts: ['', ' '] };
const present = { zero: 0, no: false, some: ['', 'a'], country: 'DE' };
const attributes: LeadDocument['attributes'] = { ...empty, cleared: null, ...present };
const lead: LeadDocument = {
  ...unknownLead('l1'),
  updatedAt,
  attributes,
  engagementLevel: ['Hot', Date.parse('2026-03-09T08:00:00.000Z')],
  profileLevel: ['Strong Fit', updatedAt],
  account: { accountId: 'acme', version: 1, attributes: { ...empty, ...present }, accountLevel: 'Target' },
};
const withoutLevels: LeadDocument = {
  ...lead,
  engagementLevel: ['', updatedAt],
  profileLevel: [' ', updatedAt],
  account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: ' ' },
};

const mentions = (type: 'lead_metadata' | 'account_metadata', fields: readonly string[]) =>
  fields.map((field): Rule => ({ type, field, operator: 'exists' }));

test('a lead is shown with what it has, and nothing that is empty', () => {
  expect(showLead(lead)).toEqual({
    leadId: 'l1',
    attributes: present,
    engagementLevel: 'Hot',
    engagementLevelAsOf: '2026-03-09T08:00:00.000Z',
    profileLevel: 'Strong Fit',
    profileLevelAsOf: '2026-03-10T12:00:00.000Z',
    account: { accountId: 'acme', attributes: present, accountLevel: 'Target' },
    updatedAt: '2026-03-10T12:00:00.000Z',
  });
  expect(Object.keys(showLead(withoutLevels))).toEqual(['leadId', 'attributes', 'account', 'updatedAt']);
  expect(showLead(withoutLevels).account).toEqual({ accountId: 'acme', attributes: {} });
  expect(showLead(unknownLead('l2'))).not.toHaveProperty('account');
});

test('a lead of a preview is shown with what rules mention of it, and nothing that is empty', () => {
  const names = [...Object.keys(attributes).filter((name) => name !== 'country'), 'unknown', 'constructor'];
  const show = leadShower([...mentions('lead_metadata', names), ...mentions('account_metadata', ['country', 'text'])]);
  const { country, ...mentioned } = present;
  expect(show(lead)).toEqual({
    leadId: 'l1',
    attributes: mentioned,
    engagementLevel: 'Hot',
    profileLevel: 'Strong Fit',
    account: { accountId: 'acme', attributes: { country }, accountLevel: 'Target' },
  });
  expect(show(withoutLevels)).toMatchObject({ leadId: 'l1', account: { accountId: 'acme', attributes: {} } });
  expect(Object.keys(show(withoutLevels))).toEqual(['leadId', 'attributes', 'account']);
  expect(Object.keys(show(withoutLevels).account ?? {})).toEqual(['accountId', 'attributes']);
});
