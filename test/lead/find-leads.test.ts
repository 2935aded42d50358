import { expect, test } from 'vitest';
import { type FindLeadsPorts, findLeads, type LeadPosition } from '../../shared/lead/find-leads.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shardOf, shards } from '../../shared/lead/shard.ts';

const leadIds = Array.from({ length: 100 }, (_, index) => `lead-${index}`);
const lead = (leadId: string, more: Partial<LeadDocument> = {}): LeadDocument => ({
  ...unknownLead(leadId),
  version: 1,
  ...more,
});

/** Leads in their shards, in pages of at most `largestPage`. */
function portsOver(all: readonly LeadDocument[], more: Partial<FindLeadsPorts> = {}, largestPage = 500) {
  const asked: string[] = [];
  const pages: FindLeadsPorts['pages'] = async (shard, after, limit) => {
    asked.push(shard);
    const here = all.filter(({ leadId }) => shardOf(leadId) === shard).sort((a, b) => (a.leadId < b.leadId ? -1 : 1));
    const rest = here.filter(({ leadId }) => after === undefined || leadId > after);
    const leads = rest.slice(0, Math.min(limit, largestPage));
    const last = leads.at(-1);
    return { leads, ...(last && leads.length < rest.length && { next: last.leadId }) };
  };
  return { asked, ports: { pages, isTimeUp: () => false, ...more } };
}

async function allPages(ports: FindLeadsPorts, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let from: LeadPosition | undefined = { shard: 0 };
  while (from) {
    const page: Awaited<ReturnType<typeof findLeads>> = await findLeads(ports, from, limit);
    found.push(page.leads.map(({ leadId }) => leadId));
    from = page.next;
  }
  return found;
}

test.each([1, 3, 50, 100, 500])('finds every lead once in pages of %d', async (limit) => {
  const { ports } = portsOver(
    leadIds.map((leadId) => lead(leadId)),
    {},
    2,
  );
  const pages = await allPages(ports, limit);
  expect(pages.flat().sort()).toEqual([...leadIds].sort());
  expect(pages.every((page) => page.length <= limit)).toBe(true);
});

test.each([1, 4, 500])('finds those that are wanted, once, in pages of %d', async (limit) => {
  const isWanted = ({ leadId }: LeadDocument) => leadId.endsWith('7') || leadId.endsWith('3');
  const { ports } = portsOver(
    leadIds.map((leadId) => lead(leadId)),
    { select: async (_shard, leads) => leads.filter(isWanted) },
  );
  const pages = await allPages(ports, limit);
  expect(pages.flat().sort()).toEqual(leadIds.filter((id) => /[37]$/.test(id)).sort());
});

test('a page of large leads has fewer: an answer is limited', async () => {
  const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}`, 'x'.repeat(4_000)]));
  const { ports } = portsOver(leadIds.map((leadId) => lead(leadId, { attributes })));
  const pages = await allPages(ports, 500);
  expect(pages.flat().sort()).toEqual([...leadIds].sort());
  expect(pages.map((page) => page.length)).toEqual(expect.arrayContaining([19]));
  expect(Math.max(...pages.map((page) => page.length))).toBe(19);
});

test('a deleted lead is none', async () => {
  const { ports } = portsOver([lead('here'), lead('gone', { isDeleted: true })]);
  expect((await allPages(ports, 10)).flat()).toEqual(['here']);
});

test('answers what it found when time is up, and where to go on', async () => {
  const { ports, asked } = portsOver(
    leadIds.map((leadId) => lead(leadId)),
    { isTimeUp: () => true },
  );
  const page = await findLeads(ports, { shard: 0 }, 500);
  expect(asked).toEqual(['00']);
  expect(page.next).toEqual({ shard: 1 });
  expect((await allPages(ports, 500)).flat().sort()).toEqual([...leadIds].sort());
});

test('reads no more than 10,000 leads for one page, however few are wanted', async () => {
  const many = Array.from({ length: 500 }, (_, index) => lead(`lead-${index}`));
  let read = 0;
  const pages: FindLeadsPorts['pages'] = async (_shard, _after, limit) => {
    read += limit;
    return { leads: many.slice(0, limit), next: 'lead-499' };
  };
  const page = await findLeads({ pages, select: async () => [], isTimeUp: () => false }, { shard: 3 }, 1);
  expect(page).toEqual({ leads: [], next: { shard: 3, after: 'lead-499' } });
  expect(read).toBe(10_000);
});

test('has no more after the last shard', async () => {
  const { ports } = portsOver([]);
  expect(await findLeads(ports, { shard: shards.length - 1 }, 1)).toEqual({ leads: [] });
});
