import { describe, expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import type { LeadOutcome, LeadWork } from '../../shared/membership/evaluate-leads.ts';
import { type RecalculationPorts, recalculateShard } from '../../shared/recalculation/recalculate-shard.ts';
import type { Recalculation, ShardProgress } from '../../shared/recalculation/recalculation.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const startedAt = '2026-03-10T12:00:00.000Z';
const now = Date.parse(startedAt) + 1_000;
const message = { kind: 'recalculation', segmentId: 'seg_a', runId: 'r1', shard: '00' } as const;

/** One shard with its leads, some of which cannot be evaluated; the others all enter. */
class Shard {
  run: Recalculation | undefined = { segmentId: 'seg_a', runId: 'r1', state: 'running', startedAt };
  progress: ShardProgress | undefined;
  readonly evaluated: string[] = [];
  readonly refuses = new Set<string>();
  readonly leadIds: string[];
  catalog = compileCatalog(1, [], { levels: defaultLevels, eventRetentionDays: 400 });
  /** The catalog that the leads were last evaluated with. */
  leadsCatalogVersion = 0;
  readonly eventsRead: string[] = [];
  readonly work: LeadWork[] = [];
  completed = 0;
  constructor(count: number) {
    this.leadIds = Array.from({ length: count }, (_, index) => `lead-${String(index).padStart(4, '0')}`);
  }

  recalculate = (isTimeUp = () => false) => recalculateShard(this.ports, message, isTimeUp);

  private get ports(): RecalculationPorts {
    return {
      now: () => now,
      catalog: { current: async () => this.catalog },
      noteFailure: () => {},
      pages: async (_, after, limit) => {
        const left = this.leadIds.filter((leadId) => leadId > (after ?? ''));
        const lead = (leadId: string) => ({ ...unknownLead(leadId), catalogVersion: this.leadsCatalogVersion });
        const leads = left.slice(0, limit).map(lead);
        return { leads, ...(left.length > limit && { next: leads.at(-1)!.leadId }) };
      },
      eventsOfLeads: (eventType, _, first, last) => {
        this.eventsRead.push(`${eventType} ${first} ${last}`);
        return eventsOf(eventType, first);
      },
      evaluate: async (work) => {
        this.work.push(...work);
        const leadIds = work.map(({ leadId }) => leadId);
        this.evaluated.push(...leadIds);
        const failed = new Map(leadIds.filter((id) => this.refuses.has(id)).map((id) => [id, 'x'.repeat(500)]));
        const outcomes = new Map(leadIds.filter((id) => !failed.has(id)).map((id) => [id, entered(id)]));
        return { outcomes, failed };
      },
      runs: {
        current: async () => this.run,
        shardProgress: async () => this.progress,
        advance: async (_, before, after) => {
          if (before !== this.progress) return false;
          this.progress = after;
          return true;
        },
        finishIfComplete: async () => {
          this.completed++;
        },
      },
    };
  }
}

async function* eventsOf(eventType: string, leadId: string) {
  yield { leadId, eventId: eventType, occurredAt: now - 1_000, metadata: {} };
}

/** An active segment of leads that did something of that type, or of leads in a country. */
function segmentOf(id: string, savedInCatalog: number, eventType?: string): Segment {
  const rule: Rule = eventType
    ? { type: 'event_metadata', eventType, operator: 'exists' }
    : { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
  const content = { name: id, description: '', active: true, match: 'all', rules: [rule] } as const;
  const context = { catalogVersion: savedInCatalog - 1, known: new Map(), now: startedAt, author: 'test' };
  return planCreate(content, { ...context, newId: () => id }).after!;
}

function entered(leadId: string): LeadOutcome {
  const cause = { kind: 'segment_saved', occurredAt: startedAt } as const;
  const state = { sequence: 1, since: now, source: 'rules', reason: 'recalculated', cause, revision: 1 } as const;
  const document: LeadDocument = { ...unknownLead(leadId), memberships: { seg_a: state } };
  return { leadId, document, transitions: [], wasCreated: false, wasDeleted: false };
}

describe('a shard of a recalculation', () => {
  test('is worked through page by page, each lead counted once', async () => {
    const shard = new Shard(450);
    expect(await shard.recalculate()).toEqual({ isFinished: true });
    expect(shard.progress).toMatchObject({ done: 450, entering: 450, leaving: 0, failed: 0, isFinished: true });
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.completed).toBe(1);
  });

  test('goes on where it stopped when its time was up', async () => {
    const shard = new Shard(450);
    let pages = 0;
    expect(await shard.recalculate(() => ++pages > 1)).toEqual({ isFinished: false });
    expect(shard.progress).toMatchObject({ done: 200, after: 'lead-0199', isFinished: false });
    await shard.recalculate();
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.progress).toMatchObject({ done: 450, entering: 450 });
  });

  test('of an older run ends at once', async () => {
    const shard = new Shard(1);
    for (const run of [undefined, { ...shard.run!, runId: 'r2' }]) {
      shard.run = run;
      expect(await shard.recalculate()).toEqual({ isFinished: true });
    }
    expect(shard).toMatchObject({ evaluated: [], progress: undefined, completed: 0 });
  });

  test('goes on without leads that fail twice, and remembers them with the reason', async () => {
    const shard = new Shard(450);
    shard.refuses.add('lead-0003').add('lead-0300');
    await shard.recalculate();
    expect(shard.progress).toMatchObject({
      done: 450,
      entering: 448,
      failed: 2,
      isFinished: true,
      failures: [
        { leadId: 'lead-0003', reason: 'x'.repeat(200) },
        { leadId: 'lead-0300', reason: 'x'.repeat(200) },
      ],
    });
    expect(shard.evaluated.filter((leadId) => leadId === 'lead-0003')).toHaveLength(2);
  });
});

