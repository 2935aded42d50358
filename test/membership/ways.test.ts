import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareWays, ways } from '../../oracle/compare-ways.ts';
import { fieldPlaces, levelPlaces } from '../../oracle/every-place.ts';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { deliver } from '../../oracle/steps.ts';
import { explained, found, previewed, recalculate, reconcile, spoil, stored } from '../../oracle/ways.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';

const seeds = Array.from({ length: Number(process.env.WAYS_SEEDS ?? 2) }, (_, index) => 1 + index);

describe('each way to a segment’s leads agrees with the oracle, with every operator in every place', () => {
  const divided = new Set<string>();
  const all = new Set<string>();

  test.each(seeds)('seed %i', async (seed) => {
    const { decisions, differences, answers } = await compareWays(seed);
    expect(differences).toEqual([]);
    for (const way of ways) expect(decisions.get(way), way).toBeGreaterThan(1_000);
    for (const { what, yes, no } of answers) {
      all.add(what);
      if (yes > 0 && no > 0) divided.add(what);
    }
  });

  test('as docs/testing.md says', () => {
    const docs = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
    const rows = docs.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const [, ...header] = rows.find(([, first]) => first === 'place of the operator') ?? [];
    expect(header.slice(1, -1)).toEqual(ways);
    const told = rows
      .filter((row) => row.length === header.length + 1 && row.includes('yes'))
      .map(([, place]) => place);
    expect(told.sort()).toEqual(Object.keys({ ...fieldPlaces, ...levelPlaces }).sort());
  });

  test('which says yes for some leads and no for others, nearly everywhere', () => {
    expect([...all].filter((what) => !divided.has(what)).length).toBeLessThan(all.size / 100);
  });
});

describe('an event rule that compares a field of the event with the clock', () => {
  const rule = (more: Partial<Rule> = {}) =>
    ({
      ...{ type: 'event_metadata', eventType: 'Order', field: 'when', operator: 'more_than_days_ago', value: 1 },
      ...more,
    }) as Rule;
  const inWindow = { withinDays: 30 };
  const recent = { field: 'when', operator: 'more_than_days_ago', value: 1 } as const;

  /** A lead that ordered so many days ago, and a segment saved after that. */
  async function ordered(daysAgo: readonly number[], asked: Rule) {
    const world = new MemoryWorld();
    const orders = daysAgo.map((days, serial) => {
      const occurredAt = new Date(world.now - days * 86_400_000).toISOString();
      return {
        queue: 'event' as const,
        message: {
          eventId: `e${serial}`,
          leadId: 'l1',
          eventType: 'Order',
          occurredAt,
          metadata: { when: occurredAt },
        },
      };
    });
    await deliver(world, orders);
    const content = { name: 'Orders', description: '', active: true, match: 'all' as const, rules: [asked] };
    const now = new Date(world.now).toISOString();
    const context = {
      catalogVersion: 0,
      known: new Map(),
      now,
      author: 'ada',
      newId: (prefix: string) => `${prefix}_1`,
    };
    const segment = planCreate(content, context).after!;
    world.save(segment);
    return { world, segment };
  }

  test.each<[string, number[], Rule, string[]]>([
    ['a new and an old one', [3, 60], rule(inWindow), ['l1']],
    [
      'by an `and`',
      [3, 60],
      rule({ ...inWindow, field: undefined, operator: 'exists', value: undefined, and: [recent] }),
      ['l1'],
    ],
    ['two of three new and two old ones', [3, 4, 5, 50, 60], rule({ ...inWindow, times: { atLeast: 2 } }), ['l1']],
    ['none, of three new and two old ones', [3, 4, 5, 50, 60], rule({ ...inWindow, times: { atMost: 0 } }), []],
    ['none, of two old ones', [50, 60], rule({ ...inWindow, times: { atMost: 0 } }), ['l1']],
    ['one at the end of many that are too new', [0, 0.1, 0.2, 0.3, 0.4, 3], rule(inWindow), ['l1']],
  ])(
    'is answered alike by recalculation, preview, search, explanation and reconciler: %s',
    async (_, daysAgo, asked, members) => {
      const { world, segment } = await ordered(daysAgo, asked);
      await recalculate(world, segment.id);
      expect(stored(world, segment.id)).toEqual(members);
      await recalculate(world, segment.id);
      expect(stored(world, segment.id)).toEqual(members);
      expect(await previewed(world, segment)).toEqual(members);
      expect(await found(world, segment)).toEqual(members);
      expect(await explained(world, segment)).toEqual(members);
      world.now += 3_600_000;
      expect(await reconcile(world)).toEqual({ comparedLeads: ['l1'], drifted: 0 });
      spoil(world);
      expect(await reconcile(world)).toEqual({ comparedLeads: ['l1'], drifted: 1 });
      expect(stored(world, segment.id)).toEqual(members);
    },
  );
});
