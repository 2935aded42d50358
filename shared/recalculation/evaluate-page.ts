import type { Catalog, CatalogCondition } from '../catalog/catalog.ts';
import { NewestEvents, type NewestFirst, noEvents, type RawEvent } from '../lead/event-order.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { RequestedEvaluation } from '../membership/decision-input.ts';
import type { evaluateLeads, LeadPorts, LeadWork } from '../membership/evaluate-leads.ts';
import { conditionsToFill } from './conditions-to-fill.ts';
import type { OpenRun } from './recalculation.ts';
import type { EvaluatedLead } from './round.ts';

/** What the evaluation of a page of leads needs from outside. */
export interface PagePorts extends Pick<LeadPorts, 'catalog' | 'now'> {
  /** Evaluates leads by the protocol of all writers, and queues those that fall due soon. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
  /** A shard's events of one type, of the leads from the first to the last (both included). */
  readonly eventsOfLeads: (
    eventType: string,
    shard: string,
    first: string,
    last: string,
    isTimeUp: () => boolean,
  ) => AsyncIterable<RawEvent & { readonly leadId: string }>;
  /** Told of a lead that could not be evaluated; the runs go on without it, and end as failed. */
  readonly noteFailure: (leadId: string, reason: string) => void;
}

const maximumReasonCharacters = 200;

/** What runs ask of a lead: manual changes that are newer than a run stay in force. */
export function requestOf(runs: readonly Pick<OpenRun, 'segmentId' | 'startedAt'>[]): RequestedEvaluation {
  return { requestedAt: new Map(runs.map(({ segmentId, startedAt }) => [segmentId, Date.parse(startedAt)])) };
}

/** Evaluates a page of a shard's leads for all those runs. Throws `TimeUp` while it reads events, before it writes. */
export async function evaluatePage(
  ports: PagePorts,
  runs: readonly Pick<OpenRun, 'segmentId' | 'startedAt'>[],
  shard: string,
  leads: readonly LeadDocument[],
  isTimeUp: () => boolean,
): Promise<EvaluatedLead[]> {
  const catalog = await ports.catalog.current();
  const rawEvents = await readEventsToFill(ports, catalog, runs, shard, leads, isTimeUp);
  const recalculate = requestOf(runs);
  const work = leads.map(
    (document): LeadWork => ({
      leadId: document.leadId,
      document,
      recalculate,
      ...(rawEvents && {
        rawEvents: { catalogVersion: catalog.version, byCondition: rawEvents(document.leadId) },
      }),
    }),
  );
  return evaluateTwice(ports, work);
}

/** Evaluates leads, those that fail once more. */
export async function evaluateTwice(
  ports: Pick<PagePorts, 'evaluate' | 'noteFailure'>,
  work: readonly LeadWork[],
): Promise<EvaluatedLead[]> {
  const { outcomes, failed } = await ports.evaluate(work);
  const again = failed.size > 0 ? await ports.evaluate(work.filter(({ leadId }) => failed.has(leadId))) : undefined;
  return work.map(({ leadId }) => {
    const { document, refused } = again?.outcomes.get(leadId) ?? outcomes.get(leadId) ?? {};
    const reason = again?.failed.get(leadId) ?? refused;
    if (reason !== undefined) ports.noteFailure(leadId, reason);
    return { leadId, document, failure: reason?.slice(0, maximumReasonCharacters) };
  });
}

/**
 * The conditions whose raw events a page's leads may need: those to fill of the runs' segments, and of every segment saved
 * since one of these leads was last evaluated, since they are evaluated for it on the way.
 */
function conditionsOfPage(
  catalog: Catalog,
  segmentIds: ReadonlySet<string>,
  leads: readonly LeadDocument[],
): CatalogCondition[] {
  const oldest = leads.reduce((lowest, { catalogVersion }) => Math.min(lowest, catalogVersion), catalog.version);
  const asked = [...catalog.active.values()].filter(
    ({ segment, lastSave }) => segmentIds.has(segment.id) || lastSave.savedInCatalog > oldest,
  );
  const toFill = asked.flatMap(({ segment }) => conditionsToFill(segment, catalog));
  return [...new Set(toFill.map(({ condition }) => condition))];
}

/**
 * Reads a page's raw events, one pass per event type: a query for each lead and condition would cost many times as much.
 * Keeps, per lead and condition, only what decides.
 */
async function readEventsToFill(
  ports: Pick<PagePorts, 'eventsOfLeads' | 'now'>,
  catalog: Catalog,
  runs: readonly Pick<OpenRun, 'segmentId'>[],
  shard: string,
  leads: readonly LeadDocument[],
  isTimeUp: () => boolean,
): Promise<((leadId: string) => ReadonlyMap<string, NewestFirst<RawEvent>>) | undefined> {
  const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
  if (first === undefined || last === undefined) return undefined;
  const conditions = conditionsOfPage(catalog, new Set(runs.map(({ segmentId }) => segmentId)), leads);
  if (conditions.length === 0) return undefined;
  const byCondition = new Map(conditions.map(({ id }) => [id, new Map<string, NewestEvents<RawEvent>>()]));
  for (const eventType of new Set(conditions.map((condition) => condition.eventType))) {
    const ofType = conditions.filter((condition) => condition.eventType === eventType);
    const events = ports.eventsOfLeads(eventType, shard, first, last, isTimeUp);
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
