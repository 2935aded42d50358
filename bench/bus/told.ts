import type { HeardEvent } from '../load/bus-queue.ts';

/** What the bus has told of a lead in a segment. */
export interface ToldOfPair {
  /** The highest sequence told, 0 if none; and when (epoch ms by the machine) that was read first. */
  readonly sequence: number;
  readonly readAt: number;
  /** The one told last, which may be an older one: nothing is promised about the order. */
  readonly lastDelivered: number;
  /** The one to go by who sorts by `occurredAt`, and takes of several at one moment the one told last. */
  readonly latestByMoment: number;
  readonly latestMoment: number;
}

const nothing: ToldOfPair = { sequence: 0, readAt: 0, lastDelivered: 0, latestByMoment: 0, latestMoment: 0 };

/** Keeps what the bus has told of each lead and segment, and how long it took from each decision to its event. */
export class Told {
  /** Milliseconds, of first deliveries only. */
  readonly lags: number[] = [];
  /** Events told after one of the same lead and segment that is newer. */
  outOfOrder = 0;
  private readonly pairs = new Map<string, ToldOfPair>();
  private readonly ids = new Set<string>();
  private readonly machineTimeOf: (moment: number) => number | undefined;

  constructor(machineTimeOf: (moment: number) => number | undefined) {
    this.machineTimeOf = machineTimeOf;
  }

  hear({ leadId, segmentId, sequence, occurredAt, at }: HeardEvent): void {
    const pair = `${leadId}:${segmentId}`;
    const id = `${pair}:${sequence}`;
    const before = this.pairs.get(pair) ?? nothing;
    const isNewest = sequence > before.sequence;
    const isLatest = occurredAt >= before.latestMoment;
    this.pairs.set(pair, {
      sequence: Math.max(sequence, before.sequence),
      readAt: isNewest ? Date.now() : before.readAt,
      lastDelivered: sequence,
      latestByMoment: isLatest ? sequence : before.latestByMoment,
      latestMoment: Math.max(occurredAt, before.latestMoment),
    });
    if (this.ids.has(id)) return;
    this.ids.add(id);
    if (!isNewest) this.outOfOrder++;
    const [decided, told] = [this.machineTimeOf(occurredAt), this.machineTimeOf(at)];
    if (decided !== undefined && told !== undefined) this.lags.push(Math.max(0, told - decided));
  }

  of(leadId: string, segmentId: string): ToldOfPair {
    return this.pairs.get(`${leadId}:${segmentId}`) ?? nothing;
  }

  has(leadId: string, segmentId: string, sequence: number): boolean {
    return this.ids.has(`${leadId}:${segmentId}:${sequence}`);
  }

  get events(): number {
    return this.ids.size;
  }
}
