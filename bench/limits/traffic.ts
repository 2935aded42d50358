import { fullBatch } from '../../shared/freshness/worker-freshness.ts';
import { quotas } from './quotas.ts';
import { assumed, changeMix, type Deployment, measured, type Use } from './use.ts';

/** Of the account's concurrency, what the queue LeadEvents may take (infra/concurrency.ts). */
const leadEventsShare = 0.1;
/** A table's partition holds so much. */
const partitionBytes = 10e9;
/** The projector is given so many writes at once, at most. */
export const fullStreamBatch = 500;

/** Batches a second, and how many changes or transitions there are in one. */
export interface Batches {
  readonly perSecond: number;
  readonly size: number;
}

/** What a use makes of work, a second. */
export interface Traffic {
  readonly events: number;
  readonly transitions: number;
  /** Batches of each change queue: LeadEvents, ProfileChanges, LevelChanges. */
  readonly changeBatches: readonly Batches[];
  /** Batches of the projector, of all shards of the stream. */
  readonly projections: Batches;
  /** Units of the Leads table, and the partitions that DynamoDB spreads it over. */
  readonly leadWrites: number;
  readonly leadReads: number;
  readonly partitions: number;
}

/** The traffic of a use, as it is deployed. */
export function trafficOf({ leads, changesPerSecond }: Use, deployment: Deployment): Traffic {
  const transitions = changesPerSecond * changeMix.transitions;
  const leadWrites = changesPerSecond * Math.ceil(measured.leadBytes / 1_024) + transitions * measured.documentUnits;
  const leadReads = changesPerSecond * Math.ceil(measured.leadBytes / 4_096);
  const partitions = partitionsOf(leads * measured.leadBytes, leadWrites, leadReads);
  const ofShard = projectionBatches(transitions / partitions, deployment);
  return {
    events: changesPerSecond * changeMix.events,
    transitions,
    changeBatches: [changeMix.events, changeMix.profileChanges, changeMix.levelChanges].map((share) =>
      changeBatches(changesPerSecond * share, deployment),
    ),
    projections: { ...ofShard, perSecond: ofShard.perSecond * partitions },
    leadWrites,
    leadReads,
    partitions,
  };
}

/** How many partitions a table has: a new one has four, and each takes so many units and bytes. */
function partitionsOf(bytes: number, writes: number, reads: number): number {
  const least = [bytes / partitionBytes, writes / quotas.keyWrites.most, reads / quotas.keyReads.most];
  return Math.max(4, ...least.map(Math.ceil));
}

/** How many batches of LeadEvents are worked on at once, at most. */
export function leadEventsAtOnce({ accountConcurrency }: Deployment): number {
  return Math.min(quotas.mappingConcurrency.most, Math.max(2, Math.floor(accountConcurrency * leadEventsShare)));
}

/** Batches of a queue: as large as what comes while Lambda's first batches are worked on, and in the window. */
export function changeBatches(changesPerSecond: number, deployment: Deployment): Batches {
  const pollers = Math.min(assumed.firstPollers, leadEventsAtOnce(deployment));
  const size = gathered(changesPerSecond / pollers, deployment.batchingWindowSeconds, assumed.batchSeconds, fullBatch);
  return { perSecond: changesPerSecond / size, size };
}

/** Batches of a shard of the stream, which are worked on one after the other. */
export function projectionBatches(transitionsPerSecond: number, { batchingWindowSeconds }: Deployment): Batches {
  const waitSeconds = assumed.streamPollSeconds + batchingWindowSeconds;
  const size = gathered(transitionsPerSecond, waitSeconds, assumed.projectionSeconds, fullStreamBatch);
  return { perSecond: transitionsPerSecond / size, size };
}

/** How many gather, at a rate a second, while a batch waits and the one before, which is as large, is worked on. */
function gathered(rate: number, waitSeconds: number, secondsOf: (size: number) => number, most: number): number {
  const secondsEach = secondsOf(1) - secondsOf(0);
  const keepsUp = rate * secondsEach < 1;
  // size = rate × (waitSeconds + secondsOf(0) + secondsEach × size)
  const size = keepsUp ? (rate * (waitSeconds + secondsOf(0))) / (1 - rate * secondsEach) : most;
  return Math.min(most, Math.max(1, size));
}
