import type { Chance } from '../../oracle/chance.ts';
import { type Fate, performWith } from './faults.ts';
import type { Call, Cloud } from './store/cloud.ts';
import { describeCall } from './trace.ts';

/** One running function instance, as the scheduler sees it. */
export class Actor {
  readonly name: string;
  isAlive = true;
  /** It runs the code of the release after this one. */
  isNextRelease = false;
  /** Its calls go through at once, with nobody in between. */
  isSwift = false;
  /** It waits until that step, unless nothing else can go on. */
  stalledUntil = 0;
  /** Epoch ms at which its work began. */
  startedAt = Number.POSITIVE_INFINITY;
  /** The message it works on. */
  work = '';
  /** What becomes of its work when it is killed. */
  onKilled: () => void = () => {};

  constructor(name: string) {
    this.name = name;
  }
}

const longestInvocationMs = 900_000;

/** How rough a schedule is: the chance of each mishap, 0 to 1. */
export interface Roughness {
  /** To be killed, before or after a call. */
  readonly kill: number;
  readonly fault: number;
  readonly stall: number;
  /** To go on with the actor that went on last. */
  readonly stickiness: number;
  /** To be delivered once more, although it was or is being done. */
  readonly duplicate: number;
  /** How many of an item's latest writes an eventually consistent read may miss. */
  readonly mostLag: number;
}

export const calm: Roughness = { kill: 0, fault: 0, stall: 0, stickiness: 0.9, duplicate: 0, mostLag: 0 };

interface Pending {
  readonly actor: Actor | undefined;
  /** Undefined: a pause. */
  readonly call: Call | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Anything else the scheduler may choose to do next. */
export interface Option {
  readonly weight: number;
  readonly run: () => void;
}

const expectedErrors = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'ThrottlingException',
  'TimeoutError',
  'TransactionConflictException',
  'NoSuchKey',
]);

const fates: readonly Fate[] = ['throttled', 'refused in part', 'refused in part', 'done twice', 'answer lost'];

/** Decides, by a seeded chance, which call of which actor goes on next, and what befalls it. */
export class Scheduler {
  roughness: Roughness = calm;
  /** Epoch ms; goes on a little with each step. */
  now: number;
  step = 0;
  /** How many actors were killed. */
  kills = 0;
  /** Whose code is running: between two steps, only the actor that went on last has anything to do. */
  running: Actor | undefined;
  readonly trace: string[] | undefined;
  /** Where mishaps are wanted, and which. */
  mishapAt: (actor: Actor, call: Call) => 'kill' | 'stall' | undefined = () => undefined;
  /** What no schedule may lead to: calls that AWS would refuse as invalid, or that the simulator does not know. */
  readonly broken: string[] = [];
  private pending: Pending[] = [];
  private readonly chance: Chance;
  private readonly cloud: Cloud;

  constructor(chance: Chance, now: number, makeCloud: (now: () => number) => Cloud, isTraced: boolean) {
    this.chance = chance;
    this.now = now;
    this.cloud = makeCloud(() => this.now);
    this.trace = isTraced ? [] : undefined;
  }

  note(who: string, what: string): void {
    this.trace?.push(
      `${String(this.step).padStart(5)}  ${new Date(this.now).toISOString()}  ${who.padEnd(20)} ${what}`,
    );
  }

  /** A call of an actor: answered when the scheduler says so; never, once the actor is killed. */
  submit(actor: Actor, call: Call): Promise<unknown> {
    if (!actor.isAlive) return new Promise(() => {});
    if (!actor.isSwift) {
      return new Promise((resolve, reject) => this.pending.push({ actor, call, resolve, reject }));
    }
    try {
      return Promise.resolve(this.cloud.perform(call));
    } catch (error) {
      this.checkError(error);
      return Promise.reject(error);
    }
  }

  /** A pause of whoever is running: it ends when the scheduler says so. */
  pause(): Promise<void> {
    const actor = this.running;
    return new Promise((resolve, reject) =>
      this.pending.push({ actor, call: undefined, resolve: () => resolve(), reject }),
    );
  }

