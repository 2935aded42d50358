/** A clock that nobody waits for: it jumps from one moment at which somebody wakes to the next. */
export class VirtualTime {
  private readonly sleepers: { readonly at: number; readonly order: number; readonly wake: () => void }[] = [];
  private order = 0;
  private moment: number;

  constructor(startsAt: number) {
    this.moment = startsAt;
  }

  /** Epoch ms. */
  now = (): number => this.moment;

  /** Sleeps so long (ms) by this clock. */
  sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      const sleeper = { at: this.moment + Math.max(0, ms), order: this.order++, wake };
      let index = this.sleepers.length;
      while (index > 0 && this.sleepers[index - 1]!.at <= sleeper.at) index--;
      this.sleepers.splice(index, 0, sleeper);
    });

  /** Wakes one after the other until a moment (epoch ms), each when the one before has gone back to sleep. */
  async runUntil(end: number): Promise<void> {
    await settled();
    for (let next = this.sleepers.at(-1); next && next.at < end; next = this.sleepers.at(-1)) {
      this.sleepers.pop();
      this.moment = next.at;
      next.wake();
      await settled();
    }
    this.moment = end;
  }
}

/** When nothing is left to do but to sleep. */
const settled = () => new Promise((done) => setImmediate(done));
