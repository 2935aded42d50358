const [movedByMs, heldAt] = [0, 1];

/**
 * The time of a local run: the machine's own, unless a test moves it on. Whoever keeps time here asks it; functions see it
 * through the memory it shares with their threads, without knowing.
 */
export class Clock {
  /** How far it was moved (ms), and where it is held (epoch ms; 0: it runs). */
  readonly shared = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  private readonly state = new BigInt64Array(this.shared);
  private readonly listeners = new Set<() => void>();

  /** Epoch ms. */
  now(): number {
    const held = Atomics.load(this.state, heldAt);
    return Number(held) || Date.now() + Number(Atomics.load(this.state, movedByMs));
  }

  /** Jumps forward; what was to happen on the way happens at once. */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) throw new Error(`A clock moves forward by whole ms, not by ${ms}.`);
    Atomics.add(this.state, Atomics.load(this.state, heldAt) === 0n ? movedByMs : heldAt, BigInt(ms));
    for (const listener of [...this.listeners]) listener();
  }

  /** Stands still until it is released: however slow the machine, only `advance` moves it. */
  hold(): void {
    Atomics.store(this.state, heldAt, BigInt(this.now()));
  }

  /** Runs on from where it is. */
  release(): void {
    const held = Atomics.load(this.state, heldAt);
    if (held === 0n) return;
    Atomics.store(this.state, movedByMs, held - BigInt(Date.now()));
    Atomics.store(this.state, heldAt, 0n);
  }

  /** Hears of every jump; answers how to hear no more. */
  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
