import { isMember, type LeadDocument, own, type SeenEvent } from '../lead/lead-document.ts';
import type { Catalog } from '../matcher/catalog.ts';
import type { Subject } from '../rule/evaluation.ts';
import type { Rule } from '../rule/rule.ts';
import { ConditionSources } from './condition-sources.ts';
import { EventJoin, type EventPages } from './event-join.ts';

/** What asking pending rules about leads needs from outside. */
export interface SubjectPorts {
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly eventPages: EventPages;
}

/** Makes the subjects of one shard's leads, for rules that no segment need have. */
export interface ShardSubjects {
  /** Ids of the event conditions whose state is read from documents. */
  readonly keptConditions: readonly string[];
  /** The subjects of a page of leads, sorted by id. Pages must follow each other. */
  readonly ofPage: (leads: readonly LeadDocument[]) => Promise<(document: LeadDocument) => Subject>;
}

const noEvents: readonly SeenEvent[] = [];
const never = () => Number.POSITIVE_INFINITY;

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
    ofPage: async (leads) => {
      await sources.see(leads, ports.catalog.current);
      const joined = await join.join(leads, sources.toJoin);
      const { active } = sources.catalog;
      return (document) => ({
        document,
        now,
        events: ({ key }) => {
          const id = sources.idOf(key);
          if (id !== undefined) return own(document.events, id)?.newest ?? noEvents;
          return joined.get(key)?.get(document.leadId) ?? noEvents;
        },
        eventsFlipAt: never,
        isMemberOf: (segmentId) => active.has(segmentId) && isMember(document, segmentId),
      });
    },
  };
}
