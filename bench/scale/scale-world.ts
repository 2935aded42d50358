import type { OracleChange } from '../../oracle/oracle.ts';
import { madeAttributes, seededChance } from '../lead-world.ts';
import { below, engagementLevels, leadIdsOf, madeEvent, oneOf, profileLevels } from '../load/load-world.ts';

/** How large a world is. */
export interface ScaleSize {
  readonly leads: number;
  readonly events: number;
}

/** Of five leads four have events; the lead of rank n of these a share of n to the minus this. */
const skew = 0.45;
/** Spreads ranks over the leads: without a factor in common with their number, as that is no multiple of it. */
const stride = 7_919;
const leadsPerAccount = 30;
const minuteMs = 60_000;

/**
 * All messages that upstream has ever sent of leads up to a moment (epoch ms): the same size and moment, the same messages.
 * Each lead has about 17 attributes and mostly levels, one of three an account. A few leads have hundreds of events, most
 * a handful, some none.
 */
export class ScaleWorld {
  readonly size: ScaleSize;
  readonly startedAt: number;
  readonly leadIds: readonly string[];
  private readonly eventsOfRank: Int32Array;

  constructor(size: ScaleSize, startedAt: number) {
    this.size = size;
    this.startedAt = startedAt;
    this.leadIds = leadIdsOf(size.leads);
    this.eventsOfRank = eventsByRank(size);
  }

  /** What was sent of accounts. */
  accountChanges(): OracleChange[] {
    const chance = seededChance(41);
    return Array.from({ length: this.accounts }, (_, index): OracleChange => {
      const message = {
        accountId: `account-${index}`,
        occurredAt: this.ago(900),
        attributes: madeAttributes(chance, 6),
      };
      return { queue: 'account', message };
    });
  }

  /** What was sent of one lead. */
  changesOf(leadId: string, index: number): OracleChange[] {
    const chance = seededChance(Math.imul(index + 1, 0x9e3779b1));
    const account = chance() < 0.33 ? { accountId: `account-${below(chance, this.accounts)}` } : {};
    const changes: OracleChange[] = [
      {
        queue: 'profile',
        message: { leadId, occurredAt: this.ago(600), ...account, attributes: madeAttributes(chance) },
      },
    ];
    if (chance() < 0.2) {
      const attributes = madeAttributes(chance, 3);
      changes.push({ queue: 'profile', message: { leadId, occurredAt: this.ago(300), attributes } });
    }
    if (chance() < 0.9) {
      const engagementLevel = oneOf(chance, engagementLevels);
      const profileLevel = chance() < 0.7 ? { profileLevel: oneOf(chance, profileLevels) } : {};
      const message = { leadId, occurredAt: this.ago(500), engagementLevel, ...profileLevel };
      changes.push({ queue: 'level', message });
    }
    const rank = (index * stride) % this.size.leads;
    for (let serial = 0; serial < (this.eventsOfRank[rank] ?? 0); serial++) {
      const event = madeEvent(chance, `e${index}-${serial}`, leadId, this.startedAt);
      const metadata = { ...event.metadata, seconds: below(chance, 300), followUpAt: this.followUp(chance) };
      changes.push({ queue: 'event', message: { ...event, metadata } });
    }
    return changes;
  }

  private get accounts(): number {
    return Math.ceil(this.size.leads / leadsPerAccount);
  }

  /** As events themselves, half a day from where the clock would flip it while a bench runs. */
  private followUp(chance: () => number): string {
    const days = below(chance, 30) - 19.5 + (chance() - 0.5) / 2;
    return new Date(this.startedAt + days * 24 * 60 * minuteMs).toISOString();
  }

  private ago(minutes: number): string {
    return new Date(this.startedAt - minutes * minuteMs).toISOString();
  }
}

/** How many events the lead of each rank has; in all exactly so many. */
function eventsByRank({ leads, events }: ScaleSize): Int32Array {
  const counts = new Int32Array(leads);
  const active = Math.ceil(leads * 0.8);
  let sum = 0;
  const upTo = Array.from({ length: active }, (_, rank) => (sum += (rank + 1) ** -skew));
  let given = 0;
  for (const [rank, share] of upTo.entries()) {
    const until = Math.round((events * share) / sum);
    counts[rank] = until - given;
    given = until;
  }
  return counts;
}
