import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, OracleChange } from '../../oracle/oracle.ts';
import { seededChance } from '../lead-world.ts';
import { killAtRandom } from '../load/flood.ts';
import { below, leadIdsOf, oneOf } from '../load/load-world.ts';
import { functionsOnTheWay, LocalRun } from '../load/local-run.ts';
import { BusChanges, busSegment, clusterAfter, refersToOthers } from './bus-world.ts';
import type { Findings } from './comparison.ts';
import { Expected } from './expected.ts';
import { LeadDocuments } from './lead-documents.ts';
import { Queues } from './queues.ts';
import { type TimedStack, timedStackInside } from './timed-stack.ts';
import { Told } from './told.ts';
import { type QuietFaults, Watcher } from './watcher.ts';

/** How large a comparison of the bus with documents is. */
interface BusSize {
  readonly leads: number;
  readonly segments?: number;
  /** Times that everything moves, then rests and is compared; and for how long it moves. */
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly messagesPerSecond?: number;
  readonly killEverySeconds?: number;
  readonly saveEverySeconds?: number;
}

/** What a comparison of the bus with documents showed. */
export interface BusShown extends QuietFaults {
  readonly findings: Findings;
  readonly faults: readonly string[];
  readonly pairs: number;
  readonly events: number;
  readonly messages: number;
  readonly saves: number;
  readonly daysPassed: number;
  readonly killed: number;
  /** Messages that nobody would work on in the end, and those that were sent again from the dead letters. */
  readonly deadLetters: number;
  readonly redriven: number;
  readonly outOfOrder: number;
  /** Milliseconds from each decision to its event in a subscriber's queue. */
  readonly lags: readonly number[];
}

const hourMs = 3_600_000;
const settleTimeoutMs = 1_800_000;
const mayBeKilled = [...functionsOnTheWay, 'DueLeadsFunction', 'QueueDueLeadsFunction'];

/** Lets time and much else move on a stack of its own, and compares the bus with documents and rules all the while. */
export async function compareBus(size: BusSize): Promise<BusShown> {
  const run = await LocalRun.startIn(mkdtempSync(join(tmpdir(), 'bench-')), timedStackInside);
  try {
    return await new BusRun(run, size).all();
  } finally {
    await run.stop();
  }
}

class BusRun {
  private readonly chance = seededChance(41);
  private readonly run: LocalRun<TimedStack>;
  private readonly size: Required<BusSize>;
  private readonly changes: BusChanges;
  private readonly documents: LeadDocuments;
  private readonly queues: Queues;
  private readonly expected = new Expected();
  private readonly told: Told;
  private readonly watcher: Watcher;
  private readonly ids: string[] = [];
  private messages = 0;
  private saves = 0;
  private redriven = 0;

  constructor(run: LocalRun<TimedStack>, size: BusSize) {
    this.run = run;
    this.size = { segments: 40, messagesPerSecond: 30, killEverySeconds: 4, saveEverySeconds: 8, ...size };
    this.changes = new BusChanges(leadIdsOf(size.leads));
    this.documents = new LeadDocuments(run.file);
    this.queues = new Queues(run.file);
    this.told = new Told((moment) => this.time.machineTimeOf(moment));
    run.bus.onDelivery = (event) => this.told.hear(event);
    this.watcher = new Watcher({
      ...{ time: this.time, told: this.told, expected: this.expected },
      ...{ documentsOf: this.documents.ofShard, silentOf: this.documents.silentOf },
    });
  }

  private get time() {
    return this.run.stack.time;
  }

  async all(): Promise<BusShown> {
    const { leads, segments, rounds, secondsPerRound, killEverySeconds } = this.size;
    const startedAt = this.time.now();
    for (let number = 0; number < segments; number++) await this.create(number);
    await this.run.stack.warm();
    await this.run.settle();
    await this.send(this.changes.first(this.time.now()));
    const faults = { lost: 0, wrong: 0, invented: 0, overdue: 0 };
    const compare = async () => {
      const found = await this.rest();
      for (const name of Object.keys(faults) as (keyof QuietFaults)[]) faults[name] += found[name];
    };
    await compare();
    let killed = 0;
    for (let round = 0; round < rounds; round++) {
      const killer = killAtRandom(this.run, killEverySeconds, mayBeKilled);
      const watching = this.watcher.watch(20);
      const until = Date.now() + secondsPerRound * 1_000;
      await Promise.all([
        this.sendUntil(until),
        this.saveUntil(until),
        this.moveTimeUntil(until),
        this.tickUntil(until),
      ]);
      await watching.stop();
      killed += await killer.stop();
      await compare();
      console.error(
        `round ${round + 1} of ${rounds}: ${this.watcher.findings.compared} pairs, ${this.watcher.faults.length} faults`,
      );
    }
    const { deadLetters } = await this.run.stack.messagesKept();
    this.documents.stop();
    this.queues.stop();
    return {
      ...faults,
      ...{ findings: this.watcher.findings, faults: this.watcher.faults, pairs: leads * segments },
      ...{ events: this.told.events, messages: this.messages, saves: this.saves, killed, deadLetters },
      ...{ redriven: this.redriven },
      ...{ outOfOrder: this.told.outOfOrder, daysPassed: (this.time.now() - startedAt) / (24 * hourMs) },
      lags: this.told.lags.sort((a, b) => a - b),
    };
  }

