import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createLeadStores, type LeadStores, leadStoreNames } from '../../functions/lead-stores.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { Chance } from '../../oracle/chance.ts';
import { createSimulatedClients, type SimulatedClients } from './clients.ts';
import { type QueueConsumer, queueConsumers, type StreamConsumer, schedules, streamConsumers } from './functions.ts';
import { asNextRelease, readItem, readMessages } from './next-release.ts';
import type { Removal } from './removal.ts';
import { Actor, type Option, Scheduler } from './scheduler.ts';
import { Cloud } from './store/cloud.ts';
import type { QueuedMessage } from './store/message-queue.ts';
import type { StreamRecord } from './store/table.ts';

interface Instance<Handler> {
  readonly actor: Actor;
  readonly handler: Handler;
}

const aMinute = { getRemainingTimeInMillis: () => 60_000 };
const mostAtOnce = 3;
const mostDeliveries = 6;

/** One part of a stream that is read in order, one batch after the other. */
interface StreamShard {
  readonly of: StreamConsumer;
  readonly isIn: (record: StreamRecord) => boolean;
  /** How many records of the table's stream were looked at. */
  read: number;
  waiting: StreamRecord[];
  isBusy: boolean;
}

/** What the API answered: what a caller may rely on from then on. */
export interface Answers {
  /** The moment (epoch ms) up to which nothing of a deleted lead exists. */
  readonly deletions: Map<string, number>;
  /** Manual changes that changed something. */
  readonly acts: { readonly id: string; readonly leadId: string; readonly segmentId: string }[];
  /** The segments that somebody asked to have recalculated. */
  readonly recalculated: Set<string>;
}

/** What a world is like beside its seed. */
export interface WorldOptions {
  readonly removal?: Removal | undefined;
  readonly isTraced?: boolean;
  /** Left out: as the removal says. */
  readonly hasDeployment?: boolean;
}

/** Everything that runs: the cloud, the function instances, and what wakes them. */
export class World {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly cloud: Cloud;
  readonly removal: Removal | undefined;
  /** The next release is deployed in the middle of it. */
  readonly hasDeployment: boolean;
  /** In every seventh world there is a snapshot of the catalog, from which whoever starts reads; none of another format. */
  readonly hasSnapshots: boolean;
  /** Which releases start now: this one, the next one, or, while a deployment goes on, either. */
  releases: 'this' | 'either' | 'next' = 'this';
  /** Shards without leads: their recalculations have nothing to race with, and run through at once. */
  isQuiet: (message: string) => boolean = () => false;
  readonly answers: Answers = { deletions: new Map(), acts: [], recalculated: new Set() };
  /** Whether anything was delivered once more while its first delivery was still at work. */
  hasOverlappingDeliveries = false;
  /** Errors that the functions threw; each brings its messages back. */
  readonly thrown: string[] = [];
  private readonly idle = new Map<string, Instance<never>[]>();
  private readonly busy = new Map<string, number>();
  private readonly streams: StreamShard[];
  private serial = 0;

  constructor(
    seed: number,
    startsAt: number,
    { removal, isTraced = false, hasDeployment = removal?.hasDeployment ?? false }: WorldOptions = {},
  ) {
    this.chance = new Chance(seed);
    let cloud: Cloud | undefined;
    this.scheduler = new Scheduler(this.chance, startsAt, (now) => (cloud = new Cloud(now)), isTraced);
    this.cloud = cloud!;
    this.removal = removal;
    this.hasDeployment = hasDeployment;
    this.hasSnapshots = seed % 7 === 3 && !hasDeployment;
    Object.assign(this.cloud.database.weaknesses, removal?.weaknesses);
    const { focus } = removal ?? {};
    if (focus) this.scheduler.mishapAt = (actor, call) => (focus.isAt(actor, call) ? focus.mishap : undefined);
    const leadsPerPage = this.chance.oneOf([1, 1, 2, 200]);
    this.cloud.database.itemsPerPage = (table) => (table === 'Leads' ? leadsPerPage : Number.POSITIVE_INFINITY);
    this.cloud.database.lag = () => this.chance.below(this.scheduler.roughness.mostLag + 1);
    const halves = [0, 1].map((half) => (record: StreamRecord) => record.partition.charCodeAt(1) % 2 === half);
    this.streams = streamConsumers.flatMap((of) =>
      halves.map((isIn) => ({ of, isIn, read: 0, waiting: [], isBusy: false })),
    );
  }

