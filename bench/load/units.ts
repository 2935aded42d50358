import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent, SQSRecord } from 'aws-lambda';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { readItems } from '../../shared/aws/read-items.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';
import { decodeOutbox, itemBytes, leadKey } from '../../shared/lead/lead-item.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { madeSegments } from '../lead-world.ts';
import { median } from '../measure.ts';
import { CapacityMeter } from '../scan/capacity.ts';
import { AttributeChanges } from './attribute-changes.ts';
import { oneByOneStore } from './one-by-one.ts';

/** Messages a batch, as many as workers take while so many wait. */
const batchSize = 100;
/** So many changes come before those that count. */
const learningChanges = 4_000;
/** Writes a batch, as the stream gives them to the projector when it is behind; and fewer, as when it is not. */
const [fullStreamBatch, ...smallerStreamBatches] = [500, 100, 10, 1];

/** What changes cost, in capacity units and in processor time. */
export interface LoadUnits {
  /** Mean bytes of a lead's item. */
  readonly itemBytes: number;
  /** Units of a change that moves no membership, in units of its document's size. */
  readonly readsPerChange: number;
  readonly writesPerChange: number;
  readonly transitions: number;
  /** Write units of a transition: what its announcement adds to the document, and its projections. */
  readonly writesPerTransition: number;
  readonly documentWritesPerTransition: number;
  /** The same by how many writes the projector is given at once, where that is less. */
  readonly writesInSmallerBatches: ReadonlyMap<number, number>;
  /** Microseconds of processor time of a change that moves no membership. */
  readonly batchedMicros: number;
  readonly oneByOneMicros: number;
}

/**
 * Measures a worker and the projector in this process, on the local tables. `warmUps`: rounds that do not count, in which
 * the engine compiles; a worker in the cloud is warm, too. `inSmallerBatches`: changes that are projected in smaller batches.
 */
export async function measureLoadUnits({
  leads = 2_000,
  rounds = 20,
  warmUps = 5,
  inSmallerBatches = 200,
} = {}): Promise<LoadUnits> {
  process.env.VISIBILITY_TIMEOUT_SECONDS ??= '360';
  process.env.MAXIMUM_DELIVERIES ??= '5';
  process.env.DEAD_LETTERS_QUEUE_URL ??= 'unused';
  process.env.SOURCE_QUEUE_URL ??= 'unused';
  const clients = createClients();
  const meter = new CapacityMeter(clients.dynamodb);
  const stores = createLeadStores(clients);
  const changes = new AttributeChanges(await storeSegments(stores), leads);
  const work = workerOf(stores);
  await deliver(work, changes.first());

  // Until the vocabulary has learnt the values that leads share: it writes while it learns.
  for (let delivered = 0; delivered < learningChanges; delivered += leads) await deliver(work, changes.any(leads));
  // Once around, so that no item still carries what it announced.
  await deliver(work, changes.thatFlipNothing(leads));

  const plain = changes.thatFlipNothing(Math.min(leads, 1_000));
  const before = await itemsOf(clients, leadIdsIn(plain));
  const ofPlain = await meter.unitsOf(() => deliver(work, plain));
  const after = await itemsOf(clients, leadIdsIn(plain));

  const cpu = await compareCpu(changes, work, workerOf({ ...stores, leads: oneByOneStore(stores) }), {
    rounds,
    warmUps,
  });

  const unitsOfTransitions = async (flipping: ReturnType<AttributeChanges['any']>, streamBatch: number) => {
    await deliver(work, flipping);
    const written = await itemsOf(clients, leadIdsIn(flipping));
    const projected = await meter.unitsOf(() => project(clients, written, streamBatch));
    const transitions = written.reduce((sum, item) => sum + decodeOutbox(item).transitions.length, 0);
    // Paid when it is written, and again when the next write, which costs what the larger item does, replaces it.
    const growth = 2 * (sizeOf(written, 1_024) - sizeOf(written.map(withoutOutbox), 1_024));
    return { transitions, writes: (projected.write + growth) / transitions, ofDocument: growth / transitions };
  };
  const { transitions, writes, ofDocument } = await unitsOfTransitions(changes.any(leads), fullStreamBatch!);
  const writesInSmallerBatches = new Map<number, number>();
  for (const streamBatch of smallerStreamBatches) {
    const smaller = await unitsOfTransitions(changes.any(Math.min(leads, inSmallerBatches)), streamBatch);
    writesInSmallerBatches.set(streamBatch, smaller.writes);
  }
  return {
    itemBytes: before.reduce((sum, item) => sum + itemBytes(item), 0) / before.length,
    readsPerChange: ofPlain.read / sizeOf(before, 4_096),
    writesPerChange: ofPlain.write / Math.max(sizeOf(before, 1_024), sizeOf(after, 1_024)),
    transitions,
    writesPerTransition: writes,
    documentWritesPerTransition: ofDocument,
    writesInSmallerBatches,
    ...cpu,
  };
}

