import type { Surroundings } from '../aws/surroundings.ts';
import type { Holdings } from './holdings.ts';
import {
  type Claim,
  crowdOf,
  granted,
  halvedLimit,
  type LedgerStore,
  limitAt,
  noClaims,
  partOf,
  type ScannedTable,
  slotMs,
  unknownPageUnits,
  unknownTable,
} from './ledger.ts';

/** Over how long (ms) of a slot processes begin to ask in it, where not all of them can get something. */
const spreadMs = 300;
/** How many units a lease is for at least: pages of small tables take one or less. */
const leastLeased = 25;
/** How much smaller a process takes its pages to be from one to the next, unless they are not. */
const pageDecay = 0.95;

/** What asking takes. */
export interface ClaimPorts extends Pick<Surroundings, 'now' | 'random'> {
  readonly ledger: LedgerStore;
  readonly table: ScannedTable;
  /** Waits so long (ms). */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** What a process knows of a table and of the other processes that scan it, and how it asks for its units. */
export interface SlotClaimer {
  /** Learns, once a slot, what others know, tells them what was seen, and waits until it is this process's time to ask. */
  readonly begin: () => Promise<void>;
  /** Asks for what pages of these keys need, and takes hold of what is granted; answers of which keys. */
  readonly ask: (keysOfPages: readonly string[]) => Promise<ReadonlySet<string>>;
  /** What a page is thought to take. */
  readonly pageUnits: () => number;
  /** How many times more than there is was asked for, as far as is known. */
  readonly crowd: () => number;
  readonly sawPage: (units: number) => void;
  readonly sawThrottle: () => void;
}

/** Makes what asks on behalf of these holdings. */
export function createSlotClaimer(ports: ClaimPorts, holdings: Holdings, slotNow: () => number): SlotClaimer {
  const { now, random, sleep, ledger, table } = ports;
  /** What was read at the beginning of a slot, and from when (epoch ms) on it is asked in it. */
  let known = { slot: 0, state: unknownTable, claimsBefore: 0, asksFrom: 0 };
  /** What was asked of that slot, as of the last claim. */
  let asked = noClaims;
  /** What a page takes, as far as this process has seen. */
  let page: number | undefined;
  let wasThrottled = false;

  const pageUnits = () => page ?? known.state.pageUnits ?? unknownPageUnits;
  const limitNow = () => limitAt(known.state, now());
  const crowdOfNow = (claims: number) => crowdOf(claims, pageUnits(), { limit: limitNow(), table });

  const learn = async (slot: number): Promise<void> => {
    if (known.slot === slot) return;
    if (wasThrottled) {
      wasThrottled = false;
      await ledger.noteLimit(halvedLimit(known.state, now()), now(), slot * slotMs - slotMs);
    }
    const { state, claims } = await ledger.read(slot - 1);
    if (page !== undefined && page > (state.pageUnits ?? 0)) await ledger.notePage(page);
    known = { slot, state, claimsBefore: claims, asksFrom: 0 };
    const spread = crowdOfNow(claims) > 1 ? random() * spreadMs : 0;
    known = { ...known, asksFrom: slot * slotMs + spread };
    asked = noClaims;
  };

  /** The claim of a key that so many pages wait for. `most`: what it may get at most. */
  const claimOf = (key: string, pages: number, most: number): Claim => {
    const { units, got } = holdings.of(key);
    const least = pageUnits();
    const needed = least * pages - units;
    // As much as in a second before; or as it has had in this one again.
    const wanted = Math.max(needed, leastLeased, holdings.usual() - got, got);
    return { key, least, units: Math.ceil(Math.min(most, wanted)) };
  };

  const ask = async (keysOfPages: readonly string[]): Promise<ReadonlySet<string>> => {
    const { slot, claimsBefore } = known;
    if (slot !== slotNow()) return new Set();
    const largest = Math.max(known.state.pageUnits ?? 0, pageUnits());
    const terms = { table, limit: limitNow(), claimsBefore, pageUnits: largest };
    const most = Math.max(partOf(terms), pageUnits());
    const claims = [...new Set(keysOfPages)].map((key) => {
      return claimOf(key, keysOfPages.filter((other) => other === key).length, most);
    });
    const repeated = claims.filter(({ key }) => holdings.of(key).hasAsked).length;
    asked = await ledger.claim(slot, claims, repeated);
    // Too late: what is left of a slot lapses.
    if (slotNow() !== slot) return new Set();
    const grants = granted(claims, asked, terms);
    for (const [index, { key }] of claims.entries()) {
      const holding = holdings.of(key);
      holding.hasAsked = true;
      holding.got += grants[index]!;
      holding.units += grants[index]!;
    }
    return new Set(claims.flatMap(({ key }, index) => (grants[index]! > 0 ? [key] : [])));
  };

  return {
    begin: async () => {
      await learn(slotNow());
      await sleep(Math.max(0, known.asksFrom - now()));
    },
    ask,
    pageUnits,
    crowd: () => crowdOfNow(asked.claims),
    sawPage: (units) => {
      page = Math.max(units, (page ?? 0) * pageDecay);
    },
    sawThrottle: () => {
      wasThrottled = true;
    },
  };
}
