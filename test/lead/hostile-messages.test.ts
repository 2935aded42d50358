import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { mergeAccountChange, unknownAccount } from '../../shared/account/account.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { jobMessageSchema } from '../../shared/jobs/job-message.ts';
import {
  accountChangeSchema,
  type LeadChange,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';
import { dueLeadsMessageSchema } from '../../shared/lead/due-lead-store.ts';
import { attributeSetAt, type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { decodeLead, encodeLead, leadKey } from '../../shared/lead/lead-item.ts';
import { mergeChanges } from '../../shared/lead/merge-changes.ts';
import { mentionsOf } from '../../shared/vocabulary/mentions.ts';
import { hostileBody, hostileMessage } from './hostile-messages.ts';

const nothing = { transitions: [] };

// Thousands of cases, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const numRuns = Number(process.env.HOSTILE_RUNS ?? 400);
const receivedAt = Date.parse('2026-04-01T00:00:00Z');
const schemas = { profileChangeSchema, levelChangeSchema, leadEventSchema, accountChangeSchema };
const namesThePlace = /^(is not JSON: |must be a JSON object$|is nested more than |message: |\/[^:]*: )/s;

/** The body as a lead's change, if it is one. */
function changesIn(body: string): LeadChange[] {
  const profile = parseChangeMessage(body, profileChangeSchema, receivedAt);
  const level = parseChangeMessage(body, levelChangeSchema, receivedAt);
  const event = parseChangeMessage(body, leadEventSchema, receivedAt);
  return [
    ...('change' in profile ? [{ kind: 'profile_change' as const, ...profile.change }] : []),
    ...('change' in level ? [{ kind: 'level_change' as const, ...level.change }] : []),
    ...('change' in event ? [{ kind: 'lead_event' as const, ...event.change }] : []),
  ];
}

/** What a document says, whatever the order in which it learnt it. */
function contentOf(document: LeadDocument) {
  const { engagementLevel, profileLevel, accountLink, eventTypes } = document;
  const attributes = Object.entries(document.attributes).map(([name, value]) => [
    name,
    value,
    attributeSetAt(document, name),
  ]);
  return { engagementLevel, profileLevel, accountLink, eventTypes, attributes: attributes.sort() };
}

describe.each(Object.entries(schemas))('whatever comes, %s', (_, schema) => {
  test('takes it or tells why not and where', () => {
    fc.assert(
      fc.property(hostileBody, (body) => {
        const parsed = parseChangeMessage<{ occurredAt: number }>(body, schema, receivedAt);
        if ('refused' in parsed) expect(parsed.refused).toMatch(namesThePlace);
        else expect(Number.isSafeInteger(parsed.change.occurredAt)).toBe(true);
      }),
      { numRuns },
    );
  });
});

test('what one function sends another is read or refused in the same way', () => {
  fc.assert(
    fc.property(hostileBody, (body) => {
      const reads = [readInnerMessage(body, jobMessageSchema), readInnerMessage(body, dueLeadsMessageSchema)];
      for (const read of reads) if ('refused' in read) expect(read.refused).toMatch(namesThePlace);
    }),
    { numRuns },
  );
});

test('a document made of what was taken is read as it was written', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(hostileMessage, { minLength: 1, maxLength: 4 }), (bodies) => {
      const changes = bodies.flatMap(changesIn);
      taken += changes.length;
      const { document } = mergeChanges(unknownLead('l1'), changes, new Map());
      const stored = { ...leadKey('l1'), ...encodeLead(document, nothing) };
      const read = decodeLead(stored);
      expect(contentOf(read)).toEqual(contentOf(document));
      expect({ ...leadKey('l1'), ...encodeLead(read, nothing) }).toEqual(stored);
      for (const value of Object.values(read.attributes)) {
        expect(value === null || Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value)).toBe(
          true,
        );
      }
    }),
    { numRuns },
  );
  expect(taken).toBeGreaterThan(numRuns / 2);
});

test('any order and any repetition of what was taken ends alike', () => {
  fc.assert(
    fc.property(fc.array(hostileMessage, { minLength: 2, maxLength: 4 }), (bodies) => {
      const changes = bodies.flatMap(changesIn);
      const there = mergeChanges(unknownLead('l1'), changes, new Map()).document;
      const back = mergeChanges(unknownLead('l1'), [...changes].reverse(), new Map()).document;
      expect(contentOf(mergeChanges(back, changes, new Map()).document)).toEqual(contentOf(there));
    }),
    { numRuns },
  );
});

test('accounts and the vocabulary take whatever was taken, and nothing is reached but what was named', () => {
  fc.assert(
    fc.property(hostileMessage, (body) => {
      const parsed = parseChangeMessage(body, accountChangeSchema, receivedAt);
      if ('change' in parsed) {
        const account = mergeAccountChange(unknownAccount(parsed.change.accountId), parsed.change);
        expect(JSON.parse(JSON.stringify(account)).attributes).toEqual(JSON.parse(JSON.stringify(account.attributes)));
        mentionsOf([parsed.change]);
      }
      mentionsOf(changesIn(body));
      expect(({} as Record<string, unknown>).country).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns },
  );
});

describe('names that every object has', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    const body = `{"leadId":"l1","occurredAt":"2026-03-10T11:00:00Z","attributes":{"${name}":"mine"}}`;
    const parsed = parseChangeMessage(body, profileChangeSchema, receivedAt);
    if ('refused' in parsed) throw new Error(parsed.refused);
    const { document } = mergeChanges(unknownLead('l1'), [{ kind: 'profile_change', ...parsed.change }], new Map());
    const read = decodeLead({ ...leadKey('l1'), ...encodeLead(document, nothing) });
    expect(Object.entries(read.attributes)).toEqual([[name, 'mine']]);
  });
});
