import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, OracleChange, OracleSegment } from '../../oracle/oracle.ts';
import { differences, Expectation, membersOf } from '../load/end-state.ts';
import { LocalRun } from '../load/local-run.ts';
import { StackApart } from '../load/stack-apart.ts';
import { Ledger, type Members } from './ledger.ts';
import { type Definition, firstRules, referring, type SegmentName } from './scale-segments.ts';
import type { ScaleWorld } from './scale-world.ts';

/** One step as it went. `wrong`: leads in the wrong place, counts, previews and numbers that do not agree, dead letters. */
export interface StepResult {
  readonly step: string;
  /** Until everything was quiet. */
  readonly seconds: number;
  readonly leadsPerSecond: number;
  readonly members: number;
  readonly entered: number;
  readonly exited: number;
  readonly wrong: number;
  readonly missingEvents: number;
  readonly unexpectedEvents: number;
}

/** All segments here. */
export type Name = SegmentName | 'referring';

const names = [...(Object.keys(firstRules) as SegmentName[]), 'referring'] as const satisfies readonly Name[];
const longestMs = 3_600_000;

/** A stack with a world in it, driven over its API, with what should come of it. */
export class ScaleRun {
  readonly results: StepResult[] = [];
  readonly ledger = new Ledger();
  private run: LocalRun<StackApart>;
  private readonly world: ScaleWorld;
  private readonly expectation = new Expectation();
  private readonly ids = new Map<Name, string>();
  private readonly definitions = new Map<Name, Definition>(Object.entries(firstRules) as [SegmentName, Definition][]);
  private readonly paused = new Set<Name>();
  private readonly earlierProblems: string[] = [];

  private readonly tell: (progress: string) => void;

  private constructor(run: LocalRun<StackApart>, world: ScaleWorld, tell: (progress: string) => void) {
    this.run = run;
    this.tell = tell;
    this.world = world;
    this.expectation.add(world.accountChanges());
    for (const [index, leadId] of world.leadIds.entries()) this.expectation.add(world.changesOf(leadId, index));
  }

  /** Starts a stack in a directory in which the world is stored. `tell` hears of each step that is over. */
  static async start(world: ScaleWorld, directory: string, tell: (progress: string) => void): Promise<ScaleRun> {
    const run = await LocalRun.startIn(directory, StackApart.start);
    await run.stack.warm();
    return new ScaleRun(run, world, tell);
  }

  stop = () => this.run.stop();
  api = (method: string, path: string, body?: object) => this.run.api(method, path, body);

  /** What went wrong in the stack, by its own account. */
  get problems(): readonly string[] {
    return [...this.earlierProblems, ...this.run.stack.problems];
  }

  get leads(): number {
    return this.world.size.leads;
  }

  idOf = (name: Name): string => this.ids.get(name) ?? name;

  definitionOf(name: Name): Definition {
    return name === 'referring' ? referring(this.idOf) : this.definitions.get(name)!;
  }

  /** The members that the oracle finds, with other rules for some segments; of those that this changes. */
  expected(changed: Partial<Record<Name, Definition>> = {}, asked: readonly Name[] = names): Members {
    const moved = new Set<Name>(asked);
    const isReferredTo = moved.has('score') || moved.has('attributes');
    if (isReferredTo) moved.add('referring');
    const toKnow = new Set([...moved, ...(moved.has('referring') ? (['score', 'attributes'] as const) : [])]);
    const segments = [...toKnow].map((name): OracleSegment => {
      const { match, rules } = changed[name] ?? this.definitionOf(name);
      return { id: this.idOf(name), active: !this.paused.has(name), match, rules };
    });
    const members = this.expectation.members(segments, Date.now());
    return new Map([...moved].map((name) => [this.idOf(name), members.get(this.idOf(name))!]));
  }

  /** Creates a segment that is active at once. */
  async create(name: Name): Promise<void> {
    const { match, rules } = this.definitionOf(name);
    const { id } = await this.api('POST', '/segments', { name, active: true, match, rules });
    this.ids.set(name, String(id));
  }

  /** Saves other rules. */
  async save(name: SegmentName, definition: Definition): Promise<void> {
    this.definitions.set(name, definition);
    await this.api('PUT', `/segments/${this.idOf(name)}/rules`, definition);
  }

  async setActive(name: SegmentName, active: boolean): Promise<void> {
    if (active) this.paused.delete(name);
    else this.paused.add(name);
    await this.api('PATCH', `/segments/${this.idOf(name)}`, { active });
  }

