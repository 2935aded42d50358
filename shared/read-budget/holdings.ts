/** From how many partition keys on those are forgotten of which nothing is held or owed. */
const mostHoldings = 1_000;

/** What a process holds of a partition key in a slot: what it got, and what is left; less than nothing is owed. */
export interface Holding {
  readonly slot: number;
  hasAsked: boolean;
  got: number;
  units: number;
}

/** What a process holds of all partition keys that it scans. */
export interface Holdings {
  /** What is held of the key in the slot of now. */
  readonly of: (key: string) => Holding;
  /** Gives back what a page took less than was taken from what is held; less than nothing: it took more. */
  readonly giveBack: (key: string, units: number) => void;
  /** What a key got in a slot the last time. */
  readonly usual: () => number;
}

/** Makes the holdings of a process that has none. */
export function createHoldings(slotNow: () => number): Holdings {
  const byKey = new Map<string, Holding>();
  let usual = 0;

  const forgetLapsed = (slot: number): void => {
    for (const [key, held] of byKey) if (held.slot < slot && held.units >= 0) byKey.delete(key);
  };

  return {
    of: (key) => {
      const slot = slotNow();
      const held = byKey.get(key);
      if (held?.slot === slot) return held;
      if (held && held.got > 0) usual = held.got;
      if (byKey.size > mostHoldings) forgetLapsed(slot);
      // What is left of an earlier slot has lapsed; what was too much is owed.
      const next = { slot, hasAsked: false, got: 0, units: Math.min(0, held?.units ?? 0) };
      byKey.set(key, next);
      return next;
    },
    giveBack: (key, units) => {
      const held = byKey.get(key);
      if (held) held.units += units;
    },
    usual: () => usual,
  };
}