  createActor(name: string): { actor: Actor; clients: SimulatedClients } {
    const actor = new Actor(`${name}/${++this.serial}`);
    actor.isNextRelease = this.releases === 'next' || (this.releases === 'either' && this.chance.is(0.5));
    const ownClients = createSimulatedClients(this.scheduler, actor);
    const clients = actor.isNextRelease ? asNextRelease(ownClients) : ownClients;
    return { actor, clients: { ...clients, ...this.removal?.clients?.(clients, actor, this) } };
  }

  createStores(clients: SimulatedClients, actor: Actor): LeadStores {
    const stores = createLeadStores(clients, leadStoreNames(), clients.s3);
    return this.removal?.stores?.(stores, actor, this) ?? stores;
  }

  /** Runs an actor's work; its calls are the scheduler's from then on. */
  run(actor: Actor, work: () => Promise<unknown>, onDone: (result: unknown) => void, onFailed: () => void): void {
    this.scheduler.running = actor;
    actor.startedAt = this.scheduler.now;
    work().then(
      (result) => {
        if (actor.isAlive) onDone(result);
      },
      (error) => {
        if (!actor.isAlive) return;
        this.thrown.push(`${actor.name}: ${error instanceof Error ? error.stack : error}`);
        this.scheduler.note(actor.name, `threw ${String(error)}`);
        onFailed();
      },
    );
  }

  /** What could be started now. */
  options(): Option[] {
    const options: Option[] = [];
    for (const fn of queueConsumers) {
      const visible = this.cloud.queue(fn.queue).visible(this.scheduler.now);
      if (visible.length === 0 || (this.busy.get(fn.queue) ?? 0) >= mostAtOnce) continue;
      options.push({ weight: 0.7, run: () => this.startQueueFunction(fn, visible) });
    }
    for (const shard of this.streams) {
      this.fillShard(shard);
      if (shard.waiting.length > 0 && !shard.isBusy) options.push({ weight: 0.4, run: () => this.startStream(shard) });
    }
    return options;
  }

  /** Whether any message is left, but for those still delayed. */
  get hasWork(): boolean {
    const { now } = this.scheduler;
    const waits = queueConsumers.some(({ queue }) => {
      const { messages } = this.cloud.queue(queue);
      return messages.some(({ isInFlight, visibleAt }) => isInFlight || visibleAt <= now);
    });
    return waits || this.streams.some(({ waiting, isBusy }) => waiting.length > 0 || isBusy);
  }

  /** Wakes what the clock wakes each minute. */
  tick({ isSwift = false } = {}): void {
    for (const [name, create] of Object.entries(schedules)) {
      if (name === 'tend-runs' && this.removal?.isWithoutRestarts) continue;
      if (name === 'take-snapshot' && !this.hasSnapshots) continue;
      const { actor, clients } = this.createActor(name);
      actor.isSwift = isSwift;
      this.run(
        actor,
        create(clients),
        () => {},
        () => {},
      );
    }
  }

