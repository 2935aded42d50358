import type { Catalog, CatalogCondition } from '../catalog/catalog.ts';
import { eventsNeededByCondition, type Segment } from '../catalog/segment.ts';
import { NewestEvents, type NewestFirst, noEvents, type RawEvent } from '../lead/event-order.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { RequestedEvaluation } from '../membership/decision-input.ts';
import type { evaluateLeads, LeadPorts, LeadWork } from '../membership/evaluate-leads.ts';
import {
  type FailedLead,
  isThrough,
  maximumFailedLeads,
  type Recalculation,
  type RecalculationMessage,
  type ShardProgress,
} from './recalculation.ts';

/** What the recalculation of a shard needs from outside. */
export interface RecalculationPorts extends Pick<LeadPorts, 'catalog' | 'now'> {
  /** Evaluates leads by the protocol of all writers, and queues those that fall due soon. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
  readonly pages: (
    shard: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ leads: readonly LeadDocument[]; next?: string }>;
  /** A shard's events of one type, of the leads from the first to the last (both included). */
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
    /** Stores progress unless the shard moved on from `before` or a newer run began; says whether it did. */
    readonly advance: (segmentId: string, before: ShardProgress | undefined, after: ShardProgress) => Promise<boolean>;
    /** Ends this attempt of the run if every shard of it is through and the run is still the current one. */
    readonly finishIfComplete: (run: Recalculation) => Promise<void>;
  };
}

const leadsPerPage = 200;
const maximumReasonCharacters = 200;

/**
 * Evaluates one shard's leads for one segment, page by page from where the shard's progress stands, until the shard is
 * done or time is up. In a later attempt of a run only the leads that failed are evaluated, or all of the shard when
 * there were too many to remember. Repeating it is harmless. Answers whether the shard has more to do.
 */
export async function recalculateShard(
  ports: RecalculationPorts,
  { segmentId, runId, shard }: RecalculationMessage,
  isTimeUp: () => boolean,
): Promise<{ isFinished: boolean }> {
  const run = await ports.runs.current(segmentId);
  if (run?.runId !== runId) return { isFinished: true };
  let progress = await ports.runs.shardProgress(segmentId, shard);
  while (!isThrough(progress, run)) {
    if (isTimeUp()) return { isFinished: false };
    const own = progress?.runId === runId ? progress : undefined;
    const next =
      own?.isFinished && own.failures?.length === own.failed
        ? await retryFailedLeads(ports, run, own)
        : await recalculatePage(ports, run, shard, own?.isFinished ? undefined : own);
    if (!(await ports.runs.advance(segmentId, progress, next))) {
      // Another delivery of this message is ahead, or a newer run began: its own messages carry on.
      return { isFinished: true };
    }
    progress = next;
  }
  await ports.runs.finishIfComplete(run);
  return { isFinished: true };
}

async function recalculatePage(
  ports: RecalculationPorts,
  run: Recalculation,
  shard: string,
  before: ShardProgress | undefined,
): Promise<ShardProgress> {
  const { segmentId, runId } = run;
  const catalog = await ports.catalog.current();
  const { leads, next } = await ports.pages(shard, before?.after, leadsPerPage);
  const rawEvents = await readEventsToFill(ports, catalog, segmentId, shard, leads);
  const work = leads.map(
    (document): LeadWork => ({
      leadId: document.leadId,
      document,
      recalculate: requestOf(run),
      ...(rawEvents && {
        rawEvents: { catalogVersion: catalog.version, byCondition: rawEvents(document.leadId) },
      }),
    }),
  );
  const { moved, failed } = await evaluateTwice(ports, run, work);
  const failures = [...(before?.failures ?? []), ...failed];
  return {
    shard,
    runId,
    done: (before?.done ?? 0) + leads.length,
    entering: (before?.entering ?? 0) + moved.entering,
    leaving: (before?.leaving ?? 0) + moved.leaving,
    failed: (before?.failed ?? 0) + failed.length,
    isFinished: next === undefined,
    progressedAt: new Date(ports.now()).toISOString(),
    attempt: run.attempt ?? 1,
    ...(failures.length > 0 && { failures: failures.slice(0, maximumFailedLeads) }),
    ...(next !== undefined && { after: next }),
  };
}

/** What a run asks of each lead: manual changes that are newer than it stay in force. */
function requestOf({ segmentId, startedAt }: Recalculation): RequestedEvaluation {
  return { segmentIds: [segmentId], requestedAt: Date.parse(startedAt) };
}

