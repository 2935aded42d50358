import { knowsNewest } from '../lead/event-state.ts';
import { isMember, type LeadDocument, own, type SeenEvent } from '../lead/lead-document.ts';
import { shards } from '../lead/shard.ts';
import type { Catalog } from '../matcher/catalog.ts';
import type { RawEvent } from '../membership/decision.ts';
import { compileRules, type Subject } from '../rule/evaluation.ts';
import {
  compileEventCondition,
  type EventCondition,
  eventConditionKey,
  eventsNeeded,
} from '../rule/event-condition.ts';
import { leafRules, type Match, type Rule } from '../rule/rule.ts';
import type { Value } from '../rule/value.ts';
import { type SizeAdvice, shareOf, sizeAdvice } from '../segment/segment.ts';

/** What a preview is asked. */
export interface PreviewRequest {
  readonly match: Match;
  readonly rules: readonly Rule[];
  /** The segment the rules would be saved to. */
  readonly segmentId?: string;
  readonly sampleSize: number;
}

/** One matching lead, with what the rules mention. */
export interface PreviewLead {
  readonly leadId: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly engagementLevel?: string;
  readonly profileLevel?: string;
  readonly account?: {
    readonly accountId: string;
    readonly attributes: Readonly<Record<string, Value>>;
    readonly accountLevel?: string;
  };
}

/** How many, and some of them. */
export interface PreviewMoves {
  readonly total: number;
  readonly sample: readonly PreviewLead[];
}

/** The answer to "who would match these rules?". */
export interface Preview {
  readonly total: number;
  readonly exact: boolean;
  /** All leads. */
  readonly leads: number;
  readonly share: number;
  readonly size: SizeAdvice;
  readonly sample: readonly PreviewLead[];
  readonly entering?: PreviewMoves;
  readonly leaving?: PreviewMoves;
}

/** What a preview needs from outside. */
export interface PreviewPorts {
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
  /** Runs once per shard, several at a time. */
  readonly forEachShard: (shards: readonly string[], run: (shard: string) => Promise<void>) => Promise<void>;
}

const leadsPerPage = 500;

/** Evaluates pending rules against every lead; also answers how many leads each shard has. Writes nothing. */
export async function preview(
  ports: PreviewPorts,
  catalog: Catalog,
  request: PreviewRequest,
  now: number,
): Promise<{ preview: Preview; leadsByShard: ReadonlyMap<string, number> }> {
  const evaluation = compileRules(request.match, request.rules, catalog.context);
  const eventReader = readerOfEvents(ports, catalog, request.rules, now);
  const show = leadShower(request.rules);
  const { segmentId, sampleSize } = request;
  const matching = new Moves(sampleSize);
  const entering = new Moves(sampleSize);
  const leaving = new Moves(sampleSize);
  const leadsByShard = new Map<string, number>();
  await ports.forEachShard(shards, async (shard) => {
    let counted = 0;
    let after: string | undefined;
    do {
      const page = await ports.pages(shard, after, leadsPerPage);
      const eventsOf = await eventReader(shard, page.leads);
      counted += page.leads.length;
      for (const document of page.leads) {
        const isIn = evaluation.holds(subjectOf(document, catalog, now, eventsOf));
        const wasIn = segmentId !== undefined && isMember(document, segmentId);
        if (isIn) matching.add(document);
        if (isIn && !wasIn) entering.add(document);
        if (!isIn && wasIn) leaving.add(document);
      }
      after = page.next;
    } while (after !== undefined);
    leadsByShard.set(shard, counted);
  });
  const leads = [...leadsByShard.values()].reduce((sum, count) => sum + count, 0);
  return {
    leadsByShard,
    preview: {
      total: matching.total,
      exact: true,
      leads,
      share: shareOf(matching.total, leads),
      size: sizeAdvice(matching.total, leads),
      sample: matching.sample.map(show),
      ...(segmentId !== undefined && {
        entering: { total: entering.total, sample: entering.sample.map(show) },
        leaving: { total: leaving.total, sample: leaving.sample.map(show) },
      }),
    },
  };
}

