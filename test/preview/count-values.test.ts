import { expect, test } from 'vitest';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import type { LeadScan } from '../../shared/lead/lead-reads.ts';
import { shards } from '../../shared/lead/shard.ts';
import { countValues, type ValuePlace } from '../../shared/preview/count-values.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import type { Value } from '../../shared/rule/value.ts';

const never = () => false;
const order = shards;

/** The leads, dealt out to the shards in turn, in two pages each; `next` is where the second begins. */
function scanOf(leads: readonly LeadDocument[], afterPages = Number.POSITIVE_INFINITY): LeadScan {
  let pages = 0;
  const byShard = new Map(shards.map((shard, at) => [shard, leads.filter((_, index) => index % shards.length === at)]));
  return () => async (shard, after) => {
    if (++pages > afterPages) throw new TimeUp();
    const here = byShard.get(shard)!;
    const half = Math.ceil(here.length / 2);
    return after === undefined ? { leads: here.slice(0, half), next: 'half' } : { leads: here.slice(half) };
  };
}

const leadsWith = (...values: (Value | null)[]) =>
  values.map((value, index): LeadDocument => ({ ...unknownLead(`l${index}`), attributes: { x: value } }));
const times = <Of>(count: number, value: Of): Of[] => Array(count).fill(value);
const x: ValuePlace = { of: 'lead', field: 'x' };
const count = (leads: readonly LeadDocument[], place: ValuePlace = x) =>
  countValues(scanOf(leads), place, { order, leads: leads.length, isTimeUp: never });

test('values that at least five leads share, the most frequent first, however they are written', async () => {
  const leads = leadsWith(
    ...times(6, 'Austria'),
    ...times(4, 'Germany'),
    ...times(3, ' GERMANY'),
    ...times(4, 'Malta'),
  );
  expect(await count(leads)).toEqual({
    values: [
      { value: 'Germany', leads: 7 },
      { value: 'Austria', leads: 6 },
    ],
    looked: 17,
    exact: true,
  });
});

test('each element of a list, once a lead; numbers and booleans as text; nothing empty or personal', async () => {
  const leads = leadsWith(
    ...times<Value>(5, ['Golf', 'golf', 'Sailing']),
    ...times<Value>(5, 7),
    ...times<Value>(5, false),
    ...times<Value | null>(5, null),
    ...times<Value>(5, ' '),
    ...times<Value>(9, 'ada@lovelace.example'),
  );
  const { values } = await count(leads);
  expect(values).toEqual(['7', 'Golf', 'Sailing', 'false'].map((value) => ({ value, leads: 5 })));
});

test('deleted leads have none', async () => {
  const leads = leadsWith(...times(5, 'a')).map((lead) => ({ ...lead, isDeleted: true as const }));
  expect(await count(leads)).toEqual({ values: [], looked: 0, exact: true });
});

test.each<[ValuePlace, string]>([
  [{ of: 'account', field: 'y' }, 'Software'],
  [{ of: 'engagement_level' }, 'Hot'],
  [{ of: 'profile_level' }, 'Strong Fit'],
  [{ of: 'account_level' }, 'Target'],
  [{ of: 'lead', field: 'constructor' }, ''],
])('%j are counted where they are', async (place, value) => {
  const account = { accountId: 'acme', version: 1, attributes: { y: 'Software' }, accountLevel: 'Target' };
  const leads = leadsWith(...times(5, 'a')).map((lead): LeadDocument => {
    return { ...lead, account, engagementLevel: ['Hot', 1], profileLevel: ['Strong Fit', 1] };
  });
  expect((await count(leads, place)).values).toEqual(value === '' ? [] : [{ value, leads: 5 }]);
});

test('with no time for all leads, those that were looked at tell what to expect of all', async () => {
  const leads = leadsWith(...times(10 * shards.length, 'a'));
  const scan = scanOf(leads, shards.length);
  const counts = await countValues(scan, x, { order, leads: 1_000_000, isTimeUp: never });
  expect(counts).toEqual({ values: [{ value: 'a', leads: 1_000_000 }], looked: 5 * shards.length, exact: false });
  const none = await countValues(scan, x, { order, leads: 1_000_000, isTimeUp: () => true });
  expect(none).toEqual({ values: [], looked: 0, exact: false });
});

test('of a field with ever new values, those that come first are counted on', async () => {
  const leads = leadsWith(...times(6, 'early'), ...Array.from({ length: 20_100 }, (_, index) => `v${index}`));
  expect((await count(leads)).values).toEqual([{ value: 'early', leads: 6 }]);
});
