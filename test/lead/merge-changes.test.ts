import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeadChange, LevelChange, ProfileChange } from '../../shared/lead/change.ts';
import { attributeSetAt, type LeadDocument, own, unknownLead } from '../../shared/lead/lead-document.ts';
import { causeOf, mergeChanges, type ReadAccount } from '../../shared/lead/merge-changes.ts';

const noAccounts: ReadonlyMap<string, ReadAccount> = new Map();
const lead = unknownLead('l1');

const profile = (occurredAt: number, attributes?: ProfileChange['attributes'], more: Partial<ProfileChange> = {}) =>
  ({ kind: 'profile_change', leadId: 'l1', occurredAt, ...(attributes && { attributes }), ...more }) as ProfileChange;
const levels = (occurredAt: number, more: Partial<LevelChange>): LevelChange => ({
  kind: 'level_change',
  leadId: 'l1',
  occurredAt,
  ...more,
});
const merge = (document: LeadDocument, ...changes: LeadChange[]) => mergeChanges(document, changes, noAccounts);

const account = (accountId: string, version: number, more: Partial<ReadAccount> = {}): ReadAccount => ({
  accountId,
  version,
  attributes: {},
  cause: { kind: 'account_change', changeId: `${accountId}-${version}`, occurredAt: '2026-01-01T00:00:00.000Z' },
  ...more,
});

describe('attributes', () => {
  test('of the newest change win, whichever comes first', () => {
    const older = profile(1, { country: 'DE' });
    const newer = profile(2, { country: 'AT' });
    expect(merge(lead, older, newer).document.attributes).toEqual({ country: 'AT' });
    expect(merge(lead, newer, older).document.attributes).toEqual({ country: 'AT' });
  });

  test('a change leaves those it does not name, each keeping its own moment', () => {
    const { document } = merge(lead, profile(5, { a: 1, b: 2 }), profile(3, { b: 0, c: 3 }), profile(7, { a: 9 }));
    expect(document.attributes).toEqual({ a: 9, b: 2, c: 3 });
    expect(['a', 'b', 'c', 'd'].map((name) => attributeSetAt(document, name))).toEqual([7, 5, 3, undefined]);
  });

  test('a tie is broken by value, the same way in either order', () => {
    const one = profile(1, { x: 'b' });
    const two = profile(1, { x: 'a' });
    expect(merge(lead, one, two).document.attributes).toEqual({ x: 'b' });
    expect(merge(lead, two, one).document.attributes).toEqual({ x: 'b' });
  });

  test('a cleared one stays cleared against an older value, and gives way to a newer one', () => {
    const cleared = merge(lead, profile(2, { x: null })).document;
    expect(cleared.attributes).toEqual({ x: null });
    expect(merge(cleared, profile(1, { x: 'old' })).document.attributes).toEqual({ x: null });
    expect(merge(cleared, profile(3, { x: 'new' })).document.attributes).toEqual({ x: 'new' });
  });

  test('that are not accepted change nothing and touch nothing', () => {
    const { document } = merge(lead, profile(2, { x: 'a' }));
    for (const change of [profile(2, { x: 'a' }), profile(1, { x: 'b' }), profile(9), profile(9, {})]) {
      const again = merge(document, change);
      expect(again.document).toBe(document);
      expect([...again.touched]).toEqual([]);
    }
  });

  test('are named freely: "__proto__" and "constructor" are just names', () => {
    const attributes = JSON.parse('{"__proto__": "p", "constructor": "c", "hasOwnProperty": "h"}');
    const { document, touched } = merge(lead, profile(1, attributes));
    const stored: LeadDocument = JSON.parse(JSON.stringify(document));
    for (const [name, value] of [
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['hasOwnProperty', 'h'],
    ] as const) {
      expect(own(stored.attributes, name)).toBe(value);
      expect(attributeSetAt(stored, name)).toBe(1);
      expect(touched.has(`lead:${name}`)).toBe(true);
    }
    expect(own(lead.attributes, 'toString')).toBeUndefined();
    const later = merge(stored, profile(2, JSON.parse('{"__proto__": null}'))).document;
    expect(own(later.attributes, '__proto__')).toBeNull();
    expect(attributeSetAt(later, '__proto__')).toBe(2);
    expect(merge(later, profile(1, JSON.parse('{"__proto__": "back"}'))).document).toBe(later);
  });
});

describe('levels', () => {
  test('move each by itself, the newest wins, null clears', () => {
    const { document, touched } = merge(
      lead,
      levels(3, { engagementLevel: 'Hot' }),
      levels(2, { engagementLevel: 'Cold', profileLevel: 'Poor Fit' }),
    );
    expect(document.engagementLevel).toEqual(['Hot', 3]);
    expect(document.profileLevel).toEqual(['Poor Fit', 2]);
    expect([...touched.keys()].sort()).toEqual(['engagement_level', 'profile_level']);
    expect(merge(document, levels(4, { engagementLevel: null })).document.engagementLevel).toEqual([null, 4]);
    expect(merge(document, levels(1, { engagementLevel: null, profileLevel: 'x' })).document).toBe(document);
  });
});