  kill(actor: Actor): void {
    actor.isAlive = false;
    this.kills++;
    this.pending = this.pending.filter((entry) => entry.actor !== actor);
    actor.onKilled();
  }

  /** Does one thing: lets a call go on, or takes an option. Answers false when there is nothing to do. */
  async proceed(options: readonly Option[]): Promise<boolean> {
    this.step++;
    this.now += this.chance.below(20);
    this.killWhoTakesTooLong();
    const ready = this.pending.filter(({ actor }) => !actor || actor.stalledUntil <= this.step);
    const chosen = this.choose(ready, options);
    if (!chosen) {
      if (this.pending.length === 0) return false;
      for (const { actor } of this.pending) if (actor) actor.stalledUntil = 0;
      return true;
    }
    if ('run' in chosen) chosen.run();
    else this.goOn(chosen);
    await this.settle();
    return true;
  }

  /** Lambda ends every invocation after fifteen minutes at the latest. */
  private killWhoTakesTooLong(): void {
    for (const { actor } of [...this.pending]) {
      if (!actor?.isAlive || this.now - actor.startedAt <= longestInvocationMs) continue;
      this.note(actor.name, 'KILLED, its time is up');
      this.kill(actor);
    }
  }

  /** Lets everything that is not waiting for the scheduler run to its end. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.running = undefined;
  }

  private choose(ready: readonly Pending[], options: readonly Option[]): Pending | Option | undefined {
    const { chance, roughness } = this;
    if (ready.length > 0 && chance.is(roughness.stickiness)) {
      const same = ready.filter(({ actor }) => actor === this.last);
      if (same.length > 0) return chance.oneOf(same);
    }
    const total = options.reduce((sum, { weight }) => sum + weight, ready.length);
    let at = chance.next() * total;
    for (const option of options) {
      at -= option.weight;
      if (at < 0) return option;
    }
    return ready.length > 0 ? ready[Math.min(ready.length - 1, Math.floor(at))] : options.at(-1);
  }

  private last: Actor | undefined;

  private checkError(error: unknown): void {
    const name = error instanceof Error ? error.name : '';
    if (!expectedErrors.has(name)) this.broken.push(String(error));
  }

  private goOn(entry: Pending): void {
    const { actor, call, resolve, reject } = entry;
    const { chance, roughness } = this;
    const wanted = actor && call && roughness !== calm && chance.is(0.3) ? this.mishapAt(actor, call) : undefined;
    if (actor && (chance.is(roughness.stall) || wanted === 'stall')) {
      actor.stalledUntil = this.step + 5 + chance.below(chance.oneOf([20, 100, 600]));
      return;
    }
    this.pending.splice(this.pending.indexOf(entry), 1);
    this.last = actor;
    if (!actor || !call) {
      this.running = actor;
      resolve(undefined);
      return;
    }
    const isKilled = wanted === 'kill' || chance.is(roughness.kill);
    if (isKilled && chance.is(0.5)) {
      this.note(actor.name, `${describeCall(call, undefined)}  KILLED BEFORE`);
      this.kill(actor);
      return;
    }
    const fate = chance.is(roughness.fault) ? chance.oneOf(fates) : 'done';
    this.running = actor;
    try {
      const answer = performWith(fate, this.cloud, call, chance);
      if (this.trace) this.note(actor.name, `${describeCall(call, answer)}${fate === 'done' ? '' : `  ${fate}`}`);
      if (isKilled) this.note(actor.name, 'KILLED AFTER');
      if (isKilled) this.kill(actor);
      else resolve(answer);
    } catch (error) {
      this.checkError(error);
      if (this.trace) this.note(actor.name, `${describeCall(call, undefined)}  ${fate}  -> ${String(error)}`);
      if (isKilled) this.kill(actor);
      else reject(error);
    }
  }
}
