import type { LeadDocument } from '../lead/lead-document.ts';
import type { Catalog, CatalogCondition } from '../matcher/catalog.ts';
import type { RawEvent } from '../membership/decision.ts';
import type { evaluateLeads, LeadPorts, LeadWork } from '../membership/evaluate-leads.ts';
import { eventsNeededByCondition, type Segment } from '../segment/segment.ts';
import type { Recalculation, RecalculationMessage, ShardProgress } from './recalculation.ts';

/** What the recalculation of a shard needs from outside. */
export interface RecalculationPorts extends Pick<LeadPorts, 'catalog' | 'now'> {
  /** Evaluates leads by the protocol of all writers, and queues those that fall due soon. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
  readonly pages: (
    shard: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ leads: readonly LeadDocument[]; next?: string }>;
  /** A shard's events of one type, from the first lead to the last (both included), sorted by lead, then moment. */
  readonly eventsOfLeads: (
    eventType: string,
    shard: string,
    first: string,
    last: string,
  ) => AsyncIterable<RawEvent & { readonly leadId: string }>;
  /** Told of a lead that could not be evaluated; the run goes on without it, and ends as failed. */
  readonly noteFailure: (leadId: string, reason: string) => void;
  readonly runs: {
    readonly current: (segmentId: string) => Promise<Recalculation | undefined>;
    readonly shardProgress: (segmentId: string, shard: string) => Promise<ShardProgress | undefined>;
    /** Stores progress unless the shard moved on or a newer run began; says whether it did. */
    readonly advance: (segmentId: string, before: ShardProgress | undefined, after: ShardProgress) => Promise<boolean>;
    /** Ends the run if every shard of it is finished and it is still the current one. */
    readonly finishIfComplete: (segmentId: string, runId: string) => Promise<void>;
  };
}

const leadsPerPage = 200;

/**
 * Evaluates one shard's leads for one segment, page by page from where the shard's progress stands, until the shard is
 * done or time is up. Repeating it is harmless. Answers whether the shard has more to do.
 */
export async function recalculateShard(
  ports: RecalculationPorts,
  { segmentId, runId, shard }: RecalculationMessage,
  isTimeUp: () => boolean,
): Promise<{ isFinished: boolean }> {
  const run = await ports.runs.current(segmentId);
  if (run?.runId !== runId) return { isFinished: true };
  const startedAt = Date.parse(run.startedAt);
  const stored = await ports.runs.shardProgress(segmentId, shard);
  let progress = stored;
  while (!(progress?.runId === runId && progress.isFinished)) {
    if (isTimeUp()) return { isFinished: false };
    const next = await recalculatePage(ports, segmentId, runId, shard, progress, startedAt);
    if (!(await ports.runs.advance(segmentId, progress, next))) {
      // Another delivery of this message is ahead, or a newer run began: its own messages carry on.
      return { isFinished: true };
    }
    progress = next;
  }
  await ports.runs.finishIfComplete(segmentId, runId);
  return { isFinished: true };
}

