import type { LeadStores } from '../../functions/lead-stores.ts';
import { openRunsPartition } from '../../shared/aws/segments-keys.ts';
import { type Catalog, compileCatalog } from '../../shared/catalog/catalog.ts';
import { newestFirst } from '../../shared/lead/event-order.ts';
import { leadKey } from '../../shared/lead/lead-item.ts';
import type { LeadWrite } from '../../shared/lead/lead-write.ts';
import { catalogsOf } from './document-errors.ts';
import type { Actor } from './scheduler.ts';
import { type Item, unmarshallItem } from './store/attribute-value.ts';
import type { World } from './world.ts';

type Leads = LeadStores['leads'];
type Accounts = LeadStores['accounts'];

const withLeads = (stores: LeadStores, leads: Partial<Leads>): LeadStores => ({
  ...stores,
  leads: { ...stores.leads, ...leads },
});

/** Stores whose writes of lead documents are changed on their way. */
export function withWrites(stores: LeadStores, change: (write: LeadWrite) => LeadWrite): LeadStores {
  return withLeads(stores, { write: (writes) => stores.leads.write(writes.map(change)) });
}

/** The catalog is asked when documents are read; asked again after that, it answers from memory. */
export function withoutSecondLookAtCatalog(stores: LeadStores): LeadStores {
  let known: Catalog | undefined;
  let hasRead = false;
  const current = async () => {
    const isAskedAgain = hasRead;
    hasRead = false;
    if (!known || !isAskedAgain) known = await stores.catalog.current();
    return known;
  };
  const noted: LeadStores = { ...stores, catalog: { ...stores.catalog, current } };
  return withLeads(noted, {
    read: (leadIds) => {
      hasRead = true;
      return stores.leads.read(leadIds);
    },
  });
}

/** Every document that is read claims to have been evaluated with the newest catalog. */
export function withoutCatchingUp(stores: LeadStores): LeadStores {
  return withLeads(stores, {
    read: async (leadIds) => {
      const [documents, { version }] = await Promise.all([stores.leads.read(leadIds), stores.catalog.current()]);
      const asCurrent = [...documents].map(([id, document]) => [id, { ...document, catalogVersion: version }] as const);
      return new Map(asCurrent);
    },
  });
}

/** Accounts are read before the write; asked again after it, they are answered from memory. */
export function withoutSecondLookAtAccounts(stores: LeadStores): LeadStores {
  let answered: ReturnType<Accounts['read']> | undefined;
  const read: Accounts['read'] = (accountIds) => {
    const earlier = answered;
    answered = earlier ? undefined : stores.accounts.read(accountIds);
    return earlier ?? answered!;
  };
  return { ...stores, accounts: { ...stores.accounts, read } };
}

/** The lead enters the roster after its document was written. */
export function withRosterLast(stores: LeadStores): LeadStores {
  const owed: Parameters<Accounts['enterRoster']>[0][number][] = [];
  const enterRoster: Accounts['enterRoster'] = async (entries) => void owed.push(...entries);
  return withLeads(
    { ...stores, accounts: { ...stores.accounts, enterRoster } },
    {
      write: async (writes) => {
        const results = await stores.leads.write(writes);
        if (owed.length > 0) await stores.accounts.enterRoster(owed.splice(0));
        return results;
      },
    },
  );
}

/** Raw events are stored when everything else of the batch is done. */
export function withEventsLast(stores: LeadStores): LeadStores {
  const owed: Parameters<LeadStores['events']['put']>[] = [];
  const put: LeadStores['events']['put'] = async (events, receivedAt) => {
    owed.push([events, receivedAt]);
    return events.map((event, index) => ({ ...event, receivedAt: receivedAt[index] ?? 0 }));
  };
  return {
    ...stores,
    events: { ...stores.events, put },
    leadTotal: {
      ...stores.leadTotal,
      add: async (...counted) => {
        await stores.leadTotal.add(...counted);
        for (const batch of owed.splice(0)) await stores.events.put(...batch);
      },
    },
  };
}

/** Event state holds just what this write learned. */
export function withStateReplaced(stores: LeadStores): LeadStores {
  return withWrites(stores, ({ before, after, outbox }) => {
    const events = Object.entries(after.events).map(([id, state]) => {
      const known = new Set(before.events[id]?.newest.map(([, eventId]) => eventId));
      const news = state.newest.filter(([, eventId]) => !known.has(eventId));
      return [id, news.length > 0 ? { ...state, newest: newestFirst(news) } : state] as const;
    });
    return { before, after: { ...after, events: Object.fromEntries(events) }, outbox };
  });
}

/** A condition that is not filled yet is taken for one that is: without state, there is no event. */
export function withConditionsTakenForFilled(stores: LeadStores): LeadStores {
  const asFilled = (catalog: Catalog): Catalog => {
    const segments = [...catalog.known.values()].map((segment) => ({
      ...segment,
      conditions: segment.conditions.map((kept) => ({ ...kept, backfilledN: 100 })),
    }));
    return compileCatalog(catalog.version, segments, catalog.context);
  };
  return {
    ...stores,
    catalog: { ...stores.catalog, current: async () => asFilled(await stores.catalog.current()) },
  };
}

