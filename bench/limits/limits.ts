import { noteLanes } from '../../shared/aws/segments-keys.ts';
import { fullBatch } from '../../shared/freshness/worker-freshness.ts';
import { lanes } from '../../shared/projection/row-keys.ts';
import { quotas } from './quotas.ts';
import { type Batches, fullStreamBatch, leadEventsAtOnce, trafficOf } from './traffic.ts';
import { assumed, changeMix, type Deployment, measured, type Use } from './use.ts';

/** A limit, and how much of it a use takes. */
export interface Limit {
  readonly name: string;
  /** Of 1. */
  readonly share: number;
  /** Whose limit it is: AWS raises a quota, a deployment chooses a setting, the rest takes other code or other use. */
  readonly kind: 'quota' | 'setting' | 'design';
  readonly liftedBy: string;
}

/** A shard is reconciled every half hour. */
const reconciledEverySeconds = 1_800;
/** Transactions that meet are tried again: above half of the time, more is tried again than done. */
const busyAtMost = 0.5;

const throughput = 'DynamoDB: table-level throughput';
const window = '-c batchingWindow=1';
const shards = '-c shardCount=128';

/** The load on each limit, the largest share first. */
export function limitsOf(use: Use, deployment: Deployment): Limit[] {
  const { leads, changesPerSecond, segments } = use;
  const { shardCount, accountConcurrency, batchingWindowSeconds } = deployment;
  const traffic = trafficOf(use, deployment);
  const { events, transitions, partitions, projections } = traffic;
  const eventBatch = traffic.changeBatches[0]!.size;
  const sum = (each: (batches: Batches) => number) => traffic.changeBatches.reduce((all, one) => all + each(one), 0);
  // Batches a second in which at least one change has what this share of changes has.
  const batchesWith = (share: number) => sum(({ perSecond, size }) => perSecond * atLeastOne(share, size));

  const counting = projections.perSecond * countingUnits(projections.size, segments);
  const catalogReads = 2 * sum(({ perSecond }) => perSecond);
  const notes = batchesWith(changeMix.transitions) * noteUnits(changeMix.transitions * eventBatch);
  const countsOfBusiest = projections.perSecond * atLeastOne(changeMix.busiestSegment, projections.size);
  const changesOfLead = changesPerSecond / leads;
  const pagesOfShard = leads / shardCount / assumed.leadsPerPage;
  // A full batch takes the least time for each of its changes; as long as batches are not full, there is time left.
  const eventsAtOnce = (events / fullBatch) * assumed.batchSeconds(fullBatch);
  const workersAtOnce = sum(({ perSecond, size }) => perSecond * assumed.batchSeconds(size));
  const projectorsAtOnce = projections.perSecond * assumed.projectionSeconds(projections.size);
  const projectedMost = fullStreamBatch / assumed.projectionSeconds(fullStreamBatch);
  const inFlight = events * (assumed.batchSeconds(eventBatch) + batchingWindowSeconds);
  const { tableUnits, keyWrites, keyReads, messagesInFlight, eventsPublished } = quotas;
  return [
    quota('writes of Leads', traffic.leadWrites / tableUnits.most, throughput),
    quota('reads of Leads', traffic.leadReads / tableUnits.most, throughput),
    quota('writes of Events', events / tableUnits.most, throughput),
    quota('writes of Memberships', (transitions + counting) / tableUnits.most, throughput),
    quota('writes of Transitions', transitions / tableUnits.most, throughput),
    quota(
      'functions at once',
      (workersAtOnce + projectorsAtOnce) / accountConcurrency,
      'Lambda: concurrent executions',
    ),
    quota('LeadEvents in flight', inFlight / messagesInFlight.most, 'SQS: in-flight messages'),
    quota('events published', transitions / eventsPublished.most, 'EventBridge: PutEvents'),
    setting(
      'batches of LeadEvents at once',
      eventsAtOnce / leadEventsAtOnce(deployment),
      '-c maxConcurrency=leadEvents=1000',
    ),
    design('reads of the catalog’s version', catalogReads / keyReads.most, window),
    design('writes of the total of leads', batchesWith(changeMix.newLeads) / keyWrites.most, window),
    design('writes of notes of what moved', notes / noteLanes.length / keyWrites.most, window),
    design(
      'counting the busiest segment',
      (countsOfBusiest * assumed.transactionSeconds) / lanes.length / busyAtMost,
      window,
    ),
    design('changes of one lead at once', changesOfLead * assumed.batchSeconds(eventBatch), 'fewer changes of a lead'),
    design(
      'newest history of a segment',
      (transitions * changeMix.busiestSegment) / shardCount / keyWrites.most,
      shards,
    ),
    design(
      'newest due moments of a shard',
      (changesPerSecond * changeMix.newDueMoments) / shardCount / keyWrites.most,
      shards,
    ),
    design('a shard’s projector', transitions / partitions / projectedMost, 'ParallelizationFactor'),
    design(
      'reconciling a shard in half an hour',
      (pagesOfShard * assumed.pageSeconds) / reconciledEverySeconds,
      shards,
    ),
  ].sort((a, b) => b.share - a.share);
}

const limitOf =
  (kind: Limit['kind']) =>
  (name: string, share: number, liftedBy: string): Limit => ({ name, share, kind, liftedBy });
const [quota, setting, design] = [limitOf('quota'), limitOf('setting'), limitOf('design')];

/** The probability that of so many at least one is of those that have this share. */
const atLeastOne = (share: number, size: number) => 1 - (1 - share) ** size;

/** Write units of the note of a batch's transitions, and of its deletion. */
function noteUnits(transitions: number): number {
  return 2 * Math.ceil((60 + 66 * Math.max(1, transitions)) / 1_024);
}

/** Write units of counting a batch: a mark, and a count and a day of each of its segments, two units each. */
function countingUnits(transitions: number, segments: number): number {
  const busy = Math.max(1, segments * changeMix.busySegments);
  return 2 + 4 * busy * (1 - Math.exp(-transitions / busy));
}

/** Write units of a transition in batches of that many. */
export function unitsPerTransition(transitions: number, segments: number): number {
  return measured.documentUnits + measured.projectionUnits + countingUnits(transitions, segments) / transitions;
}