async function recalculatePage(
  ports: RecalculationPorts,
  segmentId: string,
  runId: string,
  shard: string,
  before: ShardProgress | undefined,
  startedAt: number,
): Promise<ShardProgress> {
  const fresh = { shard, runId, done: 0, entering: 0, leaving: 0, failed: 0, isFinished: false };
  const progress = before?.runId === runId ? before : fresh;
  const catalog = await ports.catalog.current();
  const { leads, next } = await ports.pages(shard, 'after' in progress ? progress.after : undefined, leadsPerPage);
  const rawEvents = await readEventsToFill(ports, catalog, segmentId, shard, leads);
  const work = leads.map(
    (document): LeadWork => ({
      leadId: document.leadId,
      document,
      recalculate: [segmentId],
      ...(rawEvents && {
        rawEvents: { catalogVersion: catalog.version, byCondition: rawEvents(document.leadId) },
      }),
    }),
  );
  const { outcomes, failed } = await ports.evaluate(work);
  const again = failed.size > 0 ? await ports.evaluate(work.filter(({ leadId }) => failed.has(leadId))) : undefined;
  for (const [leadId, reason] of again?.failed ?? []) ports.noteFailure(leadId, reason);
  // Whoever evaluated a lead first after the save moved it: another run's page, a change, or this one.
  const moves = leads.flatMap((lead) => {
    const document = (again?.outcomes.get(lead.leadId) ?? outcomes.get(lead.leadId))?.document;
    const state = document?.memberships[segmentId];
    return state?.reason === 'recalculated' && state.since >= startedAt ? [state.sequence % 2] : [];
  });
  const { after: _after, ...counted } = { after: undefined, ...progress };
  return {
    ...counted,
    done: progress.done + leads.length,
    entering: progress.entering + moves.filter((move) => move === 1).length,
    leaving: progress.leaving + moves.filter((move) => move === 0).length,
    failed: progress.failed + (again?.failed.size ?? 0),
    isFinished: next === undefined,
    progressedAt: new Date(ports.now()).toISOString(),
    ...(next !== undefined && { after: next }),
  };
}

/** The newest events each condition needs; the conditions whose state is not known to be filled that far. */
export function conditionsToFill(segment: Segment, catalog: Catalog): { condition: CatalogCondition; n: number }[] {
  const needed = eventsNeededByCondition(segment.rules);
  return [...needed].flatMap(([key, n], index) => {
    const condition = catalog.conditions.get(key);
    const filledN = segment.conditions[index]?.backfilledN ?? 0;
    return condition && (condition.readsClock || filledN < n) ? [{ condition, n }] : [];
  });
}

/**
 * Reads a page's raw events, one pass per event type, for the segment's conditions and for all others that are still to be
 * filled (the page's leads may be evaluated for their segments too). Keeps, per lead and condition, only what decides.
 */
async function readEventsToFill(
  ports: RecalculationPorts,
  catalog: Catalog,
  segmentId: string,
  shard: string,
  leads: readonly LeadDocument[],
): Promise<((leadId: string) => ReadonlyMap<string, readonly RawEvent[]>) | undefined> {
  const segment = catalog.known.get(segmentId);
  const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
  const own = segment?.active ? conditionsToFill(segment, catalog).map(({ condition }) => condition) : [];
  if (own.length === 0 || first === undefined || last === undefined) return undefined;
  const others = [...catalog.conditions.values()].filter(
    ({ backfilledN, readsClock }) => backfilledN === 0 && !readsClock,
  );
  const conditions = [...new Set([...own, ...others])];
  const byCondition = new Map(conditions.map(({ id }) => [id, new Map<string, RawEvent[]>()]));
  for (const eventType of new Set(conditions.map((condition) => condition.eventType))) {
    const ofType = conditions.filter((condition) => condition.eventType === eventType);
    const events = ports.eventsOfLeads(eventType, shard, first, last);
    await keepNewest(events, ofType, ports.now(), byCondition);
  }
  return (leadId) => new Map(conditions.map(({ id }) => [id, byCondition.get(id)?.get(leadId) ?? []]));
}

async function keepNewest(
  events: AsyncIterable<RawEvent & { readonly leadId: string }>,
  conditions: readonly CatalogCondition[],
  now: number,
  byCondition: ReadonlyMap<string, Map<string, RawEvent[]>>,
): Promise<void> {
  for await (const { leadId, ...event } of events) {
    for (const condition of conditions) {
      if (!condition.readsClock && !condition.matches(event.metadata, now)) continue;
      const byLead = byCondition.get(condition.id)!;
      const newest = byLead.get(leadId) ?? [];
      byLead.set(leadId, newest);
      newest.push(event);
      if (!condition.readsClock && newest.length > condition.n) newest.shift();
    }
  }
}
