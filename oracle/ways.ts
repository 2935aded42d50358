import type { Segment } from '../shared/catalog/segment.ts';
import { isAfterInKeys } from '../shared/id/id-in-key.ts';
import type { EventPages } from '../shared/lead/event-pages.ts';
import { isMember, type LeadDocument } from '../shared/lead/lead-document.ts';
import { encodeLead, leadKey } from '../shared/lead/lead-item.ts';
import { scanDecoder } from '../shared/lead/lead-scan-store.ts';
import { compileRules } from '../shared/matcher/evaluation.ts';
import { evaluateLeads, type LeadWork } from '../shared/membership/evaluate-leads.ts';
import { explain } from '../shared/membership/explanation.ts';
import { eventsToRead } from '../shared/membership/stored-subject.ts';
import { countShard } from '../shared/preview/count-shard.ts';
import { subjectsOfShard } from '../shared/preview/page-subjects.ts';
import { uncountedShard } from '../shared/preview/shard-count.ts';
import { conditionsToFill } from '../shared/recalculation/conditions-to-fill.ts';
import { recalculateShard } from '../shared/recalculation/recalculate-shard.ts';
import { newRun, openRunOf } from '../shared/recalculation/recalculation.ts';
import type { Round } from '../shared/recalculation/round.ts';
import { settledAfterMs } from '../shared/reconciliation/compare-rows.ts';
import { noFigures } from '../shared/reconciliation/figures.ts';
import { reconcileShard } from '../shared/reconciliation/reconcile-shard.ts';
import { newPass } from '../shared/reconciliation/shard-pass.ts';
import type { MemoryWorld } from './memory-world.ts';

/** The one shard that a world in memory is. */
const shard = '00';
const never = () => false;

const eventPagesOf = (world: MemoryWorld): EventPages =>
  async function* (eventType, _shard, fromLeadId) {
    for (const page of world.eventPages(eventType)) {
      const rest = page.filter(({ leadId }) => !isAfterInKeys(fromLeadId, leadId));
      if (rest.length > 0) yield rest;
    }
  };

/** Rules, and how they combine. */
type Asked = Pick<Segment, 'match' | 'rules'>;

/** Evaluates every lead for segments by their recalculation, which reads raw events beside its pages of leads. */
export async function recalculate(world: MemoryWorld, ...segmentIds: string[]): Promise<void> {
  const open = new Map(segmentIds.map((id) => [id, openRunOf(newRun(id, `run of ${id}`, world.now))]));
  let round: Round = { shard, version: 0, waiting: [], failures: [] };
  const failures: string[] = [];
  let waitedSeconds = 0;
  const ports = {
    catalog: world.ports.catalog,
    now: () => world.now + waitedSeconds * 1_000,
    evaluate: (work: readonly LeadWork[]) => evaluateLeads(world.ports, work),
    pages: async (_shard: string, after: string | undefined) => world.page(after),
    async *eventsOfLeads(eventType: string, _shard: string, first: string, last: string) {
      for (const page of world.eventPages(eventType)) {
        yield* page.filter(({ leadId }) => !isAfterInKeys(first, leadId) && !isAfterInKeys(leadId, last));
      }
    },
    noteFailure: (leadId: string, reason: string) => void failures.push(`${leadId}: ${reason}`),
    rounds: {
      take: async () => ({ shard, term: 1 }),
      keep: async () => true,
      letGo: async () => true,
      read: async () => round,
      store: async (after: Round) => {
        round = after;
        return true;
      },
    },
    runs: {
      open: async () => [...open.values()],
      shardProgress: async () => undefined,
      finishShard: async (segmentId: string) => {
        open.delete(segmentId);
        noteFilled(world, segmentId);
      },
      finishIfComplete: async () => {},
    },
  };
  for (let isFinished = false; !isFinished; ) {
    const result = await recalculateShard(ports, { shard }, 'a message', never);
    isFinished = result.isFinished;
    waitedSeconds += result.delaySeconds ?? 0;
  }
  if (failures.length > 0) throw new Error(`Recalculations failed: ${failures.join('; ')}`);
}

/** Notes on the segment that the state of its event conditions is filled, which moves the catalog. */
function noteFilled(world: MemoryWorld, segmentId: string): void {
  const segment = world.catalog.known.get(segmentId)!;
  const filled = new Map(conditionsToFill(segment, world.catalog).map(({ condition, n }) => [condition.id, n]));
  if (filled.size === 0) return;
  const conditions = segment.conditions.map((kept) => ({
    ...kept,
    backfilledN: Math.max(kept.backfilledN, filled.get(kept.id) ?? 0),
  }));
  world.save({ ...segment, conditions });
}

/** The leads that a preview of rules counts. */
export async function previewed(world: MemoryWorld, { match, rules }: Asked): Promise<string[]> {
  const { catalog, now } = world;
  const question = { match, rules, sampleSize: world.documents.size, now, context: catalog.context };
  const ports = {
    catalog: world.ports.catalog,
    scan: (reads: Parameters<typeof scanDecoder>[0]) => {
      const decode = scanDecoder(reads);
      return async (_shard: string, after: string | undefined) => {
        const { leads, ...next } = world.page(after);
        return {
          leads: leads.map((lead) => decode({ ...leadKey(lead.leadId), ...encodeLead(lead, nothing) })),
          ...next,
        };
      };
    },
    eventPages: eventPagesOf(world),
  };
  const { matching } = await countShard(ports, question, catalog, uncountedShard(shard), never);
  return matching.sample.map(({ leadId }) => leadId);
}

