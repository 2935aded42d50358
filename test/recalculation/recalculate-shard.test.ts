import { describe, expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadDocument, type MembershipState, unknownLead } from '../../shared/lead/lead-document.ts';
import { shards } from '../../shared/lead/shard.ts';
import type { LeadOutcome, LeadWork } from '../../shared/membership/evaluate-leads.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import { type RecalculationPorts, recalculateShard } from '../../shared/recalculation/recalculate-shard.ts';
import type { OpenRun, ShardProgress } from '../../shared/recalculation/recalculation.ts';
import { maximumWaitingRuns, type Round } from '../../shared/recalculation/round.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const startedAt = '2026-03-10T12:00:00.000Z';
/** Long after the runs began: they wait for no others. */
const now = Date.parse(startedAt) + 60_000;
const never = () => false;

/** One shard with its leads, some of which cannot be evaluated; the others all enter what is asked of them. */
class Shard {
  readonly open = new Map<string, OpenRun>();
  round: Round = { shard: '00', version: 0, waiting: [], failures: [] };
  readonly progress = new Map<string, ShardProgress>();
  readonly evaluated: string[] = [];
  /** The first lead of each page that was read. */
  readonly pagesRead: string[] = [];
  readonly refuses = new Set<string>();
  readonly leadIds: string[];
  catalog = compileCatalog(1, [], { levels: defaultLevels, eventRetentionDays: 400 });
  /** The catalog that the leads were last evaluated with. */
  leadsCatalogVersion = 0;
  readonly eventsRead: string[] = [];
  readonly work: LeadWork[] = [];
  completed = 0;
  /** Who holds the round, and how often it was taken. */
  lease: { holder: string | undefined; term: number; comesAt?: number | undefined } = { holder: undefined, term: 0 };
  now = now;
  /** Happens at each call of a port, before it. */
  before: (call: string) => void = () => {};

  constructor(count: number) {
    this.leadIds = Array.from({ length: count }, (_, index) => `lead-${String(index).padStart(4, '0')}`);
    this.begin('seg_a');
  }

  begin(segmentId: string, { runId = 'r1', attempt = 1, begunAt = startedAt } = {}): void {
    this.open.set(segmentId, { segmentId, runId, startedAt: begunAt, attempt, through: new Set() });
  }

  /** One message, and those it is continued by. */
  async recalculate(): Promise<void> {
    for (let isFinished = false; !isFinished; ) ({ isFinished } = await this.deliver());
  }

  deliver = (isTimeUp = never, holder = 'm1') => recalculateShard(this.ports, { shard: '00' }, holder, isTimeUp);

  of = (segmentId: string) => this.progress.get(segmentId);

