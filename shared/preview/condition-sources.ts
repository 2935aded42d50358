import type { Catalog } from '../catalog/catalog.ts';
import { eventConditionsOf, eventsNeededByCondition } from '../catalog/segment.ts';
import { knowsNewest } from '../lead/event-state.ts';
import { type LeadDocument, own } from '../lead/lead-document.ts';
import { compileEventCondition } from '../rule/event-condition.ts';
import type { Rule } from '../rule/rule.ts';
import type { NeededCondition } from './event-join.ts';

/**
 * Where one pass over leads takes the answer to each event condition from: lead documents, where these keep its state, or
 * the raw events. Saves during the pass can only move a condition from the first to the second: state that was complete
 * when the pass began stays so as long as the condition stays in the catalog, where an id is never used twice.
 */
export class ConditionSources {
  /** The catalog as far as documents of this pass have shown it to be. */
  catalog: Catalog;
  private readonly kept = new Map<string, NeededCondition & { readonly id: string }>();
  private readonly unkept: NeededCondition[] = [];

  /** `catalog`: read before the first document is. */
  constructor(catalog: Catalog, rules: readonly Rule[]) {
    this.catalog = catalog;
    const needed = eventsNeededByCondition(rules);
    for (const [key, rule] of eventConditionsOf(rules)) {
      const entry = { condition: compileEventCondition(rule), n: needed.get(key) ?? 1 };
      const id = keptId(catalog, entry);
      if (id === undefined) this.unkept.push(entry);
      else this.kept.set(key, { ...entry, id });
    }
  }

  /** Ids of the conditions whose state is read from documents. */
  get keptIds(): readonly string[] {
    return [...this.kept.values()].map(({ id }) => id);
  }

  /** The conditions whose raw events are needed. */
  get toJoin(): readonly NeededCondition[] {
    return this.unkept;
  }

  /** Takes a page of documents into account before it is evaluated: they may have been written with a newer catalog. */
  async see(leads: readonly LeadDocument[], currentCatalog: () => Promise<Catalog>): Promise<void> {
    const newest = leads.reduce((version, lead) => Math.max(version, lead.catalogVersion), 0);
    if (newest > this.catalog.version) this.catalog = await currentCatalog();
    for (const [key, entry] of this.kept) {
      const isStillKept = this.catalog.version >= newest && keptId(this.catalog, entry) === entry.id;
      if (isStillKept && leads.every((lead) => isAnswered(lead, entry.id, entry.n))) continue;
      this.kept.delete(key);
      this.unkept.push(entry);
    }
  }

  /** The id under which documents keep the condition's state; undefined: its raw events are joined. */
  idOf(key: string): string | undefined {
    return this.kept.get(key)?.id;
  }
}

function keptId({ conditions }: Catalog, { condition, n }: NeededCondition): string | undefined {
  const kept = conditions.get(condition.key);
  return kept && !condition.readsClock && Math.min(kept.n, kept.backfilledN) >= n ? kept.id : undefined;
}

/** Once state is filled, a document without any has no such event. */
function isAnswered({ events }: LeadDocument, id: string, n: number): boolean {
  const state = own(events, id);
  return state === undefined || knowsNewest(state, n);
}