  /** Lets everything come to rest, and compares. */
  private async rest(): Promise<QuietFaults> {
    await this.run.settle(settleTimeoutMs);
    // Each jump of the clock is over all visibility timeouts: a message that is being worked on comes again, and once more
    // with the next jump, until its deliveries are used up.
    for (let turn = 0; turn < 5; turn++) {
      const redriven = await this.queues.redrive();
      if (redriven === 0) break;
      this.redriven += redriven;
      await this.run.settle(settleTimeoutMs);
    }
    this.time.hold();
    // The schedule leaves overdue leads alone while the queue is busy, and what it queues may make others due.
    for (let turn = 1, movedAt = 0; turn <= 3 || movedAt < this.time.now(); turn++) {
      movedAt = this.time.now();
      this.fireSchedules();
      await this.settleHeld();
    }
    const found = await this.watcher.compareQuiet();
    this.time.release();
    return found;
  }

  /** Lets everything come to rest while the clock is held; it moves by seconds only where what failed waits to come again. */
  private async settleHeld(): Promise<void> {
    let isSettled = false;
    const settling = this.run.settle(settleTimeoutMs).finally(() => {
      isSettled = true;
    });
    for (let waited = 0; !isSettled; waited++) {
      await Promise.race([settling, sleep(1_000)]);
      if (!isSettled && waited > 5) this.time.advance(1_000);
    }
    await settling;
  }

  private fireSchedules(): void {
    for (const schedule of ['QueueDueLeads', 'TendJobs']) this.run.stack.fire(schedule);
  }

  /** Segments that others may refer to: those that refer to none. */
  private referable = () => this.ids.filter((_, number) => !refersToOthers(number));

  private async create(number: number): Promise<void> {
    const { name, match, rules } = busSegment(number, this.chance, this.referable());
    const { id } = await this.run.api('POST', '/segments', { name, active: true, match, rules });
    this.ids.push(String(id));
    this.expect(String(id), rules);
  }

  private expect(id: string, rules: readonly object[]): void {
    this.expected.segments.set(id, { id, active: true, match: 'all', rules: rules.map((rule): Json => ({ ...rule })) });
  }

  private async send(changes: readonly OracleChange[]): Promise<void> {
    this.messages += changes.length;
    this.expected.add(changes);
    await this.run.send(changes);
  }

  private async sendUntil(until: number): Promise<void> {
    const perTurn = 15;
    while (Date.now() < until) {
      const now = this.time.now();
      await this.send(this.changes.take(perTurn, now, this.watcher.dueBefore(now + 5_000)));
      await sleep((1_000 * perTurn) / this.size.messagesPerSecond);
      await this.catchUp(until, 'profileChanges', 'leadEvents', 'accountChanges');
    }
  }

  /** Asks the API until it answers, which it may not on a machine that has too much to do; asking again is harmless. */
  private async ask(method: string, path: string, body?: object): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.run.api(method, path, body);
        return;
      } catch (error) {
        if (attempt === 20 || !/: 5\d\d /.test(String(error))) throw error;
        await sleep(1_000);
      }
    }
  }

  /** Saves other rules, some of them silently, and has segments recalculated. */
  private async saveUntil(until: number): Promise<void> {
    for (;;) {
      await sleep(this.size.saveEverySeconds * (500 + 1_000 * this.chance()));
      if (Date.now() >= until) return;
      const number = below(this.chance, this.ids.length);
      const id = this.ids[number]!;
      this.saves++;
      if (this.chance() < 0.2) {
        await this.ask('POST', `/segments/${id}/recalculate`);
        continue;
      }
      const { rules } = busSegment(number, this.chance, this.referable());
      const query = this.chance() < 0.2 ? '?notify=false' : '';
      await this.ask('PUT', `/segments/${id}/rules${query}`, { rules });
      this.expect(id, rules);
    }
  }

  /** Jumps to just before, or just after, moments at which hundreds of leads fall due, and lets the clock run for a while. */
  private async moveTimeUntil(until: number): Promise<void> {
    while (Date.now() < until) {
      const now = this.time.now();
      const next = clusterAfter(now + below(this.chance, 5) * hourMs);
      this.time.advance(next - now + oneOf(this.chance, [-1_500, -700, -200, 100, 60_000]));
      this.fireSchedules();
      await sleep(1_000 + 3_000 * this.chance());
      await this.catchUp(until, 'dueLeads');
    }
  }

  /** Waits while there is more to do than what is on its way anyway: how much happens goes by the machine. */
  private async catchUp(until: number, ...queues: readonly string[]): Promise<void> {
    while (Date.now() < until && (await this.queues.backlog(...queues)) > 40) await sleep(200);
  }

  /** The minute schedules, a second each. */
  private async tickUntil(until: number): Promise<void> {
    while (Date.now() < until) {
      await sleep(1_000);
      this.fireSchedules();
    }
  }
}