  private get ports(): RecalculationPorts {
    const calls =
      <T extends unknown[], R>(call: string, port: (...args: T) => R) =>
      async (...args: T): Promise<Awaited<R>> => {
        this.before(call);
        return await port(...args);
      };
    return {
      now: () => this.now,
      catalog: { current: async () => this.catalog },
      noteFailure: () => {},
      pages: calls('pages', (_: string, after: string | undefined, limit: number) => {
        const left = this.leadIds.filter((leadId) => leadId > (after ?? ''));
        const lead = (leadId: string) => ({ ...unknownLead(leadId), catalogVersion: this.leadsCatalogVersion });
        const leads = left.slice(0, limit).map(lead);
        this.pagesRead.push(leads[0]?.leadId ?? 'none');
        return { leads, ...(left.length > limit && { next: leads.at(-1)!.leadId }) };
      }),
      eventsOfLeads: (eventType, _, first, last) => {
        this.eventsRead.push(`${eventType} ${first} ${last}`);
        return eventsOf(eventType, first);
      },
      evaluate: calls('evaluate', (work: readonly LeadWork[]) => {
        this.work.push(...work);
        this.evaluated.push(...work.map(({ leadId }) => leadId));
        const refused = work.filter(({ leadId }) => this.refuses.has(leadId));
        const outcomes = work.filter(({ leadId }) => !this.refuses.has(leadId)).map(entered);
        return {
          failed: new Map(refused.map(({ leadId }) => [leadId, 'x'.repeat(500)])),
          outcomes: new Map(outcomes.map((outcome) => [outcome.leadId, outcome])),
        };
      }),
      rounds: {
        take: calls('take', (shard: string, holder: string) => {
          if (this.lease.holder !== undefined && this.lease.holder !== holder) return undefined;
          this.lease = { holder, term: this.lease.term + 1 };
          return { shard, term: this.lease.term };
        }),
        keep: calls('keep', ({ term }: { term: number }) => this.lease.term === term),
        letGo: calls('letGo', ({ term }: { term: number }, comesAt?: number) => {
          if (this.lease.term !== term) return false;
          this.lease = { holder: undefined, term, comesAt };
          return true;
        }),
        read: calls('read', () => this.round),
        store: calls('store', (round: Round) => {
          if (this.round.version !== round.version - 1) return false;
          this.round = round;
          return true;
        }),
      },
      runs: {
        open: calls('open', () => [...this.open.values()]),
        shardProgress: calls('shardProgress', (segmentId: string) => this.of(segmentId)),
        finishShard: calls('finishShard', (segmentId: string, progress: ShardProgress) => {
          this.progress.set(segmentId, progress);
          const run = this.open.get(segmentId);
          if (run?.runId !== progress.runId || run.attempt !== progress.attempt) return;
          this.open.set(segmentId, { ...run, through: new Set([progress.shard]) });
          this.completed++;
        }),
        finishIfComplete: calls('finishIfComplete', ({ segmentId }: { segmentId: string }) => {
          this.open.delete(segmentId);
        }),
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

function entered({ leadId, recalculate }: LeadWork): LeadOutcome {
  const cause = { kind: 'segment_saved', occurredAt: startedAt } as const;
  const state = { sequence: 1, since: now, source: 'rules', reason: 'recalculated', cause, revision: 1 } as const;
  const asked = [...(recalculate?.requestedAt.keys() ?? [])];
  const memberships: Record<string, MembershipState> = Object.fromEntries(asked.map((id) => [id, state]));
  const document: LeadDocument = { ...unknownLead(leadId), memberships };
  return { leadId, document, transitions: [], wasCreated: false, wasDeleted: false };
}

describe('a shard of a recalculation', () => {
  test('is worked through page by page, each lead counted once', async () => {
    const shard = new Shard(450);
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(shard.of('seg_a')).toMatchObject({ done: 450, entering: 450, leaving: 0, failed: 0, isFinished: true });
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.completed).toBe(1);
    expect(shard.round).toMatchObject({ waiting: [], version: 3 });
  });

  test('goes on where it stopped when its time was up', async () => {
    const shard = new Shard(450);
    let pages = 0;
    expect(await shard.deliver(() => ++pages > 1)).toMatchObject({ isFinished: false });
    expect(shard.round).toMatchObject({ after: 'lead-0199', waiting: [{ done: 200, entering: 200 }] });
    await shard.recalculate();
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.of('seg_a')).toMatchObject({ done: 450, entering: 450 });
  });

  test('is handed over when time is up while a page waits for its turn to be read', async () => {
    const shard = new Shard(450);
    shard.before = (call) => {
      if (call === 'pages' && shard.pagesRead.length === 1) throw new TimeUp();
    };
    expect(await shard.deliver()).toMatchObject({ isFinished: false });
    expect(shard.lease.holder).toBeUndefined();
    shard.before = () => {};
    await shard.recalculate();
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.of('seg_a')).toMatchObject({ done: 450, entering: 450 });
  });

  test('goes on without leads that fail twice, and remembers them with the reason', async () => {
    const shard = new Shard(450);
    shard.refuses.add('lead-0003').add('lead-0300');
    await shard.recalculate();
    expect(shard.of('seg_a')).toMatchObject({
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

  test('without a run that waits reads no leads', async () => {
    const shard = new Shard(1);
    shard.open.clear();
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(shard).toMatchObject({ evaluated: [], pagesRead: [], completed: 0, round: { version: 0 } });
  });

  test('ends a run that is through with all shards: whoever was to end it may have died', async () => {
    const shard = new Shard(1);
    shard.open.set('seg_a', { ...shard.open.get('seg_a')!, through: new Set(shards) });
    await shard.recalculate();
    expect(shard.open.size).toBe(0);
    expect(shard.pagesRead).toEqual([]);
  });
});

describe('the round that runs share', () => {
  test('reads each lead once for all runs that are there from the start', async () => {
    const shard = new Shard(450);
    for (let index = 0; index < 30; index++) shard.begin(`seg_${index}`);
    await shard.recalculate();
    expect(shard.pagesRead).toEqual(['lead-0000', 'lead-0200', 'lead-0400']);
    expect(shard.progress.size).toBe(31);
    for (const progress of shard.progress.values()) expect(progress).toMatchObject({ done: 450, entering: 450 });
  });

  test('takes along a run that joins late, and comes round to where it joined, counting each lead once', async () => {
    const shard = new Shard(850);
    shard.refuses.add('lead-0003').add('lead-0350').add('lead-0500').add('lead-0777');
    shard.before = (call) => {
      if (call === 'pages' && shard.pagesRead.length === 1) shard.begin('seg_late');
    };
    expect(await shard.deliver()).toMatchObject({ isFinished: false });
    expect(shard.of('seg_a')).toMatchObject({ done: 850, entering: 846, failed: 4 });
    expect(shard.round).toMatchObject({ waiting: [{ segmentId: 'seg_late', joinedAfter: 'lead-0399', done: 450 }] });
    expect(shard.round).not.toHaveProperty('after');
    // Meanwhile the lead it joined after is deleted, and others are created.
    shard.leadIds.splice(399, 1);
    shard.leadIds.splice(300, 0, 'lead-0299-a', 'lead-0299-b');
    await shard.recalculate();
    const late = shard.of('seg_late')!;
    expect(late).toMatchObject({ done: 851, entering: 847, failed: 4 });
    expect(late.failures?.map(({ leadId }) => leadId).sort()).toEqual(
      ['lead-0003', 'lead-0350', 'lead-0500', 'lead-0777'].sort(),
    );
    expect(shard.pagesRead).toHaveLength(5 + 3);
    expect(shard.round).toMatchObject({ waiting: [], failures: [] });
  });

  test('goes on as long as somebody waits, and begins with the first lead when nobody did', async () => {
    const shard = new Shard(450);
    shard.before = (call) => {
      if (call === 'pages' && shard.pagesRead.length === 2) shard.begin('seg_b');
      if (call === 'pages' && shard.pagesRead.length === 4) shard.begin('seg_c');
    };
    await shard.recalculate();
    expect([...shard.progress].map(([id, { done }]) => [id, done])).toEqual([
      ['seg_a', 450],
      ['seg_b', 450],
      ['seg_c', 450],
    ]);
    expect(shard.pagesRead).toHaveLength(3 + 3 + 2);
    shard.before = () => {};
    shard.pagesRead.length = 0;
    shard.begin('seg_d');
    await shard.recalculate();
    expect(shard.pagesRead).toEqual(['lead-0000', 'lead-0200', 'lead-0400']);
  });

  test('is left by a run that ended, or that a newer one replaced, which joins from where it is', async () => {
    const shard = new Shard(450);
    shard.begin('seg_gone');
    shard.before = (call) => {
      if (call !== 'pages' || shard.pagesRead.length !== 1) return;
      shard.open.delete('seg_gone');
      shard.begin('seg_a', { runId: 'r2' });
    };
    await shard.recalculate();
    expect([...shard.progress.keys()]).toEqual(['seg_a']);
    expect(shard.of('seg_a')).toMatchObject({ runId: 'r2', done: 450 });
  });

  test('is one item: no more runs take part than it has room for, and the others join as these are through', async () => {
    const shard = new Shard(250);
    for (let index = 0; index < maximumWaitingRuns + 10; index++) {
      shard.begin(`seg_${String(index).padStart(26, '0')}`, { runId: `r${'1'.repeat(38)}` });
    }
    let most = 0;
    shard.before = () => {
      most = Math.max(most, JSON.stringify(shard.round).length);
    };
    await shard.recalculate();
    expect(shard.progress.size).toBe(maximumWaitingRuns + 11);
    for (const { done } of shard.progress.values()) expect(done).toBe(250);
    expect(most).toBeLessThan(200_000);
    expect(shard.pagesRead).toHaveLength(4);
  });

  test.each(['store', 'finishShard', 'letGo', 'evaluate', 'open', 'read', 'pages'])(
    'is gone on with by the next delivery when one dies at %s',
    async (at) => {
      const shard = new Shard(450);
      shard.begin('seg_b');
      let left = 2;
      shard.before = (call) => {
        if (call === at && left-- > 0) throw new Error('killed');
        // The one who died does not let go.
        if (call === 'letGo' && left > 0) throw new Error('killed');
      };
      for (let deliveries = 0, isFinished = false; !isFinished; deliveries++) {
        expect(deliveries).toBeLessThan(5);
        isFinished = await shard.deliver().then(
          (result) => result.isFinished,
          () => false,
        );
      }
      for (const id of ['seg_a', 'seg_b']) expect(shard.of(id)).toMatchObject({ done: 450, entering: 450 });
      expect(new Set(shard.evaluated)).toEqual(new Set(shard.leadIds));
    },
  );
});

describe('runs that begin one after the other', () => {
  const moment = (seconds: number) => Date.parse(startedAt) + seconds * 1_000;
  /** A shard of runs that began a second apart, and the last of them now. */
  const saving = (runs: number) => {
    const shard = new Shard(450);
    shard.open.clear();
    for (let index = 0; index < runs; index++)
      shard.begin(`seg_${index}`, { begunAt: new Date(moment(index)).toISOString() });
    shard.now = moment(runs - 1);
    return shard;
  };

  test('are let gather before the first page is read, and a message says when it is', async () => {
    const shard = saving(6);
    expect(await shard.deliver()).toEqual({ isFinished: false, delaySeconds: 2 });
    expect(shard).toMatchObject({ pagesRead: [], round: { version: 0 } });
    expect(shard.lease).toEqual({ holder: undefined, term: 1, comesAt: shard.now + 2_000 });
    shard.now += 2_000;
    shard.begin('seg_late', { begunAt: new Date(shard.now - 1_500).toISOString() });
    expect(await shard.deliver()).toEqual({ isFinished: false, delaySeconds: 1 });
    shard.now += 1_000;
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(shard.pagesRead).toHaveLength(3);
    expect(shard.progress.size).toBe(7);
  });

  test('wait for half a minute at most, and a few not at all', async () => {
    const few = saving(4);
    await few.deliver();
    expect(few.pagesRead).toHaveLength(3);
    const many = saving(31);
    expect(await many.deliver()).toEqual({ isFinished: true });
    const almost = saving(30);
    almost.now += 500;
    expect(await almost.deliver()).toEqual({ isFinished: false, delaySeconds: 1 });
  });

  test('do not keep a round that is under way, but its next one', async () => {
    const shard = saving(1);
    shard.before = (call) => {
      if (call === 'pages' && shard.pagesRead.length === 1)
        for (let index = 0; index < 6; index++) shard.begin(`seg_late_${index}`);
    };
    expect(await shard.deliver()).toEqual({ isFinished: false, delaySeconds: 0 });
    expect(shard.pagesRead).toHaveLength(3);
    expect(shard.round.waiting).toHaveLength(6);
    expect(await shard.deliver()).toEqual({ isFinished: false, delaySeconds: 2 });
    shard.now += 2_000;
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(shard.pagesRead).toHaveLength(3 + 2);
  });
});

describe('a message for a round', () => {
  test('ends at once while another one works on it', async () => {
    const shard = new Shard(450);
    shard.lease = { holder: 'm2', term: 7 };
    const calls: string[] = [];
    shard.before = (call) => calls.push(call);
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(calls).toEqual(['take']);
  });

  test('takes over from its own earlier delivery, which then steps aside', async () => {
    const shard = new Shard(450);
    let isSecond = false;
    let other: Promise<unknown> = Promise.resolve();
    shard.before = (call) => {
      if (call !== 'evaluate' || isSecond) return;
      isSecond = true;
      other = shard.recalculate();
    };
    await shard.deliver();
    await other;
    expect(shard.of('seg_a')).toMatchObject({ done: 450, entering: 450 });
    expect(shard.lease.holder).toBeUndefined();
  });

  test('looks once more after letting go: a run that found the round held relies on it', async () => {
    const shard = new Shard(10);
    shard.before = (call) => {
      // It began after the last look, and its message, which finds the round held, ends at once.
      if (call === 'letGo' && shard.lease.term === 1) shard.begin('seg_late');
    };
    expect(await shard.deliver()).toEqual({ isFinished: true });
    expect(shard.of('seg_late')).toMatchObject({ done: 10 });
  });

  test('goes on where its write was done and the answer lost', async () => {
    const shard = new Shard(450);
    let isLost = false;
    shard.before = (call) => {
      // What it is about to store is stored already.
      if (call !== 'store' || isLost) return;
      isLost = true;
      shard.round = { ...shard.round, version: 1 };
    };
    await shard.recalculate();
    expect(shard.of('seg_a')).toMatchObject({ done: 450 });
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
    shard.begin('seg_a', { attempt: 2 });
    return shard;
  };

  test('evaluates only the leads that failed', async () => {
    const shard = await failedOnce(300, 'lead-0003', 'lead-0250');
    shard.refuses.delete('lead-0250');
    await shard.recalculate();
    expect(new Set(shard.evaluated)).toEqual(new Set(['lead-0003', 'lead-0250']));
    expect(shard.of('seg_a')).toMatchObject({ done: 300, entering: 299, failed: 1, isFinished: true, attempt: 2 });
    expect(shard.of('seg_a')?.failures).toMatchObject([{ leadId: 'lead-0003' }]);
    shard.refuses.clear();
    shard.begin('seg_a', { attempt: 3 });
    await shard.recalculate();
    expect(shard.of('seg_a')).toMatchObject({ done: 300, entering: 300, failed: 0, attempt: 3 });
    expect(shard.of('seg_a')).not.toHaveProperty('failures');
  });

  test('evaluates all leads of a shard when too many failed to remember', async () => {
    const many = Array.from({ length: 150 }, (_, index) => `lead-${String(index).padStart(4, '0')}`);
    const shard = await failedOnce(300, ...many);
    expect(shard.of('seg_a')).toMatchObject({ failed: 150 });
    expect(shard.of('seg_a')?.failures).toHaveLength(100);
    shard.refuses.clear();
    await shard.recalculate();
    expect(shard.evaluated).toEqual(shard.leadIds);
    expect(shard.of('seg_a')).toMatchObject({ done: 300, entering: 300, failed: 0, attempt: 2 });
  });

  test('evaluates leads that failed beside the round that others share', async () => {
    const shard = await failedOnce(300, 'lead-0003');
    shard.refuses.clear();
    shard.begin('seg_b');
    await shard.recalculate();
    expect(shard.of('seg_a')).toMatchObject({ done: 300, entering: 300, attempt: 2 });
    expect(shard.of('seg_b')).toMatchObject({ done: 300, entering: 300, attempt: 1 });
    expect(shard.evaluated).toHaveLength(301);
  });
});
