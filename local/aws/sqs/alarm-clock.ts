import type { Clock } from '../../clock.ts';

const tickMs = 50;

/** Wakes many sleepers, each at its moment, for one timer and a constant cost each. */
export class AlarmClock<Sleeper> {
  private readonly clock: Clock;
  private readonly awaken: (awake: Iterable<Sleeper>) => void;
  private readonly byTick = new Map<number, Set<Sleeper>>();
  private readonly tickOf = new Map<Sleeper, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopListening = () => {};
  private now = 0;

  constructor(clock: Clock, awaken: (awake: Iterable<Sleeper>) => void) {
    this.clock = clock;
    this.awaken = awaken;
  }

  /** Wakes a sleeper at this moment, and at no other that was set before. */
  set(sleeper: Sleeper, moment: number): void {
    this.cancel(sleeper);
    if (!this.timer) {
      this.now = this.currentTick();
      this.timer = setInterval(() => this.advance(), tickMs);
      this.stopListening = this.clock.onAdvance(() => this.advance());
    }
    const tick = Math.max(this.now + 1, Math.ceil(moment / tickMs));
    const together = this.byTick.get(tick);
    if (together) together.add(sleeper);
    else this.byTick.set(tick, new Set([sleeper]));
    this.tickOf.set(sleeper, tick);
  }

  cancel(sleeper: Sleeper): void {
    const tick = this.tickOf.get(sleeper);
    if (tick === undefined) return;
    this.tickOf.delete(sleeper);
    const together = this.byTick.get(tick);
    together?.delete(sleeper);
    if (together?.size === 0) this.byTick.delete(tick);
  }

  clear(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.stopListening();
    this.byTick.clear();
    this.tickOf.clear();
  }

  private advance(): void {
    for (const tick of this.passTicks()) {
      const awake = this.byTick.get(tick);
      if (!awake) continue;
      this.byTick.delete(tick);
      for (const sleeper of awake) this.tickOf.delete(sleeper);
      this.awaken(awake);
    }
    if (this.byTick.size === 0) this.clear();
  }

  /** Moves to the current tick; answers those passed that may have sleepers, in their order. */
  private passTicks(): number[] {
    const [first, last] = [this.now + 1, this.currentTick()];
    this.now = Math.max(this.now, last);
    // A jump of days passes more ticks than there are sleepers.
    if (last - first > this.byTick.size) {
      return [...this.byTick.keys()].filter((tick) => tick <= last).sort((a, b) => a - b);
    }
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  }

  private currentTick(): number {
    return Math.floor(this.clock.now() / tickMs);
  }
}