describe('events', () => {
  test('add their type once, in order, and leave their state to the decision', () => {
    const event = (eventType: string): LeadChange => ({
      kind: 'lead_event',
      eventId: 'e',
      leadId: 'l1',
      eventType,
      occurredAt: 1,
    });
    const { document, touched } = merge(lead, event('b'), event('a'), event('b'));
    expect(document.eventTypes).toEqual(['a', 'b']);
    expect(document.events).toEqual({});
    expect([...touched]).toEqual([]);
    expect(merge(document, event('a')).document).toBe(document);
  });
});

describe('the account of a lead', () => {
  const link = (occurredAt: number, accountId: string | null, changeId?: string) =>
    profile(occurredAt, undefined, { accountId, ...(changeId !== undefined && { changeId }) });
  const acme = account('acme', 3, { attributes: { size: 10 }, accountLevel: 'Target' });
  const globex = account('globex', 1, { attributes: { size: 20, city: 'Ulm' } });
  const both = new Map([acme, globex].map((one) => [one.accountId, one]));

  test('comes with the link, and says what of it changed', () => {
    const { document, touched } = mergeChanges(lead, [link(1, 'acme', 'c1')], both);
    expect(document.account).toEqual({
      accountId: 'acme',
      version: 3,
      attributes: { size: 10 },
      accountLevel: 'Target',
    });
    expect([...touched.keys()].sort()).toEqual(['account:size', 'account_level']);
    expect(touched.get('account_level')).toMatchObject({ kind: 'profile_change', changeId: 'c1' });
  });

  test('is known by its id alone while nothing of it is known', () => {
    const { document, touched } = mergeChanges(lead, [link(1, 'initech')], both);
    expect(document.account).toEqual({ accountId: 'initech', version: 0, attributes: {} });
    expect([...touched]).toEqual([]);
  });

  test('moves with a newer link, not with an older one, and leaves with null', () => {
    const inAcme = mergeChanges(lead, [link(2, 'acme')], both).document;
    expect(mergeChanges(inAcme, [link(1, 'globex')], both).document).toBe(inAcme);
    const moved = mergeChanges(inAcme, [link(3, 'globex')], both);
    expect(moved.document.account).toMatchObject({ accountId: 'globex', version: 1 });
    expect([...moved.touched.keys()].sort()).toEqual(['account:city', 'account:size', 'account_level']);
    const left = mergeChanges(moved.document, [link(4, null)], both);
    expect(left.document).not.toHaveProperty('account');
    expect(left.document.accountLink).toEqual([null, 4]);
    expect([...left.touched.keys()].sort()).toEqual(['account:city', 'account:size']);
    expect(mergeChanges(left.document, [link(3, 'globex')], both).document.account).toBeUndefined();
  });

  test('is only replaced by a newer version of itself, which is then the cause', () => {
    const inAcme = mergeChanges(lead, [link(2, 'acme')], both).document;
    const older = new Map([['acme', account('acme', 2, { attributes: { size: 99 } })]]);
    expect(mergeChanges(inAcme, [], older).document).toBe(inAcme);
    const newer = new Map([['acme', account('acme', 4, { attributes: { size: 11 } })]]);
    const { document, touched } = mergeChanges(inAcme, [], newer);
    expect(document.account).toEqual({ accountId: 'acme', version: 4, attributes: { size: 11 } });
    expect(touched.get('account:size')).toMatchObject({ kind: 'account_change', changeId: 'acme-4' });
    expect([...touched.keys()].sort()).toEqual(['account:size', 'account_level']);
  });

  test('keeps its own cause though other changes of the batch are newer', () => {
    const changes = [link(5, 'acme', 'the link'), profile(6, { x: 1 }, { changeId: 'something else' })];
    expect(mergeChanges(lead, changes, both).touched.get('account:size')).toMatchObject({ changeId: 'the link' });
    expect(mergeChanges(lead, changes.reverse(), both).touched.get('account:size')).toMatchObject({
      changeId: 'the link',
    });
  });
});

test('what touches a slot is the newest change that was accepted for it', () => {
  const changes = [
    profile(1, { a: 'x', b: 'x' }, { changeId: 'one' }),
    profile(3, { a: 'y' }, { changeId: 'three' }),
    profile(2, { a: 'z' }, { changeId: 'two' }),
  ];
  const { touched } = merge(lead, ...changes);
  expect(touched.get('lead:a')?.changeId).toBe('three');
  expect(touched.get('lead:b')?.changeId).toBe('one');
});

