import { type Account, asReadAccount, mergeAccountChange, unknownAccount } from '../shared/account/account.ts';
import { type Catalog, changeCatalog, compileCatalog } from '../shared/catalog/catalog.ts';
import type { Segment } from '../shared/catalog/segment.ts';
import { idInKey, isAfterInKeys } from '../shared/id/id-in-key.ts';
import type { AccountChange, LeadEvent } from '../shared/lead/change.ts';
import { newestFirst } from '../shared/lead/event-order.ts';
import type { LeadsEvent } from '../shared/lead/event-pages.ts';
import type { LeadDocument } from '../shared/lead/lead-document.ts';
import type { Transition } from '../shared/lead/outbox.ts';
import type { LeadPorts } from '../shared/membership/evaluate-leads.ts';
import type { LevelKind } from '../shared/rule/levels.ts';
import { defaultLevels } from '../shared/vocabulary/levels.ts';

/** Small, so that a few leads and their events are pages that follow each other. */
const leadsPerPage = 3;
const eventsPerPage = 3;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The sort key under which the events table keeps an event: its order is the order in which events are read. */
const sortKeyOf = ({ leadId, occurredAt, eventId }: LeadsEvent) =>
  `${idInKey(leadId)}#${new Date(occurredAt).toISOString()}#${idInKey(eventId)}`;

/** A world in memory that keeps the promises of the real stores: conditions on versions, and reads of what is written. */
export class MemoryWorld {
  readonly documents = new Map<string, LeadDocument>();
  readonly accounts = new Map<string, Account>();
  readonly roster = new Map<string, number>();
  readonly events: LeadEvent[] = [];
  /** Events by type in the order of the table, as of so many events: these are only ever added. */
  private sorted: { of: number; byType: Map<string, LeadsEvent[]> } | undefined;
  readonly transitions: { leadId: string; transition: Transition }[] = [];
  catalog: Catalog = compileCatalog(0, [], { levels: defaultLevels, eventRetentionDays: 400 });
  now = Date.parse('2026-03-10T12:00:00Z');

  /** Stores segments as one save each moved the catalog. */
  save(...segments: Segment[]): void {
    const version = Math.max(this.catalog.version + 1, ...segments.map(({ savedInCatalog }) => savedInCatalog));
    this.catalog = changeCatalog(this.catalog, version, { saved: segments, deleted: [] });
  }

  /** Sets the levels of a kind, lowest first, which moves the catalog. */
  setLevels(kind: LevelKind, names: readonly string[]): void {
    const { version, context } = this.catalog;
    const save = { savedInCatalog: version + 1, savedAt: new Date(this.now).toISOString() };
    const levels = {
      levels: { ...context.levels, [kind]: names },
      levelSaves: { ...context.levelSaves, [kind]: save },
    };
    this.catalog = changeCatalog(this.catalog, version + 1, { saved: [], deleted: [], levels });
  }

  changeAccount(change: AccountChange): void {
    const before = this.accounts.get(change.accountId) ?? unknownAccount(change.accountId);
    this.accounts.set(change.accountId, mergeAccountChange(before, change));
  }

  /** The leads that the account's roster names. */
  leadsOf(accountId: string): string[] {
    return [...this.roster.keys()].filter((key) => key.startsWith(`${accountId} `)).map((key) => key.split(' ')[1]!);
  }

  /** A page of leads after one, sorted by id: this world is a single shard. */
  page(after = ''): { leads: LeadDocument[]; next?: string } {
    const rest = [...this.documents.values()].filter(({ leadId }) => isAfterInKeys(leadId, after));
    const sorted = rest.sort((a, b) => byText(idInKey(a.leadId), idInKey(b.leadId)));
    const leads = sorted.slice(0, leadsPerPage);
    return { leads, ...(rest.length > leadsPerPage && { next: leads.at(-1)!.leadId }) };
  }

  /** The events of one type as the table keeps them, in pages: by lead, then moment and id. */
  *eventPages(eventType: string): Generator<LeadsEvent[]> {
    const ofType = this.eventsOf(eventType);
    for (let from = 0; from < ofType.length; from += eventsPerPage) yield ofType.slice(from, from + eventsPerPage);
  }

  private eventsOf(eventType: string): readonly LeadsEvent[] {
    if (this.sorted?.of !== this.events.length) this.sorted = { of: this.events.length, byType: new Map() };
    const known = this.sorted.byType.get(eventType);
    if (known) return known;
    const ofType = this.events
      .filter((event) => event.eventType === eventType)
      .map(({ leadId, eventId, occurredAt, metadata = {} }) => ({ leadId, eventId, occurredAt, metadata }));
    const keys = new Map(ofType.map((event) => [event, sortKeyOf(event)]));
    const events = ofType.sort((a, b) => byText(keys.get(a)!, keys.get(b)!));
    this.sorted.byType.set(eventType, events);
    return events;
  }

  readonly ports: LeadPorts = {
    catalog: { current: async () => this.catalog },
    leads: {
      read: async (leadIds) =>
        new Map(
          leadIds.flatMap((leadId) => {
            const document = this.documents.get(leadId);
            return document ? [[leadId, structuredClone(document)] as const] : [];
          }),
        ),
      write: async (writes) =>
        writes.map(({ before, after, outbox }) => {
          if ((this.documents.get(after.leadId)?.version ?? 0) !== before.version) return 'conflict';
          this.documents.set(after.leadId, structuredClone(after));
          this.transitions.push(...outbox.transitions.map((transition) => ({ leadId: after.leadId, transition })));
          return 'written';
        }),
    },
    accounts: {
      read: async (accountIds) =>
        new Map(
          accountIds.flatMap((accountId) => {
            const account = this.accounts.get(accountId);
            return account ? [[accountId, asReadAccount(account)] as const] : [];
          }),
        ),
      enterRoster: async (entries) => {
        for (const { accountId, leadId, documentVersion } of entries) {
          const key = `${accountId} ${leadId}`;
          this.roster.set(key, Math.max(documentVersion, this.roster.get(key) ?? 0));
        }
      },
      leaveRoster: async (entries) => {
        for (const { accountId, leadId, documentVersion } of entries) {
          const key = `${accountId} ${leadId}`;
          if ((this.roster.get(key) ?? 0) < documentVersion) this.roster.delete(key);
        }
      },
    },
    events: {
      read: async (leadId, condition, n, now) => {
        const events: LeadsEvent[] = [];
        const isEnough = () => events.filter(({ metadata }) => condition.matches(metadata, now)).length >= n;
        for (const page of [...this.eventPages(condition.eventType)].reverse()) {
          events.push(...page.filter((event) => event.leadId === leadId));
          if (!condition.readsClock && isEnough()) break;
        }
        return newestFirst(events);
      },
    },
    now: () => this.now,
    pause: async () => {},
  };
}
