import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { asLeadChange } from '../../oracle/steps.ts';
import { type Account, asReadAccount, mergeAccountChange, unknownAccount } from '../../shared/account/account.ts';
import { rosterItem } from '../../shared/account/account-store.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import { accountChangeSchema } from '../../shared/lead/change.ts';
import { noEvents } from '../../shared/lead/event-order.ts';
import { eventItem } from '../../shared/lead/event-store.ts';
import { encodeLead, leadKey } from '../../shared/lead/lead-item.ts';
import { evaluateLeads, type LeadPorts } from '../../shared/membership/evaluate-leads.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { type Mention, type Mentions, mentionsOf } from '../../shared/vocabulary/mentions.ts';
import { sharedByAtLeast } from '../../shared/vocabulary/seen-place.ts';
import type { ScaleWorld } from './scale-world.ts';

export type Item = Record<string, AttributeValue>;

/** Items of the large tables, by the table's name in the stack file. */
type ItemsByTable = Record<'leads' | 'events' | 'accounts', Item[]>;

const eventRetentionDays = 400;
const leadsPerBatch = 500;

/** What the product would have stored of a world that was sent to it before there were segments. */
export class SeededItems {
  readonly accounts = new Map<string, Account>();
  /** What all of it mentions; each value with as many leads as the vocabulary asks for. */
  mentions: Mentions = new Map();
  private readonly world: ScaleWorld;

  constructor(world: ScaleWorld) {
    this.world = world;
    const changes = world.accountChanges().map(({ message }) => accountChangeSchema.parse(message));
    for (const change of changes) {
      const before = this.accounts.get(change.accountId) ?? unknownAccount(change.accountId);
      this.accounts.set(change.accountId, mergeAccountChange(before, change));
    }
    this.mentions = joinMentions(this.mentions, mentionsOf(changes));
  }

  /** Leads with their events and roster entries, a batch after the other: decided and encoded by the product's own code. */
  async *batches(): AsyncGenerator<ItemsByTable> {
    const numbered = this.world.leadIds.map((leadId, index) => ({ leadId, index }));
    for (const group of chunk(numbered, leadsPerBatch)) {
      const items: ItemsByTable = { leads: [], events: [], accounts: [] };
      const work = group.map(({ leadId, index }) => ({
        leadId,
        changes: this.world.changesOf(leadId, index).map(asLeadChange),
      }));
      const { failed } = await evaluateLeads(this.portsInto(items), work);
      if (failed.size > 0) throw new Error(`Leads could not be made: ${[...failed][0]}`);
      const changes = work.flatMap((one) => one.changes);
      for (const change of changes) {
        if (change.kind === 'lead_event')
          items.events.push(eventItem(change, this.world.startedAt, eventRetentionDays));
      }
      this.mentions = joinMentions(this.mentions, mentionsOf(changes));
      yield items;
    }
  }

  private portsInto({ leads, accounts }: ItemsByTable): LeadPorts {
    const catalog = compileCatalog(0, [], { levels: defaultLevels, eventRetentionDays });
    return {
      catalog: { current: async () => catalog },
      leads: {
        read: async () => new Map(),
        write: async (writes) => {
          leads.push(
            ...writes.map(({ after, outbox }) => ({ ...leadKey(after.leadId), ...encodeLead(after, outbox) })),
          );
          return writes.map(() => 'written' as const);
        },
      },
      accounts: {
        read: async (accountIds) => new Map(accountIds.map((id) => [id, asReadAccount(this.accounts.get(id)!)])),
        enterRoster: async (entries) => void accounts.push(...entries.map(rosterItem)),
        leaveRoster: async () => {},
      },
      events: { read: async () => noEvents },
      now: () => this.world.startedAt,
      pause: async () => {},
    };
  }
}

function joinMentions(a: Mentions, b: Mentions): Mentions {
  const joined = new Map<string, Mention>(a);
  for (const [place, { kinds, values }] of b) {
    const before = joined.get(place);
    const about = new Map(before?.values);
    for (const [value, ids] of values) {
      about.set(value, new Set([...(about.get(value) ?? []), ...ids].slice(0, sharedByAtLeast)));
    }
    joined.set(place, { kinds: new Set([...(before?.kinds ?? []), ...kinds]), values: about });
  }
  return joined;
}