  /** Sends changes through the queues. */
  async send(changes: readonly OracleChange[]): Promise<void> {
    this.expectation.add(changes);
    await this.run.send(changes);
  }

  /** Kills the whole stack, and starts it again on what it left. */
  async crash(): Promise<void> {
    this.earlierProblems.push(...this.run.stack.problems);
    this.run = await this.run.restart(() => this.run.stack.crash());
  }

  async progress(name: Name): Promise<{ state: string; done: number; of: number }> {
    const { recalculation } = await this.api('GET', `/segments/${this.idOf(name)}`);
    const { state, done, of } = recalculation as Json;
    return { state: String(state), done: Number(done), of: Number(of) };
  }

  /** Waits until the recalculation is under way: some leads done, and not all. Answers false when it is over before. */
  async isUnderWay(name: Name): Promise<boolean> {
    for (;;) {
      const { state, done, of } = await this.progress(name);
      if (state === 'done') return false;
      if (done > 0 && done < of) return true;
    }
  }

  /** Waits until the recalculations of all these are done. */
  async recalculated(of: readonly Name[]): Promise<void> {
    const deadline = Date.now() + longestMs;
    for (const name of of) {
      for (;;) {
        const { state } = await this.progress(name);
        if (state === 'done') break;
        if (state === 'failed' || Date.now() > deadline) throw new Error(`The recalculation of ${name} is ${state}`);
        await sleep(250);
      }
    }
  }

  /**
   * Runs a step, waits until everything is quiet, and compares who is in the segments, their counts and the events with what
   * should be. `act` answers which states the rules asked for, one after the other, and whose recalculations to wait for.
   */
  async step(step: string, act: () => Promise<{ states: readonly Members[]; recalculates: readonly Name[] }>) {
    const startedAt = Date.now();
    const { states, recalculates } = await act();
    await this.recalculated(recalculates);
    const doneAt = Date.now();
    await this.run.settle(longestMs);
    const seconds = (Date.now() - startedAt) / 1000;
    const { missing, unexpected, misnumbered, ...moved } = this.ledger.account(states, this.run.bus.heard);
    const { members, wrong } = await this.compareMembers();
    const { deadLetters } = await this.run.stack.messagesKept();
    this.note({
      ...{ step, seconds, members, ...moved },
      leadsPerSecond: recalculates.length === 0 ? 0 : (this.leads * 1000) / (doneAt - startedAt),
      wrong: wrong + misnumbered + deadLetters,
      missingEvents: missing,
      unexpectedEvents: unexpected,
    });
  }

  note(result: StepResult): void {
    this.results.push(result);
    this.tell(`${result.step} (${result.seconds} s)`);
  }

  /** Compares each lead's stored transitions with what the bus told, and the last one with its membership. */
  async compareHistory(): Promise<number> {
    const heard = new Map([...this.ids.values()].map((id) => [id, new Set<string>()]));
    for (const { segmentId, leadId, sequence } of this.run.bus.heard.values()) {
      heard.get(segmentId)?.add(`${leadId}:${sequence}`);
    }
    let wrong = 0;
    for (const [segmentId, told] of heard) {
      const transitions = await this.run.all(`/segments/${segmentId}/activity`, 'transitions');
      wrong += differences(told, new Set(transitions.map(({ leadId, sequence }) => `${leadId}:${sequence}`)));
      const last = new Map<string, number>();
      for (const { leadId, sequence } of transitions) {
        last.set(String(leadId), Math.max(Number(sequence), last.get(String(leadId)) ?? 0));
      }
      const inByHistory = new Set([...last].filter(([, sequence]) => sequence % 2 === 1).map(([leadId]) => leadId));
      wrong += differences(inByHistory, this.ledger.of(segmentId));
    }
    return wrong;
  }

  private async compareMembers(): Promise<{ members: number; wrong: number }> {
    let [members, wrong] = [0, 0];
    for (const [name, id] of this.ids) {
      const expected = this.paused.has(name) ? new Set<string>() : this.ledger.of(id);
      const actual = await membersOf(this.run, id);
      const { memberCount } = await this.api('GET', `/segments/${id}`);
      members += actual.size;
      wrong += differences(expected, actual) + (memberCount === expected.size ? 0 : 1);
    }
    return { members, wrong };
  }
}
