import type { Clock } from '../../local/clock.ts';

interface Piece {
  /** Epoch ms, by the moved clock and by the machine's, at which the piece begins. */
  readonly from: number;
  readonly machineFrom: number;
  readonly runs: boolean;
}

/** The moved time of a stack, which remembers when its moments were by the machine's time: lags are real ones. */
export class MovedTime {
  private readonly clock: Pick<Clock, 'now' | 'advance' | 'hold' | 'release'>;
  private readonly machineNow: () => number;
  private readonly pieces: Piece[] = [];
  private isHeld = false;

  constructor(clock: Pick<Clock, 'now' | 'advance' | 'hold' | 'release'>, machineNow: () => number = Date.now) {
    this.clock = clock;
    this.machineNow = machineNow;
    this.note();
  }

  /** Epoch ms. */
  now = () => this.clock.now();

  /** Jumps forward by whole ms. */
  advance(ms: number): void {
    this.clock.advance(Math.max(0, Math.floor(ms)));
    this.note();
  }

  /** Stands still, at the next whole second: leads are told of their due moments by the second. */
  hold(): void {
    this.clock.hold();
    this.isHeld = true;
    this.advance((1_000 - (this.now() % 1_000)) % 1_000);
  }

  release(): void {
    this.clock.release();
    this.isHeld = false;
    this.note();
  }

  /**
   * When (epoch ms) by the machine the clock came to show a moment or, where it jumped over it, a later one. Undefined:
   * while it stood still, or before all this.
   */
  machineTimeOf(moment: number): number | undefined {
    const index = this.pieces.findLastIndex(({ from }) => from <= moment);
    const piece = this.pieces[index];
    if (!piece) return undefined;
    const end = this.pieces[index + 1]?.machineFrom ?? Number.POSITIVE_INFINITY;
    const stoodStill = !piece.runs || this.pieces[index - 1]?.runs === false;
    if (stoodStill && moment === piece.from) return undefined;
    if (!piece.runs) return end;
    return Math.min(end, piece.machineFrom + moment - piece.from);
  }

  private note(): void {
    this.pieces.push({ from: this.now(), machineFrom: this.machineNow(), runs: !this.isHeld });
  }
}