describe('the events that a shard reads', () => {
  const saved = [segmentOf('seg_a', 2), segmentOf('seg_b', 3, 'Visit'), segmentOf('seg_c', 4, 'Order')];
  const shardOf = (leadsCatalogVersion: number) => {
    const shard = new Shard(250);
    shard.catalog = compileCatalog(4, saved, shard.catalog.context);
    shard.leadsCatalogVersion = leadsCatalogVersion;
    return shard;
  };
  const pages = ['lead-0000 lead-0199', 'lead-0200 lead-0249'];

  test('are those of the segments saved since, too: once a page and type, not once a lead', async () => {
    const shard = shardOf(1);
    await shard.recalculate();
    expect(shard.eventsRead).toEqual(pages.flatMap((page) => [`Visit ${page}`, `Order ${page}`]));
    const [first, second] = shard.work;
    expect(first?.rawEvents?.catalogVersion).toBe(4);
    const [visits, orders] = [...shard.catalog.conditions.values()].map(({ id }) => id);
    const ofLead = (work?: LeadWork) => [visits, orders].map((id) => work?.rawEvents?.byCondition.get(id!)?.length);
    expect([ofLead(first), ofLead(second)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test('are not those of segments that all leads were evaluated with', async () => {
    const someAreBehind = shardOf(3);
    await someAreBehind.recalculate();
    expect(someAreBehind.eventsRead).toEqual(pages.map((page) => `Order ${page}`));
    const noneIs = shardOf(4);
    await noneIs.recalculate();
    expect(noneIs.eventsRead).toEqual([]);
    expect(noneIs.work.every(({ rawEvents }) => rawEvents === undefined)).toBe(true);
  });
});

describe('a later attempt', () => {
  const failedOnce = async (count: number, ...refused: string[]) => {
    const shard = new Shard(count);
    for (const leadId of refused) shard.refuses.add(leadId);
    await shard.recalculate();
    shard.evaluated.length = 0;
    shard.run = { ...shard.run!, attempt: 2 };
    return shard;
  };

  test('evaluates only the leads that failed', async () => {
    const shard = await failedOnce(300, 'lead-0003', 'lead-0250');
    shard.refuses.delete('lead-0250');
    await shard.recalculate();
    expect(new Set(shard.evaluated)).toEqual(new Set(['lead-0003', 'lead-0250']));
    expect(shard.progress).toMatchObject({ done: 300, entering: 299, failed: 1, isFinished: true, attempt: 2 });
    expect(shard.progress?.failures).toMatchObject([{ leadId: 'lead-0003' }]);
    shard.refuses.clear();
    shard.run = { ...shard.run!, attempt: 3 };
    await shard.recalculate();
    expect(shard.progress).toMatchObject({ done: 300, entering: 300, failed: 0, attempt: 3 });
    expect(shard.progress).not.toHaveProperty('failures');
  });

  test('evaluates all leads of a shard when too many failed to remember', async () => {
    const many = Array.from({ length: 150 }, (_, index) => `lead-${String(index).padStart(4, '0')}`);
    const shard = await failedOnce(300, ...many);
    expect(shard.progress).toMatchObject({ failed: 150 });
    expect(shard.progress?.failures).toHaveLength(100);
    shard.refuses.clear();
    await shard.recalculate();
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.progress).toMatchObject({ done: 300, entering: 300, failed: 0, attempt: 2 });
  });

  test('does nothing to a shard without failures, nor twice to one with them', async () => {
    const whole = await failedOnce(10);
    await whole.recalculate();
    expect(whole.evaluated).toEqual([]);
    const failing = await failedOnce(10, 'lead-0001');
    await failing.recalculate();
    failing.evaluated.length = 0;
    await failing.recalculate();
    expect(failing.evaluated).toEqual([]);
    expect(failing.completed).toBe(3);
  });
});
