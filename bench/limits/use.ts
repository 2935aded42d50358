/** How a deployment is used. Shares are of 1. */
export interface Use {
  readonly leads: number;
  readonly changesPerSecond: number;
  readonly segments: number;
}

/** What a deployment chooses. */
export interface Deployment {
  readonly shardCount: number;
  readonly accountConcurrency: number;
  readonly batchingWindowSeconds: number;
}

/** As deployed with `-c accountConcurrency=1000` and nothing else. */
export const usualDeployment: Deployment = { shardCount: 32, accountConcurrency: 1_000, batchingWindowSeconds: 0 };

/** With every setting where it takes most. */
export const largeDeployment: Deployment = { shardCount: 128, accountConcurrency: 10_000, batchingWindowSeconds: 1 };

/** What changes are, as in docs/cost.md: of 20 changes of a lead 15 are events, and one has it enter or exit a segment. */
export const changeMix = {
  events: 0.75,
  /** Of the two other queues, the busier. */
  profileChanges: 0.15,
  levelChanges: 0.1,
  transitions: 0.05,
  /** Changes that make a lead, and changes that move when it falls due. */
  newLeads: 0.01,
  newDueMoments: 0.2,
  /** Of all transitions, those of the busiest segment; and of all segments, those that nearly all transitions are of. */
  busiestSegment: 0.2,
  busySegments: 0.2,
} as const;

/** Measured here: `npm run bench -- load` (docs/performance.md). */
export const measured = {
  /** Bytes of a lead's item with about 17 attributes. */
  leadBytes: 1_127,
  /** Write units of a transition that it shares with no other: row, history with index; and what it adds to the document. */
  projectionUnits: 3,
  documentUnits: 0.4,
} as const;

/** Not measured: nothing of this has run in AWS yet. Seconds. */
export const assumed = {
  /** A batch of changes: the calls of any batch, and the time of each change in it. */
  batchSeconds: (changes: number) => 0.05 + 0.0015 * changes,
  /** The same of a batch of the projector. */
  projectionSeconds: (transitions: number) => 0.1 + 0.003 * transitions,
  /** Lambda looks at a shard of a stream four times a second: half of that is waited for. */
  streamPollSeconds: 0.125,
  /** A transaction that counts a batch: as long as it runs, others that meet its items are refused. */
  transactionSeconds: 0.025,
  /** Evaluating and comparing a page of 200 leads. */
  pageSeconds: 0.08,
  leadsPerPage: 200,
  /** Lambda begins with so many batches of a queue at once, and with more only when that is not enough. */
  firstPollers: 5,
} as const;
