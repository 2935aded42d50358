import type { ReadPacer } from '../aws/read-pacer.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import {
  type Claim,
  crowdOf,
  granted,
  halvedLimit,
  limitAt,
  noClaims,
  partOf,
  type ScannedTable,
  type SlotClaims,
  slotMs,
  type TableState,
  unknownPageUnits,
  unknownTable,
} from './ledger.ts';
import { TimeUp } from './time-up.ts';

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

/** What the governor works with. */
export interface ReadGovernorPorts extends Pick<Surroundings, 'now' | 'random' | 'note'> {
  readonly ledger: LedgerStore;
  readonly table: ScannedTable;
  /** Waits so long (ms). */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Paces what is no scan. */
  readonly otherwise: ReadPacer;
}

/** How often (ms) somebody who waits looks whether time is up. */
const lookEveryMs = 100;
/** How long (ms) a page waits for others of its process to ask with. */
const gatherMs = 2;
/** Over how long (ms) of a slot processes begin to ask in it, where not all of them can get something. */
const spreadMs = 300;
/** How many units a lease is for at least: pages of small tables take one or less. */
const leastLeased = 25;
/** How much smaller a process takes its pages to be from one to the next, unless they are not. */
const pageDecay = 0.95;
/** How long (ms) an answer may take. */
const patienceMs = 2_000;
/** How many units a second a process reads while it can ask nobody, and how long (ms) until it asks again. */
const unitsUnasked = 50;
const unaskedMs = 5_000;
/** From how many partition keys on those are forgotten of which nothing is held or owed. */
const mostHoldings = 1_000;

/** How DynamoDB says, after all tries of the client, that it serves no more. */
const throttles = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);

/** What a process holds of a partition key in a slot: what it got, and what is left; less than nothing is owed. */
interface Holding {
  readonly slot: number;
  hasAsked: boolean;
  got: number;
  units: number;
}

/** A page that waits to be asked for. */
interface WaitingPage {
  readonly key: string;
  /** Told whether units of its key were granted. */
  readonly answer: (isGranted: boolean) => void;
}

/**
 * Makes the pacer of scans of a table, one a process: all processes together take no more than half of what DynamoDB gives
 * any partition. Units are leased for a second at a time; whoever gets none waits, until `isTimeUp`, and is then told
 * `TimeUp`. A read that names no end of its time is no scan. While the ledger cannot be reached a process goes on slowly.
 */
