import { randomUUID } from 'node:crypto';
import { Clock } from '../../clock.ts';
import { accountId } from '../../template/resources.ts';
import { AwsError } from '../aws-json.ts';
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
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

/** A rule: what it matches or when it fires, and its targets. */
export interface Rule {
  name: string;
  busName: string;
  arn: string;
  enabled: boolean;
  eventPattern?: string;
  scheduleExpression?: string;
  targets: Target[];
}

type RuleInput = Omit<Rule, 'arn' | 'targets'> & { targets?: Target[] };

/** Sends one event to one target. */
export type Deliver = (event: BusEvent, rule: Rule, target: Target) => void;

/** Event buses with their rules, in memory. */
export class EventBuses {
  private readonly region: string;
  private readonly deliver: Deliver;
  private readonly clock: Clock;
  private readonly rulesOf = new Map<string, Map<string, Rule>>([['default', new Map()]]);
  private readonly matchers = new Map<Rule, EventMatcher>();
  private readonly listeners = new Set<(event: BusEvent, busName: string) => void>();

  constructor(region: string, deliver: Deliver, clock = new Clock()) {
    this.region = region;
    this.deliver = deliver;
    this.clock = clock;
  }

  /** Makes a bus; one that is there stays as it is. */
  addBus(name: string): void {
    if (!this.has(name)) this.rulesOf.set(name, new Map());
  }

  has(busName: string): boolean {
    return this.rulesOf.has(busName);
  }

  allRules(): Rule[] {
    return [...this.rulesOf.values()].flatMap((rules) => [...rules.values()]);
  }

  findRule(busName: string, name: string): Rule | undefined {
    return this.rulesOn(busName).get(name);
  }

  /** Makes a rule, or changes it, its targets kept. */
  putRule(input: RuleInput): Rule {
    const { busName, name } = input;
    const known = this.findRule(busName, name);
    const path = busName === 'default' ? name : `${busName}/${name}`;
    const arn = `arn:aws:events:${this.region}:${accountId}:rule/${path}`;
    const rule: Rule = { ...input, arn, targets: input.targets ?? known?.targets ?? [] };
    if (rule.eventPattern !== undefined) this.matchers.set(rule, compileEventPattern(rule.eventPattern));
    if (known) this.matchers.delete(known);
    this.rulesOn(busName).set(name, rule);
    return rule;
  }

  /** Hears of each event that a bus accepts. */
  onEvent(listener: (event: BusEvent, busName: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Gives an accepted event to the targets of all rules that match; queue targets have it when this returns. */
  publish(event: BusEvent, busName: string): void {
    for (const listener of this.listeners) listener(event, busName);
    for (const rule of this.rulesOn(busName).values()) {
      if (!rule.enabled || !this.matchers.get(rule)?.(event)) continue;
      for (const target of rule.targets) this.deliver(event, rule, target);
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
    for (const target of rule.targets) this.deliver(event, rule, target);
  }

  newEvent(given: { source: string; detailType: string; detail: unknown; resources: string[]; time?: Date }): BusEvent {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': given.detailType,
      source: given.source,
      account: accountId,
      time: (given.time ?? new Date(this.clock.now())).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.region,
      resources: given.resources,
      detail: given.detail,
    };
  }

  private rulesOn(busName: string): Map<string, Rule> {
    const rules = this.rulesOf.get(busName);
    if (!rules) throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    return rules;
  }
}

/** The name of a bus that is given by name, by ARN, or not at all. */
export function nameOfBus(nameOrArn: unknown): string {
  const name = String(nameOrArn ?? 'default');
  return name.slice(name.lastIndexOf(':event-bus/') === -1 ? 0 : name.lastIndexOf(':event-bus/') + 11);
}
