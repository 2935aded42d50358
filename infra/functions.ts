import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { FunctionName } from './function-files.ts';
import { HouseFunction, type HouseFunctionProps } from './house-function.ts';
import type { Queues, QueueWithDeadLetters } from './queues.ts';
import type { Tables } from './tables.ts';

/** What functions are given. */
export interface FunctionsProps {
  readonly bundleDirectory: string;
  readonly tables: Tables;
  readonly queues: Queues;
  readonly bus: EventBus;
}

/** The functions, each with just what it may do. What wakes them is in `wake-ups.ts`. */
export class Functions extends Construct {
  readonly api: HouseFunction;
  readonly profileChanges: HouseFunction;
  readonly levelChanges: HouseFunction;
  readonly leadEvents: HouseFunction;
  readonly accountChanges: HouseFunction;
  readonly reevaluations: HouseFunction;
  readonly dueLeads: HouseFunction;
  readonly projectMemberships: HouseFunction;
  readonly publishSegmentEvents: HouseFunction;
  readonly restartRecalculations: HouseFunction;
  readonly queueDueLeads: HouseFunction;

  constructor(scope: Construct, id: string, { bundleDirectory, tables, queues, bus }: FunctionsProps) {
    super(scope, id);
    const make = (name: FunctionName, props: Partial<HouseFunctionProps> = {}) =>
      new HouseFunction(this, name, { bundleDirectory, ...props });
    /** All functions that decide memberships take the same steps, so they may do the same. */
    const evaluates = (lambda: HouseFunction) =>
      lambda
        .canReadAndWrite('SEGMENTS', tables.segments)
        .canReadAndWrite('LEADS', tables.leads)
        .canRunStatementsOn(tables.leads)
        .canReadAndWrite('ACCOUNTS', tables.accounts)
        .canRunStatementsOn(tables.accounts)
        .canSend('DUE_LEADS', queues.dueLeads.queue);
    const changes = (name: FunctionName, { deadLetters }: QueueWithDeadLetters) =>
      evaluates(make(name)).canSend('DEAD_LETTERS', deadLetters);

    this.profileChanges = changes('ProfileChanges', queues.profileChanges).canRead('EVENTS', tables.events);
    this.levelChanges = changes('LevelChanges', queues.levelChanges).canRead('EVENTS', tables.events);
    this.leadEvents = changes('LeadEvents', queues.leadEvents).canReadAndWrite('EVENTS', tables.events);
    this.dueLeads = evaluates(make('DueLeads')).canRead('EVENTS', tables.events);
    this.reevaluations = evaluates(make('Reevaluations'))
      .canRead('EVENTS', tables.events)
      .canSend('REEVALUATIONS', queues.reevaluations.queue);
    this.accountChanges = make('AccountChanges')
      .canReadAndWrite('SEGMENTS', tables.segments)
      .canReadAndWrite('ACCOUNTS', tables.accounts)
      .canRunStatementsOn(tables.accounts)
      .canSend('REEVALUATIONS', queues.reevaluations.queue)
      .canSend('DEAD_LETTERS', queues.accountChanges.deadLetters);

    this.api = make('Api', { memorySize: 1_769, timeoutSeconds: 29 })
      .canReadAndWrite('SEGMENTS', tables.segments)
      .canRead('LEADS', tables.leads)
      .canRead('ACCOUNTS', tables.accounts)
      .canRead('EVENTS', tables.events)
      .canRead('MEMBERSHIPS', tables.memberships)
      .canSend('REEVALUATIONS', queues.reevaluations.queue);
    const changeQueues = {
      PROFILE_CHANGES: queues.profileChanges,
      LEVEL_CHANGES: queues.levelChanges,
      LEAD_EVENTS: queues.leadEvents,
      ACCOUNT_CHANGES: queues.accountChanges,
    };
    for (const [name, { queue, deadLetters }] of Object.entries(changeQueues)) {
      this.api.canSeeDepthOf(name, queue).canSeeDepthOf(`${name}_DEAD_LETTERS`, deadLetters);
    }

    this.projectMemberships = make('ProjectMemberships')
      .canReadAndWrite('MEMBERSHIPS', tables.memberships)
      .canReadAndWrite('TRANSITIONS', tables.transitions)
      .canPutEvents(bus)
      .canSend('PARKED_EVENTS', queues.parkedEvents);
    this.publishSegmentEvents = make('PublishSegmentEvents')
      .canPutEvents(bus)
      .canSend('PARKED_EVENTS', queues.parkedEvents);

    this.restartRecalculations = make('RestartRecalculations')
      .canReadAndWrite('SEGMENTS', tables.segments)
      .canSend('REEVALUATIONS', queues.reevaluations.queue);
    this.queueDueLeads = make('QueueDueLeads')
      .canRead('LEADS', tables.leads)
      .canSend('DUE_LEADS', queues.dueLeads.queue)
      .canSeeDepthOf('DUE_LEADS', queues.dueLeads.queue);
  }

  /** Every function. */
  get all(): readonly HouseFunction[] {
    return this.node.children.filter((child) => child instanceof HouseFunction);
  }
}