const nothing = { transitions: [] };

/** The leads that a search for rules finds. */
export async function found(world: MemoryWorld, { match, rules }: Asked): Promise<string[]> {
  const { catalog, now } = world;
  const evaluation = compileRules(match, rules, catalog.context);
  const ports = { catalog: world.ports.catalog, eventPages: eventPagesOf(world) };
  const subjects = subjectsOfShard(ports, catalog, rules, now, shard);
  const leadIds: string[] = [];
  let after: string | undefined;
  do {
    const { leads, next } = world.page(after);
    const subjectOf = await subjects.ofPage(leads);
    leadIds.push(...leads.filter((lead) => evaluation.holds(subjectOf(lead))).map(({ leadId }) => leadId));
    after = next;
  } while (after !== undefined);
  return leadIds;
}

/** The leads of which an explanation says that the segment's rules hold for them. */
export async function explained(world: MemoryWorld, segment: Segment): Promise<string[]> {
  const { catalog, now } = world;
  const leadIds: string[] = [];
  for (const document of world.documents.values()) {
    const toRead = eventsToRead(document, segment.rules, catalog);
    const events = await Promise.all(
      toRead.map(
        async ({ condition, n }) =>
          [condition.key, await world.ports.events.read(document.leadId, condition, n, now)] as const,
      ),
    );
    if (explain(document, segment, catalog, new Map(events), now).holds) leadIds.push(document.leadId);
  }
  return leadIds;
}

/** Lets the clock pass to a moment, evaluating each lead when it falls due and at no other time. */
export async function passTime(world: MemoryWorld, until: number): Promise<void> {
  for (;;) {
    const due = [...world.documents.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= until);
    if (due.length === 0) break;
    const next = Math.min(...due.map(({ dueAt }) => dueAt!));
    world.now = Math.max(world.now, next);
    const leads = due.filter(({ dueAt }) => dueAt === next);
    await evaluateLeads(
      world.ports,
      leads.map(({ leadId }) => ({ leadId, dueAt: next })),
    );
  }
  world.now = until;
}

/**
 * Passes over the world as the reconciler does. Answers the leads it looked at (it leaves those alone that fall due
 * shortly) and how many of them were not as the rules say.
 */
export async function reconcile(world: MemoryWorld): Promise<{ comparedLeads: string[]; drifted: number }> {
  const comparedLeads: string[] = [];
  let pass = newPass(shard, 'pass', new Date(world.now).toISOString(), undefined);
  const longAgo = new Date(world.now - 2 * settledAfterMs).toISOString();
  const done = { runId: 'run', state: 'done', startedAt: longAgo, finishedAt: longAgo } as const;
  await reconcileShard(
    {
      now: world.ports.now,
      catalog: world.ports.catalog,
      recalculations: async () => [...world.catalog.active.keys()].map((segmentId) => ({ segmentId, ...done })),
      pages: async (_shard, after) => world.page(after),
      documents: world.ports.leads.read,
      evaluate: (work) => {
        comparedLeads.push(...work.map(({ leadId }) => leadId));
        return evaluateLeads(world.ports, work);
      },
      leadTotal: { readByShard: async () => new Map(), correct: async () => {} },
      rows: noRows,
      repair: noRepair,
      passes: {
        read: async () => pass,
        advance: async (_before, after) => {
          pass = after;
          return true;
        },
      },
      publish: () => {},
      note: () => {},
    },
    { shard, passId: 'pass' },
    never,
  );
  return { comparedLeads, drifted: (pass.last?.figures ?? noFigures).drift.decisions };
}

/** This world keeps documents only, no rows that could be compared with them. */
const noRows = {
  between: async () => [],
  async *partition() {},
  counts: async () => [],
  notCountedYet: async () => new Set<string>(),
};
const noRepair = {
  rows: async () => 0,
  count: async () => undefined,
  exclusions: async () => 0,
  deletedSegment: async () => {},
};

/** Turns every membership in the documents into its opposite, as no protocol would. */
export function spoil(world: MemoryWorld): void {
  for (const [leadId, document] of world.documents) {
    const memberships: Record<string, LeadDocument['memberships'][string]> = {};
    for (const id of world.catalog.active.keys()) {
      const { sequence = 0 } = document.memberships[id] ?? {};
      memberships[id] = { ...spoilt, sequence: sequence + 1, since: document.evaluatedAt };
    }
    world.documents.set(leadId, { ...document, memberships });
  }
}

const spoilt = {
  source: 'rules',
  reason: 'rules',
  cause: { kind: 'profile_change', occurredAt: '2026-01-01T00:00:00.000Z' },
  revision: 1,
} as const;

/** The leads that the documents say are in the segment. */
export function stored(world: MemoryWorld, segmentId: string): string[] {
  const members = [...world.documents.values()].filter((document) => isMember(document, segmentId));
  return members.map(({ leadId }) => leadId);
}