class Moves {
  total = 0;
  readonly sample: LeadDocument[] = [];
  private readonly sampleSize: number;
  constructor(sampleSize: number) {
    this.sampleSize = sampleSize;
  }
  add(document: LeadDocument): void {
    this.total++;
    if (this.sample.length < this.sampleSize) this.sample.push(document);
  }
}

type EventsOf = (leadId: string, condition: EventCondition) => readonly RawEvent[] | undefined;

function subjectOf(document: LeadDocument, catalog: Catalog, now: number, eventsOf: EventsOf): Subject {
  return {
    document,
    now,
    events: (condition, n) => {
      const raw = eventsOf(document.leadId, condition);
      if (raw) return raw.map((event): SeenEvent => [event.occurredAt, event.eventId]);
      const kept = catalog.conditions.get(condition.key);
      const state = kept && own(document.events, kept.id);
      if (state && !knowsNewest(state, n))
        throw new Error(`Event state of ${document.leadId} is shorter than its catalog says`);
      return state?.newest ?? [];
    },
    eventsFlipAt: () => Number.POSITIVE_INFINITY,
    isMemberOf: (segmentId) => catalog.active.has(segmentId) && isMember(document, segmentId),
  };
}

/**
 * Reads, for a page of leads, the events of those conditions that lead documents do not answer: a merge join of two
 * streams sorted by lead, keeping only the newest that decide.
 */
function readerOfEvents(ports: PreviewPorts, catalog: Catalog, rules: readonly Rule[], now: number) {
  const toRead = new Map<string, { condition: EventCondition; n: number }>();
  for (const rule of leafRules(rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    const condition = compileEventCondition(rule);
    const n = Math.max(eventsNeeded(rule), toRead.get(key)?.n ?? 0);
    const kept = catalog.conditions.get(key);
    const isKept = !condition.readsClock && kept !== undefined && Math.min(kept.n, kept.backfilledN) >= n;
    if (!isKept) toRead.set(key, { condition, n });
  }
  return async (shard: string, leads: readonly LeadDocument[]): Promise<EventsOf> => {
    const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
    if (toRead.size === 0 || first === undefined || last === undefined) return () => undefined;
    const newest = new Map([...toRead.keys()].map((key) => [key, new Map<string, RawEvent[]>()]));
    const conditions = [...toRead.values()];
    for (const eventType of new Set(conditions.map(({ condition }) => condition.eventType))) {
      const ofType = conditions.filter(({ condition }) => condition.eventType === eventType);
      for await (const event of ports.eventsOfLeads(eventType, shard, first, last)) {
        for (const { condition, n } of ofType) {
          if (!condition.matches(event.metadata, now)) continue;
          const byLead = newest.get(condition.key)!;
          const kept = byLead.get(event.leadId) ?? [];
          byLead.set(event.leadId, [event, ...kept].slice(0, n));
        }
      }
    }
    return (leadId, { key }) => (toRead.has(key) ? (newest.get(key)?.get(leadId) ?? []) : undefined);
  };
}

/** Shows a lead with the attributes that the rules mention, wherever they are nested. */
function leadShower(rules: readonly Rule[]): (document: LeadDocument) => PreviewLead {
  const fieldsOf = (type: Rule['type']) => [
    ...new Set(
      leafRules(rules).flatMap((rule) => (rule.type === type && 'field' in rule && rule.field ? [rule.field] : [])),
    ),
  ];
  const leadFields = fieldsOf('lead_metadata');
  const accountFields = fieldsOf('account_metadata');
  return ({ leadId, attributes, engagementLevel, profileLevel, account }) => ({
    leadId,
    attributes: pick(attributes, leadFields),
    ...(engagementLevel?.[0] && { engagementLevel: engagementLevel[0] }),
    ...(profileLevel?.[0] && { profileLevel: profileLevel[0] }),
    ...(account && {
      account: {
        accountId: account.accountId,
        attributes: pick(account.attributes, accountFields),
        ...(account.accountLevel !== undefined && { accountLevel: account.accountLevel }),
      },
    }),
  });
}

function pick(record: Readonly<Record<string, Value | null>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = own(record, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}
