import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Clock } from '../../clock.ts';
import { ACCOUNT_ID } from '../../template/resources.ts';
import { AwsError, type JsonObject } from '../aws-json.ts';
import { compileEventPattern, type EventMatcher } from './event-pattern.ts';

/** An event as rules see it and targets get it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

/** Where a rule sends what it matches. */
export interface Target {
  Id: string;
  Arn: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number };
}

/** A rule: what it matches or when it fires, and its targets. */
export interface Rule {
  name: string;
  busName: string;
  arn: string;
  enabled: boolean;
  eventPattern?: string;
  scheduleExpression?: string;
  description?: string;
  targets: Target[];
  /** Rules of the template are made anew at each start; those of clients are kept in a file. */
  fromTemplate: boolean;
}

type RuleInput = Omit<Rule, 'arn' | 'targets'> & { targets?: Target[] };

/** Sends one event to one target. */
export type Deliver = (event: BusEvent, rule: Rule, target: Target) => void;

interface Saved {
  buses: string[];
  rules: Rule[];
}

/** Event buses with their rules, in memory, those made by clients also in a file. */
export class EventBuses {
  readonly #region: string;
  readonly #file: string;
  readonly #deliver: Deliver;
  readonly #clock: Clock;
  readonly #buses = new Map<string, { fromTemplate: boolean; rules: Map<string, Rule> }>();
  readonly #matchers = new Map<Rule, EventMatcher>();
  readonly #listeners = new Set<(event: BusEvent, busName: string) => void>();
  /** Nothing is written before what the file holds has been taken in. */
  #restored = false;
  onRulesChanged: () => void = () => undefined;

  constructor(region: string, file: string, deliver: Deliver, clock = new Clock()) {
    this.#region = region;
    this.#file = file;
    this.#deliver = deliver;
    this.#clock = clock;
    this.#buses.set('default', { fromTemplate: true, rules: new Map() });
  }

  /** Takes in what clients had made in an earlier run; after the template, so that its buses are there. */
  restore(): void {
    const { buses, rules }: Saved = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Saved)
      : { buses: [], rules: [] };
    for (const name of buses) if (!this.#buses.has(name)) this.addBus(name, false);
    for (const rule of rules) {
      if (this.#buses.has(rule.busName) && !this.findRule(rule.busName, rule.name)) this.putRule(rule);
    }
    this.#restored = true;
  }

  names(): string[] {
    return [...this.#buses.keys()];
  }

  arnOf(busName: string): string {
    return `arn:aws:events:${this.#region}:${ACCOUNT_ID}:event-bus/${busName}`;
  }

  addBus(name: string, fromTemplate: boolean): void {
    if (this.#buses.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    this.#buses.set(name, { fromTemplate, rules: new Map() });
    this.#save();
  }

  deleteBus(name: string): void {
    if (name === 'default') throw new AwsError('ValidationException', 'Cannot delete event bus default.');
    const bus = this.#buses.get(name);
    if (bus && bus.rules.size > 0) {
      throw new AwsError('ValidationException', `Event bus ${name} has rules; delete them first.`);
    }
    this.#buses.delete(name);
    this.#save();
  }

  has(busName: string): boolean {
    return this.#buses.has(busName);
  }

  rules(busName: string): Rule[] {
    const bus = this.#buses.get(busName);
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    return [...bus.rules.values()];
  }

  allRules(): Rule[] {
    return this.names().flatMap((name) => this.rules(name));
  }

  findRule(busName: string, name: string): Rule | undefined {
    return this.rules(busName).find((rule) => rule.name === name);
  }

  /** Makes a rule, or changes it, its targets kept. */
  putRule(input: RuleInput): Rule {
    const { busName, name } = input;
    const known = this.findRule(busName, name);
    const path = busName === 'default' ? name : `${busName}/${name}`;
    const arn = `arn:aws:events:${this.#region}:${ACCOUNT_ID}:rule/${path}`;
    const rule: Rule = { ...input, arn, targets: input.targets ?? known?.targets ?? [] };
    if (rule.eventPattern !== undefined) this.#matchers.set(rule, compileEventPattern(rule.eventPattern));
    if (known) this.#matchers.delete(known);
    this.#buses.get(busName)?.rules.set(name, rule);
    this.#changed();
    return rule;
  }

  changeRule(rule: Rule, change: Partial<Pick<Rule, 'enabled' | 'targets'>>): void {
    Object.assign(rule, change);
    this.#changed();
  }

  deleteRule(rule: Rule): void {
    this.#buses.get(rule.busName)?.rules.delete(rule.name);
    this.#matchers.delete(rule);
    this.#changed();
  }

  /** Hears of each event that a bus accepts. */
  onEvent(listener: (event: BusEvent, busName: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives an accepted event to the targets of all rules that match; queue targets have it when this returns. */
  publish(event: BusEvent, busName: string): void {
    for (const listener of this.#listeners) listener(event, busName);
    for (const rule of this.rules(busName)) {
      if (!rule.enabled || !this.#matchers.get(rule)?.(event)) continue;
      for (const target of rule.targets) this.#deliver(event, rule, target);
    }
  }

  /** Fires a scheduled rule. */
  fire(rule: Rule): void {
    const event = this.newEvent({
      source: 'aws.events',
      detailType: 'Scheduled Event',
      detail: {},
      resources: [rule.arn],
    });
    for (const target of rule.targets) this.#deliver(event, rule, target);
  }

  newEvent(given: { source: string; detailType: string; detail: unknown; resources: string[]; time?: Date }): BusEvent {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': given.detailType,
      source: given.source,
      account: ACCOUNT_ID,
      time: (given.time ?? new Date(this.#clock.now())).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.#region,
      resources: given.resources,
      detail: given.detail,
    };
  }

  #changed(): void {
    this.#save();
    this.onRulesChanged();
  }

  #save(): void {
    if (!this.#restored) return;
    const buses = [...this.#buses].filter(([, { fromTemplate }]) => !fromTemplate).map(([name]) => name);
    const rules = this.allRules().filter(({ fromTemplate }) => !fromTemplate);
    writeFileSync(`${this.#file}.new`, JSON.stringify({ buses, rules } satisfies Saved, null, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** A part of a JSON value by the simple paths that targets use: `$.detail.lead.id`, `$.resources[0]`. */
export function valueAtPath(value: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]'"$]+/g) ?? [];
  return steps.reduce<unknown>((inner, step) => (inner as JsonObject | undefined)?.[step], value);
}

/** The name of a bus that is given by name, by ARN, or not at all. */
export function nameOfBus(nameOrArn: unknown): string {
  const name = String(nameOrArn ?? 'default');
  return name.slice(name.lastIndexOf(':event-bus/') === -1 ? 0 : name.lastIndexOf(':event-bus/') + 11);
}
