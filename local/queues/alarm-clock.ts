const TICK_MS = 50;

/** Wakes many sleepers, each at its moment, for one timer and a constant cost each. */
export class AlarmClock<Sleeper> {
  readonly #awaken: (awake: Iterable<Sleeper>) => void;
  readonly #byTick = new Map<number, Set<Sleeper>>();
  readonly #tickOf = new Map<Sleeper, number>();
  #timer: NodeJS.Timeout | undefined;
  #now = 0;

  constructor(awaken: (awake: Iterable<Sleeper>) => void) {
    this.#awaken = awaken;
  }

  /** Wakes a sleeper at this moment, and at no other that was set before. */
  set(sleeper: Sleeper, moment: number): void {
    this.cancel(sleeper);
    if (!this.#timer) {
      this.#now = currentTick();
      this.#timer = setInterval(() => this.#advance(), TICK_MS);
    }
    const tick = Math.max(this.#now + 1, Math.ceil(moment / TICK_MS));
    const together = this.#byTick.get(tick);
    if (together) together.add(sleeper);
    else this.#byTick.set(tick, new Set([sleeper]));
    this.#tickOf.set(sleeper, tick);
  }

  cancel(sleeper: Sleeper): void {
    const tick = this.#tickOf.get(sleeper);
    if (tick === undefined) return;
    this.#tickOf.delete(sleeper);
    const together = this.#byTick.get(tick);
    together?.delete(sleeper);
    if (together?.size === 0) this.#byTick.delete(tick);
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#byTick.clear();
    this.#tickOf.clear();
  }

  #advance(): void {
    const last = currentTick();
    while (this.#now < last) {
      this.#now += 1;
      const awake = this.#byTick.get(this.#now);
      if (!awake) continue;
      this.#byTick.delete(this.#now);
      for (const sleeper of awake) this.#tickOf.delete(sleeper);
      this.#awaken(awake);
    }
    if (this.#byTick.size === 0) this.clear();
  }
}

function currentTick(): number {
  return Math.floor(Date.now() / TICK_MS);
}
