import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newestFirst, noEvents } from '../../shared/lead/event-order.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { changedAttributes, decodeLead, decodeOutbox, encodeLead, leadKey } from '../../shared/lead/lead-item.ts';
import { leadTextReader } from '../../shared/lead/lead-texts.ts';
import { eventsTextReader, membershipsTextReader } from '../../shared/lead/membership-texts.ts';

const nothing = { transitions: [] };

const at = 1_777_887_003_118;
const cause = { kind: 'profile_change', occurredAt: '2026-05-04T09:30:03.118Z' } as const;

const full: LeadDocument = {
  ...unknownLead('lead-42'),
  version: 7,
  catalogVersion: 12,
  evaluatedAt: at,
  updatedAt: at,
  dueAt: at + 5,
  isOverdue: true,
  aheadUntil: at + 7,
  attributes: { country: 'DE', score: 42, vip: true, tags: ['a|b', 'c'], city: null, '@at': 'x', constructor: 'y' },
  setAt: { score: at - 1 },
  attributesSetAt: at - 2,
  engagementLevel: ['Hot', at - 3],
  profileLevel: [null, at - 4],
  accountLink: ['acme', at - 5],
  account: { accountId: 'acme', version: 3, attributes: { industry: 'Software', '@x': 1 }, accountLevel: 'Target' },
  events: {
    '12.0': {
      n: 2,
      newest: newestFirst([
        [at, 'e2'],
        [at - 9, 'e|1'],
      ]),
    },
    '12.1': { n: 1, newest: noEvents },
  },
  eventTypes: ['Page View'],
  memberships: {
    seg_A: {
      sequence: 1,
      since: at,
      source: 'rules',
      reason: 'rules',
      cause: { ...cause, changeId: 'a|b' },
      revision: 3,
    },
    seg_B: { sequence: 2, since: at, source: 'manual', reason: 'recalculated', cause, revision: 4, silent: true },
    seg_C: { sequence: 3, since: at, source: 'pinned', reason: 'pinned', cause, revision: 5 },
  },
  manualChanges: { seg_C: { id: 'act_1', kind: 'pinned', at, author: 'somebody', reason: 'a "good" lead | really' } },
};

const stored = (document: LeadDocument) => ({ ...leadKey(document.leadId), ...encodeLead(document, nothing) });

describe('the item of a lead', () => {
  test('decodes to the document it was made of', () => {
    expect(decodeLead(stored(full))).toEqual(full);
    expect(decodeLead(stored(unknownLead('lead-1')))).toEqual(unknownLead('lead-1'));
    const deleted: LeadDocument = { ...unknownLead('lead-2'), version: 4, deletedAt: at, isDeleted: true };
    expect(decodeLead(stored(deleted))).toEqual(deleted);
  });

  test('of what a write changes, only that is sent', () => {
    const before = decodeLead(stored(full));
    const after = { ...before, version: 8, attributes: { ...before.attributes, score: 43 } };
    const item = encodeLead(after, nothing, before);
    expect(item).toEqual(encodeLead(after, nothing));
    expect(Object.keys(changedAttributes(item, before))).toEqual(['version', 'lead']);

    const out = { ...after, memberships: { seg_C: before.memberships.seg_C! }, manualChanges: {}, events: {} };
    const all = encodeLead(out, nothing, before);
    expect(all).toEqual(encodeLead(out, nothing));
    expect(Object.keys(changedAttributes(all, before))).toEqual(['version', 'lead', 'memberships', 'events']);
    expect(changedAttributes(item, full)).toEqual(item);
  });

  test('keeps any attributes', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string()),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), value, { noNullPrototype: true }), (attributes) => {
        expect(decodeLead(stored({ ...full, attributes })).attributes).toEqual(attributes);
      }),
    );
    const awkward = JSON.parse('{"__proto__": "just a name", "@engagement": "Cold"}');
    const decoded = decodeLead(stored({ ...full, attributes: awkward }));
    expect(Object.entries(decoded.attributes)).toEqual(Object.entries(awkward));
    expect(decoded.engagementLevel).toEqual(full.engagementLevel);
  });

  test('can be read by a person', () => {
    const { lead, memberships, events } = encodeLead(full, nothing);
    expect(lead?.S).toContain('|country=DE|score:42|vip:true|');
    expect(memberships?.S).toContain(
      '|seg_B=2 1777887003118 manual recalculated 4 profile_change 2026-05-04T09:30:03.118Z  silent|',
    );
    expect(events?.S).toContain('|12.0=2 1777887003118 e2 ');
  });

  test('announces its transitions, and empty text when there are none', () => {
    const transition = {
      segmentId: 'seg_A',
      segmentName: 'A',
      revision: 1,
      sequence: 1,
      occurredAt: at,
      reason: 'rules',
      cause,
      since: at,
      source: 'rules',
    } as const;
    expect(decodeOutbox(encodeLead(full, { transitions: [transition] }))).toEqual({ transitions: [transition] });
    expect(encodeLead(full, nothing).outbox).toEqual({ S: '' });
  });
});

describe('a reader of parts', () => {
  const item = encodeLead(full, nothing);

  test('reads the attributes it is asked for, with levels and account', () => {
    const reader = leadTextReader(['score', '@at', 'city', 'missing'], ['industry', 'country']);
    const read = (text: string) => {
      const facts = { attributes: {} };
      reader(facts, text);
      return facts;
    };
    expect(read(item.lead?.S ?? '')).toEqual({
      attributes: { score: 42, '@at': 'x', city: null },
      engagementLevel: ['Hot', 0],
      profileLevel: [null, 0],
      account: { ...full.account, attributes: { industry: 'Software' } },
    });
    expect(read(encodeLead({ ...full, deletedAt: at, isDeleted: true }, nothing).lead?.S ?? '')).toMatchObject({
      deletedAt: at,
      isDeleted: true,
    });
  });

  test('reads the memberships, manual changes and event state it is asked for', () => {
    const standing = membershipsTextReader(['seg_C', 'seg_missing'])(item.memberships?.S ?? '');
    expect(standing).toEqual({ memberships: { seg_C: full.memberships.seg_C }, manualChanges: full.manualChanges });
    expect(eventsTextReader(['12.0'])(item.events?.S ?? '')).toEqual({ '12.0': full.events['12.0'] });
  });
});
