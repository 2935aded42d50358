import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import { shards } from '../lead/shard.ts';
import type { Catalog } from '../matcher/catalog.ts';
import { compileRules } from '../rule/evaluation.ts';
import { leafRules, type Match, type Rule } from '../rule/rule.ts';
import type { Value } from '../rule/value.ts';
import { type SizeAdvice, shareOf, sizeAdvice } from '../segment/segment.ts';
import { type EventsOfLeads, subjectsOfPages } from './page-subjects.ts';

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
  readonly eventsOfLeads: EventsOfLeads;
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
  const subjectsOf = subjectsOfPages(ports.eventsOfLeads, catalog, request.rules, now);
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
      const subjectOf = await subjectsOf(shard, page.leads);
      counted += page.leads.length;
      for (const document of page.leads) {
        const isIn = evaluation.holds(subjectOf(document));
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
