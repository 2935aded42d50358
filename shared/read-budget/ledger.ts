import { mostTogether, scanUnits } from './table-units.ts';

/** How long (ms) a lease lasts: what is not read by then has lapsed, so nobody's death keeps units from others. */
export const slotMs = 1_000;

/** What was asked of a slot, which lasts a second: how many claims there were, and of how many units, by partition key. */
export interface SlotClaims {
  readonly claims: number;
  readonly units: Readonly<Record<string, number>>;
}

/** What is known of a table from one slot to the next. */
export interface TableState {
  /** The units a second that scans might take of a partition at `limitedAt` (epoch ms), after throttles were seen. */
  readonly limit: number;
  readonly limitedAt: number;
  /** What the largest page took that was ever read; left out: nobody knows, and pages are taken to be small. */
  readonly pageUnits?: number;
}

/** What scans are told of a table. */
export interface ScannedTable {
  readonly partitions: number;
  /** How many partition keys there are at least. */
  readonly keys: number;
}

/** Units of a partition key that a process asks for; of no use if they are fewer than `least`. */
export interface Claim {
  readonly key: string;
  readonly units: number;
  readonly least: number;
}

/** What all processes share of a table. */
export interface LedgerStore {
  /** The table's state, and how many claims there were in a slot. They may be some time old. */
  readonly read: (slot: number) => Promise<{ readonly state: TableState; readonly claims: number }>;
  /** Adds claims to a slot, so many of them of keys that their process had asked for in it before. Answers all of the slot. */
  readonly claim: (slot: number, claims: readonly Claim[], repeated: number) => Promise<SlotClaims>;
  /** Notes a lower limit, unless one was noted since `before` (epoch ms). */
  readonly noteLimit: (limit: number, at: number, before: number) => Promise<void>;
  /** Notes what a page took, unless a larger one is known. */
  readonly notePage: (units: number) => Promise<void>;
}

/** The least limit that throttles lead to. */
const leastUnits = 100;
/** From half of the limit to all of it in half a minute. */
const recoveredPerSecond = scanUnits / 60;

/** What a page is taken to take of which nothing is known. */
export const unknownPageUnits = 25;
/** The state of a table that was never scanned. */
export const unknownTable: TableState = { limit: scanUnits, limitedAt: 0 };
export const noClaims: SlotClaims = { claims: 0, units: {} };

/** The units a second that scans may take of a partition at a moment (epoch ms): more every second, up to half of it. */
export function limitAt({ limit, limitedAt }: TableState, now: number): number {
  return Math.min(scanUnits, limit + (Math.max(0, now - limitedAt) / 1_000) * recoveredPerSecond);
}

/** The limit after throttles were seen. */
export function halvedLimit(state: TableState, now: number): number {
  return Math.max(leastUnits, limitAt(state, now) / 2);
}

/** By what the claims of a slot are granted, the same for all processes. */
export interface Terms {
  readonly table: ScannedTable;
  /** The units that scans may take of a partition in this slot. */
  readonly limit: number;
  /** How many claims there were in the slot before. */
  readonly claimsBefore: number;
  /** What the largest page takes. */
  readonly pageUnits: number;
}

/** How many of the table's keys may share a partition, when so many were asked for. */
const togetherOf = ({ keys, partitions }: ScannedTable, asked: number) =>
  mostTogether(Math.max(keys, asked), partitions);

/** The part of the limit that any one key may have, by how many claims there were in the slot before. */
export function partOf({ limit, table, claimsBefore }: Terms): number {
  return limit / Math.min(Math.max(1, claimsBefore), togetherOf(table, claimsBefore));
}

/** How many times more units so many claims of a page are for than a slot has. */
export function crowdOf(claims: number, pageUnits: number, { limit, table }: Pick<Terms, 'limit' | 'table'>): number {
  return (claims * pageUnits * togetherOf(table, claims)) / (limit * Math.max(table.keys, claims));
}

/**
 * What of claims is granted, given what was asked of their slot up to them, themselves included. Which keys share a
 * partition is unknown, so that the rule is: the keys that have most, as many as may share one, have no more than the limit
 * together. No key has more than its part, or than one page; the first page of a slot is granted whatever the limit is.
 * Of others it is only known what they asked for, and they are taken to have got it, as far as they may.
 */
export function granted(claims: readonly Claim[], { units: asked }: SlotClaims, terms: Terms): number[] {
  const { table, limit, pageUnits } = terms;
  const part = partOf(terms);
  const most = Math.max(part, pageUnits);
  const taken = new Map(Object.entries(asked));
  for (const { key, units } of claims) taken.set(key, (taken.get(key) ?? 0) - units);
  return claims.map(({ key, units, least }) => {
    const own = taken.get(key) ?? 0;
    taken.set(key, own + units);
    const others = [...taken].flatMap(([other, of]) => (other === key ? [] : [Math.min(of, most)]));
    const largest = others.sort((a, b) => b - a).slice(0, togetherOf(table, taken.size) - 1);
    const beside = largest.reduce((sum, of) => sum + of, 0);
    const left = beside + own === 0 ? Math.max(limit, least) : limit - beside - own;
    const got = Math.min(units, left, Math.max(part, least) - own);
    return got < least ? 0 : got;
  });
}