type StoredItem = Record<string, AttributeValue>;

const sizeOf = (items: readonly StoredItem[], unitBytes: number) =>
  items.reduce((sum, item) => sum + Math.ceil(itemBytes(item) / unitBytes), 0);
const withoutOutbox = (item: StoredItem): StoredItem => ({ ...item, outbox: { S: '' } });
const leadIdsIn = (messages: readonly { leadId: string }[]) => messages.map(({ leadId }) => leadId);
const itemsOf = ({ dynamodb }: Clients, leadIds: readonly string[]) =>
  readItems(dynamodb, 'LEADS_TABLE', leadIds.map(leadKey));

const workerOf = (stores: LeadStores) =>
  createLeadChangeWorker(
    'profileChanges',
    profileChangeSchema,
    (change) => ({ kind: 'profile_change', ...change }),
    stores,
  );

async function storeSegments({ segments, catalog }: LeadStores) {
  const writer = createSegmentWriter(segments, catalog, { start: async () => {} }, async () => {}, surroundings);
  for (const { name, description, match, rules } of madeSegments(100, 7)) {
    const content = { name, description, active: true, match, rules };
    await writer.save((context) => planCreate(content, context), 'bench');
  }
  return (await catalog.current()).known;
}

/** Has messages worked on in full batches. */
async function deliver(work: QueueFunction, messages: readonly object[]): Promise<void> {
  for (const group of chunk(messages, batchSize)) {
    const Records = group.map((message, index) => {
      const attributes = { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' };
      return { messageId: String(index), body: JSON.stringify(message), attributes } as SQSRecord;
    });
    const { batchItemFailures } = await work({ Records }, { getRemainingTimeInMillis: () => 60_000 });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} messages failed`);
  }
}

/** Projects in batches as the stream gives them; what it publishes is taken, and goes nowhere. */
async function project(clients: Clients, written: readonly StoredItem[], streamBatch: number): Promise<void> {
  const { eventBridge } = createClients();
  eventBridge.middlewareStack.add(() => async () => ({ output: { $metadata: {}, Entries: [] }, response: undefined }), {
    step: 'initialize',
    name: 'takesAll',
  });
  // Its handler is made when its file is loaded, which needs the settings of the local tables.
  const { createLeadStreamWorker } = await import('../../functions/streams/project-memberships.ts');
  const worker = createLeadStreamWorker({ ...clients, eventBridge });
  const announcing = written.filter((item) => decodeOutbox(item).transitions.length > 0);
  for (const batch of chunk(announcing, streamBatch)) {
    const Records = batch.map((NewImage) => ({ dynamodb: { NewImage } })) as DynamoDBStreamEvent['Records'];
    await worker({ Records });
  }
}

/** Both ways in turns, each a batch of changes that flip nothing; medians, in processor time, since machines are shared. */
async function compareCpu(
  changes: AttributeChanges,
  batched: QueueFunction,
  oneByOne: QueueFunction,
  { rounds, warmUps }: { rounds: number; warmUps: number },
): Promise<{ batchedMicros: number; oneByOneMicros: number }> {
  const times = new Map<QueueFunction, number[]>([
    [batched, []],
    [oneByOne, []],
  ]);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [work, micros] of times) {
      const messages = changes.thatFlipNothing(batchSize);
      const before = process.cpuUsage();
      await deliver(work, messages);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) micros.push((user + system) / batchSize);
    }
  }
  return { batchedMicros: median(times.get(batched)!), oneByOneMicros: median(times.get(oneByOne)!) };
}