  private startQueueFunction(fn: QueueConsumer, visible: readonly QueuedMessage[]): void {
    const { chance, scheduler } = this;
    const most = 1 + chance.below(Math.min(fn.mostMessages, visible.length));
    const batch = chance.shuffled(visible).slice(0, most);
    const isSwift = batch.every(({ body }) => this.isQuiet(body));
    const { actor, handler } = this.instanceOf(
      fn.queue,
      (clients, instance): QueueFunction =>
        fn.make({ clients, makeStores: () => this.createStores(clients, instance) }),
      isSwift,
    );
    actor.isSwift = isSwift;
    actor.work = batch[0]!.body;
    for (const message of batch) {
      message.deliveries++;
      // Now and then its visibility times out while it is worked on, or SQS delivers it once more by itself.
      const comesAgain = message.deliveries < mostDeliveries && chance.is(scheduler.roughness.duplicate);
      message.isInFlight = !comesAgain;
      this.hasOverlappingDeliveries ||= comesAgain;
    }
    this.busy.set(fn.queue, (this.busy.get(fn.queue) ?? 0) + 1);
    const isDone = () => this.busy.set(fn.queue, this.busy.get(fn.queue)! - 1);
    const comeAgain = () => {
      isDone();
      for (const message of batch) message.isInFlight = false;
    };
    actor.onKilled = comeAgain;
    if (scheduler.trace)
      scheduler.note(actor.name, `WAKES for ${batch.map(({ id, body }) => `${id} ${body}`).join(' ')}`);
    const event = eventOf(fn.queue, batch);
    const work = () => handler(actor.isNextRelease ? readMessages(event) : event, aMinute);
    this.run(
      actor,
      work,
      (result) => {
        isDone();
        const failed = new Set(
          (result as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
        );
        for (const message of batch) message.isInFlight = false;
        this.cloud.queue(fn.queue).remove(new Set(batch.map(({ id }) => id).filter((id) => !failed.has(id))));
        this.release(fn.queue, actor, handler);
      },
      comeAgain,
    );
  }

  private fillShard(shard: StreamShard): void {
    const { stream } = this.cloud.database.table(shard.of.table);
    for (; shard.read < stream.length; shard.read++) {
      const record = stream[shard.read]!;
      if (shard.isIn(record) && shard.of.accepts(record)) shard.waiting.push(record);
    }
  }

  private startStream(shard: StreamShard): void {
    const { chance, scheduler } = this;
    const name = `${shard.of.table.toLowerCase()}-stream`;
    const batch = shard.waiting.slice(0, 1 + chance.below(Math.min(5, shard.waiting.length)));
    const { actor, handler } = this.instanceOf(name, (clients) => shard.of.make(clients));
    shard.isBusy = true;
    const comeAgain = () => {
      shard.isBusy = false;
    };
    // Its answer is lost: the batch is delivered again while this one is still at work.
    const isForgotten = chance.is(scheduler.roughness.duplicate / 3);
    if (isForgotten) {
      shard.isBusy = false;
      this.hasOverlappingDeliveries = true;
    } else actor.onKilled = comeAgain;
    if (scheduler.trace)
      scheduler.note(actor.name, `WAKES for ${batch.length} records${isForgotten ? ' (FORGOTTEN)' : ''}`);
    const Records = batch.map(({ eventName, keys, newImage }) => ({
      eventName,
      dynamodb: { Keys: keys, NewImage: newImage && actor.isNextRelease ? readItem(newImage) : newImage },
    }));
    this.run(
      actor,
      () => handler({ Records } as DynamoDBStreamEvent),
      () => {
        if (!isForgotten) {
          shard.isBusy = false;
          shard.waiting = shard.waiting.slice(batch.length);
        }
        this.release(name, actor, handler);
      },
      isForgotten ? () => {} : comeAgain,
    );
  }

  /** A warm instance that is idle, or a new one, which takes its time. */
  private instanceOf<Handler>(
    name: string,
    make: (clients: SimulatedClients, actor: Actor) => Handler,
    isInHaste = false,
  ): Instance<Handler> {
    // One may be killed at a call that its last work did not wait for.
    const isOfUse = ({ isAlive, isNextRelease }: Actor) => isAlive && (isNextRelease || this.releases !== 'next');
    const warm = ((this.idle.get(name) ?? []) as Instance<Handler>[]).filter(({ actor }) => isOfUse(actor));
    this.idle.set(name, warm as Instance<never>[]);
    if (warm.length > 0 && (isInHaste || this.chance.is(0.8)))
      return warm.splice(this.chance.below(warm.length), 1)[0]!;
    const { actor, clients } = this.createActor(name);
    return { actor, handler: make(clients, actor) };
  }

  private release(name: string, actor: Actor, handler: unknown): void {
    actor.onKilled = () => {};
    const warm = this.idle.get(name) ?? [];
    this.idle.set(name, warm);
    warm.push({ actor, handler: handler as never });
  }
}

function eventOf(queue: string, messages: readonly QueuedMessage[]): SQSEvent {
  return {
    Records: messages.map(({ id, body, sentAt, deliveries }) => ({
      messageId: id,
      receiptHandle: id,
      body,
      attributes: {
        ApproximateReceiveCount: String(deliveries),
        SentTimestamp: String(sentAt),
        SenderId: 'upstream',
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue,
      awsRegion: 'eu-central-1',
    })),
  };
}
