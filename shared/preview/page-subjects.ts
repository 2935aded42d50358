import type { Catalog } from '../catalog/catalog.ts';
import { type NewestFirst, noEvents, type SeenEvent } from '../lead/event-order.ts';
import type { EventPages } from '../lead/event-pages.ts';
import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import type { Subject } from '../matcher/evaluation.ts';
import type { EventCondition } from '../rule/event-condition.ts';
import type { Rule } from '../rule/rule.ts';
import { ConditionSources } from './condition-sources.ts';
import { EventJoin, type JoinedEvents } from './event-join.ts';

/** What asking pending rules about leads needs from outside. */
export interface SubjectPorts {
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly eventPages: EventPages;
}

/** Makes the subjects of one shard's leads, for rules that no segment need have. */
export interface ShardSubjects {
  /** Ids of the event conditions whose state is read from documents. */
  readonly keptConditions: readonly string[];
  /** Whether leads are joined with their raw events. */
  readonly isJoining: () => boolean;
  /** The subjects of a page of leads, sorted by id. Pages must follow each other. */
  readonly ofPage: (leads: readonly LeadDocument[]) => Promise<(document: LeadDocument) => Subject>;
}

/** What the subjects of one page share. */
interface Page {
  readonly now: number;
  readonly sources: ConditionSources;
  readonly joined: JoinedEvents;
}

/** A class, not a literal with functions of its own: there is one for each of all leads. */
class PageSubject implements Subject {
  readonly document: LeadDocument;
  readonly now: number;
  private readonly page: Page;

  constructor(document: LeadDocument, page: Page) {
    this.document = document;
    this.now = page.now;
    this.page = page;
  }

  events({ key }: EventCondition): NewestFirst<SeenEvent> {
    const { sources, joined } = this.page;
    const id = sources.idOf(key);
    if (id !== undefined) return own(this.document.events, id)?.newest ?? noEvents;
    return joined.of(key, this.document.leadId);
  }

  eventsFlipAt(): number {
    return Number.POSITIVE_INFINITY;
  }

  isMemberOf(segmentId: string): boolean {
    return this.page.sources.catalog.active.has(segmentId) && isMember(this.document, segmentId);
  }
}

/** Subjects of the leads of a shard at that moment. `catalog`: read before the first of them is. */
export function subjectsOfShard(
  ports: SubjectPorts,
  catalog: Catalog,
  rules: readonly Rule[],
  now: number,
  shard: string,
): ShardSubjects {
  const sources = new ConditionSources(catalog, rules);
  const join = new EventJoin(ports.eventPages, shard, now);
  return {
    keptConditions: sources.keptIds,
    isJoining: () => sources.toJoin.length > 0,
    ofPage: async (leads) => {
      await sources.see(leads, ports.catalog.current);
      const page = { now, sources, joined: await join.join(leads, sources.toJoin) };
      return (document) => new PageSubject(document, page);
    },
  };
}