test('what a change only repeats it does not touch, nor what a batch changes and changes back, in any order', () => {
  const { document } = merge(lead, profile(1, { a: 'x', list: ['y'] }), levels(1, { engagementLevel: 'Hot' }));
  const batch = [
    profile(2, { a: 'y', list: ['y'], absent: null }),
    levels(2, { engagementLevel: 'Hot', profileLevel: null }),
    profile(3, { a: 'x' }),
  ];
  for (const changes of [batch, [...batch].reverse()]) {
    const merged = merge(document, ...changes);
    expect([...merged.touched]).toEqual([]);
    expect(attributeSetAt(merged.document, 'a')).toBe(3);
  }
});

test('a cause names the change by its id, an event by its event id', () => {
  const occurredAt = Date.parse('2026-02-03T04:05:06.007Z');
  expect(causeOf(profile(occurredAt, {}, { changeId: 'c' }))).toEqual({
    kind: 'profile_change',
    changeId: 'c',
    occurredAt: '2026-02-03T04:05:06.007Z',
  });
  expect(causeOf(levels(occurredAt, {}))).not.toHaveProperty('changeId');
  const event: LeadChange = { kind: 'lead_event', eventId: 'e', leadId: 'l1', eventType: 't', occurredAt };
  expect(causeOf(event)).toMatchObject({ kind: 'lead_event', changeId: 'e' });
});

const anyValue = fc.oneof(
  fc.constantFrom(null, 'a', 'b', '', true),
  fc.integer({ min: -1, max: 1 }),
  fc.constant(['a']),
);
const anyName = fc.constantFrom('a', 'b', '__proto__', 'constructor');
const anyAttributes = fc
  .array(fc.tuple(anyName, anyValue), { maxLength: 3 })
  .map((entries) => Object.assign(Object.create(null), ...entries.map(([name, value]) => entry(name, value))));
function entry(name: string, value: unknown) {
  return Object.defineProperty({}, name, { value, enumerable: true });
}
const anyMoment = fc.integer({ min: 1, max: 5 });
const anyChange: fc.Arbitrary<LeadChange> = fc.oneof(
  fc
    .tuple(anyMoment, anyAttributes, fc.option(fc.constantFrom('acme', 'globex', null), { nil: undefined }))
    .map(([at, attributes, accountId]) => profile(at, attributes, accountId === undefined ? {} : { accountId })),
  fc
    .tuple(anyMoment, fc.constantFrom('Hot', 'Cold', null), fc.constantFrom('Poor Fit', null))
    .map(([at, engagementLevel, profileLevel]) => levels(at, { engagementLevel, profileLevel })),
);
const accounts = new Map(
  [account('acme', 1, { attributes: { x: 1 } }), account('globex', 2)].map((a) => [a.accountId, a]),
);

/** What merging must agree on: everything but how moments are stored. */
function meaningOf(document: LeadDocument) {
  const names = Object.keys(document.attributes).sort();
  return {
    attributes: names.map((name) => [name, own(document.attributes, name), attributeSetAt(document, name)]),
    engagement: document.engagementLevel,
    profile: document.profileLevel,
    link: document.accountLink,
    account: document.account,
  };
}

describe('merging', () => {
  const shuffles = fc
    .array(anyChange, { maxLength: 12 })
    .chain((changes) =>
      fc.tuple(
        fc.constant(changes),
        fc.shuffledSubarray([...changes, ...changes], { minLength: changes.length * 2 }),
        fc.integer({ min: 1, max: 5 }),
      ),
    );

  test('ends the same in any order, with any repetition and in batches of any size', () => {
    fc.assert(
      fc.property(shuffles, ([changes, twice, size]) => {
        const atOnce = mergeChanges(lead, changes, accounts).document;
        let inBatches: LeadDocument = lead;
        for (let from = 0; from < twice.length; from += size) {
          const batch = twice.slice(from, from + size);
          inBatches = JSON.parse(JSON.stringify(mergeChanges(inBatches, batch, accounts).document));
        }
        expect(meaningOf(inBatches)).toEqual(meaningOf(atOnce));
      }),
    );
  });

  test('a second time changes nothing and touches nothing', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), (changes) => {
        const once = mergeChanges(lead, changes, accounts).document;
        const twice = mergeChanges(once, changes, accounts);
        expect(twice.document).toBe(once);
        expect([...twice.touched]).toEqual([]);
      }),
    );
  });

  test('stores a moment of its own only for the lesser part of the attributes', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), (changes) => {
        const { attributes, setAt } = mergeChanges(lead, changes, accounts).document;
        const own = Object.keys(setAt).length;
        expect(own === 0 || own < Object.keys(attributes).length).toBe(true);
      }),
    );
  });

  test('does not change the document it starts from', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 6 }), fc.array(anyChange, { maxLength: 6 }), (first, second) => {
        const { document } = mergeChanges(lead, first, accounts);
        const before = JSON.stringify(document);
        mergeChanges(document, second, accounts);
        expect(JSON.stringify(document)).toBe(before);
      }),
    );
  });
});
