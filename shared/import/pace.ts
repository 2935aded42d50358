/** So many messages may wait in a queue that an import sends to: what comes meanwhile from elsewhere is behind them. */
const mostWaiting = 2_000;
/** How many messages go out in a second, at first and at most. */
const [slowest, fastest] = [500, 5_000];
const secondMs = 1_000;

/** What a pace is set by. */
export interface PacePorts {
  /** How many messages wait in the fullest of the queues. */
  readonly waiting: () => Promise<number>;
  readonly now: () => number;
  /** Waits so many ms. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Waits until so many messages may be sent; false: time was up before. */
export type Pace = (messages: number, isTimeUp: () => boolean) => Promise<boolean>;

/**
 * Sends an import only as fast as workers take its messages in, for those of live changes stand in the same queues. It looks
 * once a second how many wait: as long as they are few it goes ever faster, and not on while they are too many.
 */
export function createPace({ waiting, now, sleep }: PacePorts): Pace {
  let rate = slowest;
  let left = 0;
  let looksAt = 0;
  return async (messages, isTimeUp) => {
    while (left <= 0) {
      if (isTimeUp()) return false;
      const restMs = looksAt - now();
      if (restMs > 0) await sleep(restMs);
      const depth = await waiting();
      looksAt = now() + secondMs;
      if (depth >= mostWaiting) rate = Math.max(slowest, rate / 2);
      else {
        left = rate;
        if (depth < mostWaiting / 2) rate = Math.min(fastest, rate * 2);
      }
    }
    left -= messages;
    return true;
  };
}
