import type { LeadDocument } from '../lead/lead-document.ts';
import { isMember } from '../lead/lead-document.ts';
import type { Catalog, CatalogCondition } from '../matcher/catalog.ts';
import type { RawEvent } from '../membership/decide.ts';
import type { evaluateLeads, LeadPorts, LeadWork } from '../membership/evaluate-leads.ts';
import { eventConditionKey, eventsNeeded } from '../rule/event-condition.ts';
import { leafRules } from '../rule/rule.ts';
import type { Segment } from '../segment/segment.ts';
import type { RecalculationMessage, ShardProgress } from './recalculation.ts';

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
  readonly runs: {
    readonly currentRunId: (segmentId: string) => Promise<string | undefined>;
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
  if ((await ports.runs.currentRunId(segmentId)) !== runId) return { isFinished: true };
  const stored = await ports.runs.shardProgress(segmentId, shard);
  let progress = stored;
  while (!(progress?.runId === runId && progress.isFinished)) {
    if (isTimeUp()) return { isFinished: false };
    const next = await recalculatePage(ports, segmentId, runId, shard, progress);
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
): Promise<ShardProgress> {
  const fresh = { shard, runId, done: 0, entering: 0, leaving: 0, isFinished: false };
  const progress = before?.runId === runId ? before : fresh;
  const catalog = await ports.catalog.current();
  const { leads, next } = await ports.pages(shard, 'after' in progress ? progress.after : undefined, leadsPerPage);
  const rawEvents = await readEventsToFill(ports, catalog, segmentId, shard, leads);
  const work = leads.map(
    (document): LeadWork => ({
      leadId: document.leadId,
      document,
      recalculate: [segmentId],
      ...(rawEvents && { rawEvents: rawEvents(document.leadId) }),
    }),
  );
  const { outcomes, failed } = await ports.evaluate(work);
  if (failed.size > 0) throw new Error(`${failed.size} leads of shard ${shard} kept changing; the page is tried again`);
  const moves = leads.map((lead) => {
    const after = outcomes.get(lead.leadId)?.document;
    return after ? Number(isMember(after, segmentId)) - Number(isMember(lead, segmentId)) : 0;
  });
  const { after: _after, ...counted } = { after: undefined, ...progress };
  return {
    ...counted,
    done: progress.done + leads.length,
    entering: progress.entering + moves.filter((move) => move > 0).length,
    leaving: progress.leaving + moves.filter((move) => move < 0).length,
    isFinished: next === undefined,
    progressedAt: new Date(ports.now()).toISOString(),
    ...(next !== undefined && { after: next }),
  };
}

/** The newest events each condition needs; the conditions whose state is not known to be filled that far. */
export function conditionsToFill(segment: Segment, catalog: Catalog): { condition: CatalogCondition; n: number }[] {
  const needed = new Map<string, number>();
  for (const rule of leafRules(segment.rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    needed.set(key, Math.max(needed.get(key) ?? 0, eventsNeeded(rule)));
  }
  return [...needed].flatMap(([key, n], index) => {
    const condition = catalog.conditions.get(key);
    const filledN = segment.conditions[index]?.backfilledN ?? 0;
    return condition && (condition.readsClock || filledN < n) ? [{ condition, n }] : [];
  });
}

/** Reads a page's raw events in one pass per event type and keeps, per lead, only those that decide. */
async function readEventsToFill(
  ports: RecalculationPorts,
  catalog: Catalog,
  segmentId: string,
  shard: string,
  leads: readonly LeadDocument[],
): Promise<((leadId: string) => ReadonlyMap<string, readonly RawEvent[]>) | undefined> {
  const segment = catalog.known.get(segmentId);
  const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
  const conditions = segment?.active ? conditionsToFill(segment, catalog).map(({ condition }) => condition) : [];
  if (conditions.length === 0 || first === undefined || last === undefined) return undefined;
  const eventTypes = [...new Set(conditions.map(({ eventType }) => eventType))];
  const byType = new Map<string, Map<string, readonly RawEvent[]>>();
  for (const eventType of eventTypes) {
    const ofType = conditions.filter((condition) => condition.eventType === eventType);
    const events = ports.eventsOfLeads(eventType, shard, first, last);
    byType.set(eventType, await newestMatching(events, ofType, ports.now()));
  }
  return (leadId) => new Map(eventTypes.map((eventType) => [eventType, byType.get(eventType)?.get(leadId) ?? []]));
}

async function newestMatching(
  events: AsyncIterable<RawEvent & { readonly leadId: string }>,
  conditions: readonly CatalogCondition[],
  now: number,
): Promise<Map<string, readonly RawEvent[]>> {
  const byLead = new Map<string, RawEvent[][]>();
  for await (const { leadId, ...event } of events) {
    const kept = byLead.get(leadId) ?? conditions.map((): RawEvent[] => []);
    byLead.set(leadId, kept);
    for (const [index, condition] of conditions.entries()) {
      if (!condition.readsClock && !condition.matches(event.metadata, now)) continue;
      const newest = kept[index]!;
      newest.push(event);
      if (!condition.readsClock && newest.length > condition.n) newest.shift();
    }
  }
  return new Map([...byLead].map(([leadId, kept]) => [leadId, [...new Set(kept.flat())]]));
}