/** A document that is overdue is evaluated as if it were not, but by the clock. */
export function withoutClockRules(stores: LeadStores, actor: Actor): LeadStores {
  if (actor.name.startsWith('due-leads')) return stores;
  const dueAt = new Map<string, number>();
  const never = Number.MAX_SAFE_INTEGER;
  const restored = withWrites(stores, (write) => {
    const { dueAt: decided = never, ...rest } = write.after;
    const moment = Math.min(decided, dueAt.get(rest.leadId) ?? never);
    return { ...write, after: moment < never ? { ...rest, dueAt: moment } : rest };
  });
  return withLeads(restored, {
    read: async (leadIds) => {
      const documents = await stores.leads.read(leadIds);
      const asNotDue = [...documents].map(([id, document]) => {
        if (document.dueAt === undefined) return [id, document] as const;
        dueAt.set(id, document.dueAt);
        return [id, { ...document, dueAt: never }] as const;
      });
      return new Map(asNotDue);
    },
  });
}

/** Transitions are announced by a second write, after the one that decided them. */
export function withOutboxLater(stores: LeadStores): LeadStores {
  return withLeads(stores, {
    write: async (writes) => {
      const results = await stores.leads.write(writes.map((write) => ({ ...write, outbox: { transitions: [] } })));
      const told = writes.filter(({ outbox }, index) => results[index] === 'written' && outbox.transitions.length > 0);
      const announcements = told.map(({ after, outbox }) => {
        return { before: after, after: { ...after, version: after.version + 1 }, outbox };
      });
      if (announcements.length > 0) await stores.leads.write(announcements);
      return results;
    },
  });
}

/** A page is evaluated by the rules of the saves that began its runs. */
export function withRulesOfTheRuns(stores: LeadStores, actor: Actor, world: World): LeadStores {
  let runs: Item[] = [];
  const page: Leads['page'] = (...of) => {
    runs = [...world.cloud.database.table('Segments').partition({ S: openRunsPartition })];
    return stores.leads.page(...of);
  };
  const current = async () => {
    const catalog = await stores.catalog.current();
    if (!actor.work.includes('"recalculation"')) return catalog;
    const segments = new Map(catalog.known);
    for (const { sk, runId } of runs) {
      const [segmentId, begun] = [sk?.S ?? '', Number(runId?.S?.split('-')[0])];
      const item = catalogsOf(world.cloud).get(begun)?.get(segmentId);
      const known = segments.get(segmentId);
      if (item && known) segments.set(segmentId, { ...known, rules: JSON.parse(String(unmarshallItem(item).rules)) });
    }
    return compileCatalog(catalog.version, [...segments.values()], catalog.context);
  };
  return withLeads({ ...stores, catalog: { ...stores.catalog, current } }, { page });
}

/** Each page is read right after the one before it, the first after the last: before the runs are listed that wait for it. */
export function withPagesReadAhead(stores: LeadStores): LeadStores {
  const ahead = new Map<string, ReturnType<Leads['page']>>();
  const page: Leads['page'] = async (shard, after, limit) => {
    const answer = await (ahead.get(`${shard} ${after}`) ?? stores.leads.page(shard, after, limit));
    const following = stores.leads.page(shard, answer.next, limit);
    following.catch(() => ahead.clear());
    ahead.clear();
    ahead.set(`${shard} ${answer.next}`, following);
    return answer;
  };
  return withLeads(stores, { page });
}

/** A deleted lead's document does not say until when nothing of it exists. */
export function withoutTombstones(stores: LeadStores): LeadStores {
  return withWrites(stores, (write) => {
    const { deletedAt: _deletedAt, ...timeless } = write.after;
    return { ...write, after: timeless };
  });
}

/** A tombstone is not found any more once it forgot its id. */
export function withoutForgottenTombstones(stores: LeadStores, _actor: Actor, world: World): LeadStores {
  const isThere = (leadId: string) => world.cloud.database.table('Leads').get(leadKey(leadId)) !== undefined;
  return withLeads(stores, {
    read: async (leadIds) => new Map([...(await stores.leads.read(leadIds))].filter(([leadId]) => isThere(leadId))),
  });
}

/** The function that erases takes every tombstone for an old one. */
export function withTombstonesForgettingAtOnce(stores: LeadStores, actor: Actor): LeadStores {
  return withLeads(stores, {
    read: async (leadIds) => {
      const documents = await stores.leads.read(leadIds);
      if (!actor.work.includes('"kind":"erasure"')) return documents;
      return new Map([...documents].map(([id, document]) => [id, { ...document, evaluatedAt: 0 }]));
    },
  });
}