/** Evaluates the leads of a finished shard that failed in an earlier attempt of the run. */
async function retryFailedLeads(
  ports: RecalculationPorts,
  run: Recalculation,
  { failures = [], ...before }: ShardProgress,
): Promise<ShardProgress> {
  const work = failures.map(({ leadId }): LeadWork => ({ leadId, recalculate: requestOf(run) }));
  const { moved, failed } = await evaluateTwice(ports, run, work);
  return {
    ...before,
    entering: before.entering + moved.entering,
    leaving: before.leaving + moved.leaving,
    failed: failed.length,
    progressedAt: new Date(ports.now()).toISOString(),
    attempt: run.attempt ?? 1,
    ...(failed.length > 0 && { failures: failed }),
  };
}

/** Evaluates leads, those that fail once more; how many the run moved, and those that could not be evaluated. */
async function evaluateTwice(
  ports: RecalculationPorts,
  { segmentId, startedAt }: Recalculation,
  work: readonly LeadWork[],
): Promise<{ moved: { entering: number; leaving: number }; failed: FailedLead[] }> {
  const { outcomes, failed } = await ports.evaluate(work);
  const again = failed.size > 0 ? await ports.evaluate(work.filter(({ leadId }) => failed.has(leadId))) : undefined;
  const outcomeOf = (leadId: string) => again?.outcomes.get(leadId) ?? outcomes.get(leadId);
  // Whoever evaluated a lead first after the save moved it: another run's page, a change, or this one.
  const moves = work.flatMap(({ leadId }) => {
    const { document } = outcomeOf(leadId) ?? {};
    const state = document?.memberships[segmentId];
    return state?.reason === 'recalculated' && state.since >= Date.parse(startedAt) ? [state.sequence % 2] : [];
  });
  const refused = work.flatMap(({ leadId }) => {
    const reason = outcomeOf(leadId)?.refused;
    return reason === undefined ? [] : [[leadId, reason] as const];
  });
  return {
    moved: {
      entering: moves.filter((move) => move === 1).length,
      leaving: moves.filter((move) => move === 0).length,
    },
    failed: [...(again?.failed ?? []), ...refused].map(([leadId, reason]) => {
      ports.noteFailure(leadId, reason);
      return { leadId, reason: reason.slice(0, maximumReasonCharacters) };
    }),
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
 * The conditions whose raw events a page's leads may need: those to fill of the run's segment, and of every segment saved
 * since one of these leads was last evaluated, since they are evaluated for it on the way.
 */
function conditionsOfPage(catalog: Catalog, segmentId: string, leads: readonly LeadDocument[]): CatalogCondition[] {
  const oldest = leads.reduce((lowest, { catalogVersion }) => Math.min(lowest, catalogVersion), catalog.version);
  const asked = [...catalog.active.values()].filter(
    ({ segment, lastSave }) => segment.id === segmentId || lastSave.savedInCatalog > oldest,
  );
  const toFill = asked.flatMap(({ segment }) => conditionsToFill(segment, catalog));
  return [...new Set(toFill.map(({ condition }) => condition))];
}

/**
 * Reads a page's raw events, one pass per event type: a query for each lead and condition would cost many times as much.
 * Keeps, per lead and condition, only what decides.
 */
async function readEventsToFill(
  ports: RecalculationPorts,
  catalog: Catalog,
  segmentId: string,
  shard: string,
  leads: readonly LeadDocument[],
): Promise<((leadId: string) => ReadonlyMap<string, NewestFirst<RawEvent>>) | undefined> {
  const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
  const conditions = conditionsOfPage(catalog, segmentId, leads);
  if (conditions.length === 0 || first === undefined || last === undefined) return undefined;
  const byCondition = new Map(conditions.map(({ id }) => [id, new Map<string, NewestEvents<RawEvent>>()]));
  for (const eventType of new Set(conditions.map((condition) => condition.eventType))) {
    const ofType = conditions.filter((condition) => condition.eventType === eventType);
    const events = ports.eventsOfLeads(eventType, shard, first, last);
    await keepNewest(events, ofType, ports.now(), byCondition);
  }
  return (leadId) =>
    new Map(conditions.map(({ id }) => [id, byCondition.get(id)?.get(leadId)?.newestFirst() ?? noEvents]));
}

async function keepNewest(
  events: AsyncIterable<RawEvent & { readonly leadId: string }>,
  conditions: readonly CatalogCondition[],
  now: number,
  byCondition: ReadonlyMap<string, Map<string, NewestEvents<RawEvent>>>,
): Promise<void> {
  for await (const { leadId, ...event } of events) {
    for (const condition of conditions) {
      if (!condition.readsClock && !condition.matches(event.metadata, now)) continue;
      const byLead = byCondition.get(condition.id)!;
      // Which events match by the clock is asked later, at more than one moment: of those all are needed.
      const kept = byLead.get(leadId) ?? new NewestEvents<RawEvent>(condition.readsClock ? Infinity : condition.n);
      byLead.set(leadId, kept);
      kept.add(event);
    }
  }
}
