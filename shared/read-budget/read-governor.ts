import type { ReadPacer } from '../aws/read-pacer.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { createHoldings } from './holdings.ts';
import { createLeaseLine } from './lease-line.ts';
import { slotMs } from './ledger.ts';
import { type ClaimPorts, createSlotClaimer } from './slot-claims.ts';
import { TimeUp } from './time-up.ts';

/** What the governor works with. */
export interface ReadGovernorPorts extends ClaimPorts, Pick<Surroundings, 'note'> {
  /** Paces what is no scan. */
  readonly otherwise: ReadPacer;
}

/** How often (ms) somebody who waits looks whether time is up. */
const lookEveryMs = 100;
/** How long (ms) an answer may take. */
const patienceMs = 2_000;
/** How many units a second a process reads while it can ask nobody, and how long (ms) until it asks again. */
const unitsUnasked = 50;
const unaskedMs = 5_000;

/** How DynamoDB says, after all tries of the client, that it serves no more. */
const throttles = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);

/**
 * Makes the pacer of scans of a table, one a process: all processes together take no more than half of what DynamoDB gives
 * any partition. Units are leased for a second at a time; whoever gets none waits, until `isTimeUp`, and is then told
 * `TimeUp`. A read that names no end of its time is no scan. While the ledger cannot be reached a process goes on slowly.
 */
export function createReadGovernor(ports: ReadGovernorPorts): ReadPacer {
  const { now, random, sleep, note } = ports;
  const slotNow = () => Math.floor(now() / slotMs);
  const holdings = createHoldings(slotNow);
  const claimer = createSlotClaimer(ports, holdings, slotNow);
  let unaskedUntil = 0;
  let restsUntil = 0;

  const lease = createLeaseLine(claimer, ports, (error) => {
    note('The read budget cannot be asked: scans go on slowly', error);
    unaskedUntil = now() + unaskedMs;
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
      const held = holdings.of(key);
      const least = claimer.pageUnits();
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
      const later = Math.floor(random() * claimer.crowd());
      await waitUntil((slot + 1 + later) * slotMs, isTimeUp);
    }
  };

  return async (key, readPage, isTimeUp) => {
    if (!isTimeUp) return ports.otherwise(key, readPage);
    const reckoned = await turn(key, isTimeUp);
    try {
      const answer = await readPage();
      const units = answer.ConsumedCapacity?.CapacityUnits ?? reckoned;
      claimer.sawPage(units);
      if ((answer.$metadata?.attempts ?? 1) > 1) claimer.sawThrottle();
      if (reckoned > 0) holdings.giveBack(key, reckoned - units);
      return answer;
    } catch (error) {
      if (error instanceof Error && throttles.has(error.name)) claimer.sawThrottle();
      throw error;
    }
  };
}
