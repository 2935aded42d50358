import { type Account, asReadAccount, mergeAccountChange, unknownAccount } from '../../shared/account/account.ts';
import type { AccountChange, LeadEvent } from '../../shared/lead/change.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { type Catalog, type CatalogContext, changeCatalog, compileCatalog } from '../../shared/matcher/catalog.ts';
import type { LeadPorts } from '../../shared/membership/evaluate-leads.ts';
import type { Transition } from '../../shared/membership/transition.ts';
import type { Segment } from '../../shared/segment/segment.ts';
import { defaultLevels, type LevelKind } from '../../shared/vocabulary/levels.ts';

/** A world in memory that keeps the promises of the real stores: conditions on versions, and reads of what is written. */
export class MemoryWorld {
  readonly documents = new Map<string, LeadDocument>();
  readonly accounts = new Map<string, Account>();
  readonly roster = new Map<string, number>();
  readonly events: LeadEvent[] = [];
  readonly transitions: { leadId: string; transition: Transition }[] = [];
  catalog: Catalog = compileCatalog(0, [], { levels: defaultLevels, eventRetentionDays: 400 });
  now = Date.parse('2026-03-10T12:00:00Z');

  /** Stores segments as one save each moved the catalog. */
  save(...segments: Segment[]): void {
    const version = Math.max(this.catalog.version + 1, ...segments.map(({ savedInCatalog }) => savedInCatalog));
    this.catalog = changeCatalog(this.catalog, version, segments, []);
  }

  /** Sets the levels of a kind, lowest first, which moves the catalog. */
  setLevels(kind: LevelKind, names: readonly string[]): void {
    const { version, known, context } = this.catalog;
    const save = { savedInCatalog: version + 1, savedAt: new Date(this.now).toISOString() };
    const changed: CatalogContext = {
      ...context,
      levels: { ...context.levels, [kind]: names },
      levelSaves: { ...context.levelSaves, [kind]: save },
    };
    this.catalog = compileCatalog(version + 1, known.values(), changed);
  }

  changeAccount(change: AccountChange): void {
    const before = this.accounts.get(change.accountId) ?? unknownAccount(change.accountId);
    this.accounts.set(change.accountId, mergeAccountChange(before, change));
  }

  /** The leads that the account's roster names. */
  leadsOf(accountId: string): string[] {
    return [...this.roster.keys()].filter((key) => key.startsWith(`${accountId} `)).map((key) => key.split(' ')[1]!);
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
      read: async (leadId, condition) =>
        this.events
          .filter((event) => event.leadId === leadId && event.eventType === condition.eventType)
          .map(({ eventId, occurredAt, metadata = {} }) => ({ eventId, occurredAt, metadata }))
          .sort((a, b) => b.occurredAt - a.occurredAt),
    },
    now: () => this.now,
    pause: async () => {},
  };
}