export function createReadGovernor(ports: ReadGovernorPorts): ReadPacer {
  const { now, random, sleep, ledger, table, note } = ports;
  const holdings = new Map<string, Holding>();
  let waiting: WaitingPage[] = [];
  let isAsking = false;
  /** What was read at the beginning of a slot, and from when (epoch ms) on it is asked in it. */
  let known = { slot: 0, state: unknownTable, claimsBefore: 0, asksFrom: 0 };
  /** What was asked of that slot, as of the last claim. */
  let asked = noClaims;
  /** What a page takes, as far as this process has seen, and what a partition key got in a second the last time. */
  let page: number | undefined;
  let usual = 0;
  let wasThrottled = false;
  let unaskedUntil = 0;
  let restsUntil = 0;

  const slotNow = () => Math.floor(now() / slotMs);
  const pageUnits = () => page ?? known.state.pageUnits ?? unknownPageUnits;
  const limitNow = () => limitAt(known.state, now());

  const holdingOf = (key: string): Holding => {
    const slot = slotNow();
    const held = holdings.get(key);
    if (held?.slot === slot) return held;
    if (held && held.got > 0) usual = held.got;
    if (holdings.size > mostHoldings) {
      for (const [other, { slot: of, units }] of holdings) if (of < slot && units >= 0) holdings.delete(other);
    }
    // What is left of an earlier slot has lapsed; what was too much is owed.
    const next = { slot, hasAsked: false, got: 0, units: Math.min(0, held?.units ?? 0) };
    holdings.set(key, next);
    return next;
  };

  const crowdNow = (claims: number) => crowdOf(claims, pageUnits(), { limit: limitNow(), table });

  /** Learns, once a slot, what others know, and tells them what was seen. */
  const learn = async (slot: number): Promise<void> => {
    if (known.slot === slot) return;
    if (wasThrottled) {
      wasThrottled = false;
      await ledger.noteLimit(halvedLimit(known.state, now()), now(), slot * slotMs - slotMs);
    }
    const { state, claims } = await ledger.read(slot - 1);
    if (page !== undefined && page > (state.pageUnits ?? 0)) await ledger.notePage(page);
    known = { slot, state, claimsBefore: claims, asksFrom: 0 };
    const spread = crowdNow(claims) > 1 ? random() * spreadMs : 0;
    known = { ...known, asksFrom: slot * slotMs + spread };
    asked = noClaims;
  };

  /** Asks for what pages of a slot need, and takes hold of what is granted; answers of which keys. */
  const ask = async (pages: readonly WaitingPage[], slot: number): Promise<ReadonlySet<string>> => {
    const least = pageUnits();
    const largest = Math.max(known.state.pageUnits ?? 0, least);
    const terms = { table, limit: limitNow(), claimsBefore: known.claimsBefore, pageUnits: largest };
    const most = Math.max(partOf(terms), least);
    const claims = [...new Set(pages.map(({ key }) => key))].map((key): Claim => {
      const { units, got } = holdingOf(key);
      const needed = least * pages.filter((page) => page.key === key).length - units;
      // As much as in a second before; or as it has had in this one again.
      return { key, least, units: Math.ceil(Math.min(most, Math.max(needed, leastLeased, usual - got, got))) };
    });
    const repeated = claims.filter(({ key }) => holdingOf(key).hasAsked).length;
    asked = await ledger.claim(slot, claims, repeated);
    // Too late: what is left of a slot lapses.
    if (slotNow() !== slot) return new Set();
    const grants = granted(claims, asked, terms);
    for (const [index, { key }] of claims.entries()) {
      const holding = holdingOf(key);
      holding.hasAsked = true;
      holding.got += grants[index]!;
      holding.units += grants[index]!;
    }
    return new Set(claims.flatMap(({ key }, index) => (grants[index]! > 0 ? [key] : [])));
  };

  /** Asks for all pages that wait, those at once that come together. */
  const askForAll = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    while (waiting.length > 0) {
      await sleep(gatherMs);
      let asking: readonly WaitingPage[] = [];
      let keys: ReadonlySet<string> = new Set();
      try {
        await learn(slotNow());
        await sleep(Math.max(0, known.asksFrom - now()));
        asking = waiting;
        waiting = [];
        if (known.slot === slotNow()) keys = await ask(asking, known.slot);
      } catch (error) {
        note('The read budget cannot be asked: scans go on slowly', error);
        unaskedUntil = now() + unaskedMs;
        asking = [...asking, ...waiting];
        waiting = [];
      }
      for (const { key, answer } of asking) answer(keys.has(key));
    }
    isAsking = false;
  };

  const lease = (key: string): Promise<boolean> =>
    new Promise((answer) => {
      waiting.push({ key, answer });
      void askForAll();
    });

  const waitUntil = async (moment: number, isTimeUp: () => boolean): Promise<void> => {
    for (let rest = moment - now(); rest > 0 && !isTimeUp(); rest = moment - now()) {
      await sleep(Math.min(rest, lookEveryMs));
    }
  };

  /** What a lease is answered; undefined when it is not in time. */
  const answerOf = async (leased: Promise<boolean>, isTimeUp: () => boolean): Promise<boolean | undefined> => {
    let isAnswered = false;
    const noAnswer = waitUntil(now() + patienceMs, () => isAnswered || isTimeUp()).then(() => undefined);
    const answer = await Promise.race([leased, noAnswer]);
    isAnswered = true;
    return answer;
  };

  /**
   * Waits until a page of the key may be read, and takes what it is thought to need from what is held. Answers how much that
   * is; nothing while nobody can be asked. Throws `TimeUp`.
   */
  const turn = async (key: string, isTimeUp: () => boolean): Promise<number> => {
    for (;;) {
      if (isTimeUp()) throw new TimeUp();
      const held = holdingOf(key);
      const least = pageUnits();
      if (held.units >= least) {
        held.units -= least;
        return least;
      }
      if (now() < unaskedUntil) {
        if (now() >= restsUntil) {
          restsUntil = now() + (least / unitsUnasked) * 1_000;
          return 0;
        }
        await waitUntil(restsUntil, isTimeUp);
        continue;
      }
      const { slot } = held;
      const isGranted = await answerOf(lease(key), isTimeUp);
      if (isGranted === undefined) unaskedUntil = now() + unaskedMs;
      if (isGranted || now() < unaskedUntil) continue;
      // In the next slot, or the more of the following ones the more others are waiting.
      const later = Math.floor(random() * crowdNow(asked.claims));
      await waitUntil((slot + 1 + later) * slotMs, isTimeUp);
    }
  };

  return async (key, readPage, isTimeUp) => {
    if (!isTimeUp) return ports.otherwise(key, readPage);
    const reckoned = await turn(key, isTimeUp);
    try {
      const answer = await readPage();
      const units = answer.ConsumedCapacity?.CapacityUnits ?? reckoned;
      page = Math.max(units, (page ?? 0) * pageDecay);
      if ((answer.$metadata?.attempts ?? 1) > 1) wasThrottled = true;
      const held = holdings.get(key);
      if (held && reckoned > 0) held.units += reckoned - units;
      return answer;
    } catch (error) {
      if (error instanceof Error && throttles.has(error.name)) wasThrottled = true;
      throw error;
    }
  };
}
