import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { FunctionName } from './function-files.ts';
import { HouseFunction, type HouseFunctionProps } from './house-function.ts';
import type { Queues } from './queues.ts';
import type { Stage } from './stage.ts';
import type { Tables } from './tables.ts';

interface World {
  stage: Stage;
  bundleDirectory: string;
  tables: Tables;
  queues: Queues;
  bus: EventBus;
  exports: Bucket;
  hashKey: Secret;
}

/** Every function, with exactly what it may touch. */
export function createFunctions(scope: Construct, world: World) {
  const { stage, bundleDirectory, tables, queues, bus, exports, hashKey } = world;
  const create = (name: FunctionName, props: Omit<HouseFunctionProps, 'stage' | 'bundleDirectory'>) =>
    new HouseFunction(scope, name, { stage, bundleDirectory, ...props });
  const { segments, leads, accounts, events, memberships, transitions } = tables;
  const {
    profileChanges,
    levelChanges,
    leadEvents,
    accountChanges,
    jobs,
    dueLeads,
    busDeadLetters,
    streamDeadLetters,
  } = queues;
  const withDeadLetters = [profileChanges, levelChanges, leadEvents, accountChanges, jobs, dueLeads];

  return {
    api: create('Api', {
      description: 'Answers the HTTP API.',
      // API Gateway stops waiting after 30 seconds.
      timeout: Duration.seconds(29),
      memorySize: 1769,
    })
      .canReadAndWrite(segments, leads, accounts, events, memberships, transitions)
      .canReadObjects(exports)
      .canHash(hashKey)
      .canSend(jobs.queue)
      .canSend(dueLeads.queue)
      .canSend(profileChanges.queue)
      .canSend(levelChanges.queue)
      .canSend(leadEvents.queue)
      .canSend(accountChanges.queue)
      .canReadAttributes(
        ...withDeadLetters.flatMap(({ queue, deadLetters }) => [queue, deadLetters]),
        busDeadLetters,
        streamDeadLetters,
      ),

    profileChanges: create('ProfileChanges', {
      description: 'Merges profile changes into lead documents and decides memberships.',
      timeout: profileChanges.timeout,
    })
      .canReadAndWrite(segments, leads, accounts)
      .canRead(events)
      .canSend(dueLeads.queue)
      .canHash(hashKey)
      .canRefuse(profileChanges),

    levelChanges: create('LevelChanges', {
      description: 'Merges level changes into lead documents and decides memberships.',
      timeout: levelChanges.timeout,
    })
      .canReadAndWrite(segments, leads, accounts)
      .canRead(events)
      .canSend(dueLeads.queue)
      .canHash(hashKey)
      .canRefuse(levelChanges),

    leadEvents: create('LeadEvents', {
      description: 'Stores lead events, merges them into lead documents and decides memberships.',
      timeout: leadEvents.timeout,
    })
      .canReadAndWrite(segments, leads, accounts, events)
      .canSend(dueLeads.queue)
      .canHash(hashKey)
      .canRefuse(leadEvents),

    accountChanges: create('AccountChanges', {
      description: 'Merges account changes and fans out to the leads of the account.',
      timeout: accountChanges.timeout,
    })
      .canReadAndWrite(segments, accounts)
      .canSend(jobs.queue)
      .canHash(hashKey)
      .canRefuse(accountChanges),

    jobs: create('Jobs', {
      description:
        'Evaluates leads again, by shards or accounts; writes exports; reconciles; cleans up after deleted segments and leads.',
      timeout: jobs.timeout,
      memorySize: 1769,
    })
      .canReadAndWrite(segments, leads, accounts, memberships, transitions)
      .canRead(events)
      .canReadAndWriteObjects(exports)
      .canSend(jobs.queue)
      .canSend(dueLeads.queue)
      .canPut(bus)
      .canSend(busDeadLetters)
      .canHash(hashKey)
      .canRefuse(jobs),

    dueLeads: create('DueLeads', {
      description: 'Evaluates leads whose memberships change because time has passed.',
      timeout: dueLeads.timeout,
    })
      .canReadAndWrite(segments, leads, accounts)
      .canRead(events)
      .canSend(dueLeads.queue)
      .canHash(hashKey)
      .canRefuse(dueLeads),

    projectMemberships: create('ProjectMemberships', {
      description: 'Projects transitions: members, counts, history and events on the bus; removes deleted leads.',
      timeout: Duration.minutes(1),
    })
      .canReadAndWrite(memberships, transitions, events, accounts)
      .canSend(jobs.queue)
      .canPut(bus)
      .canSend(busDeadLetters),

    publishSegmentEvents: create('PublishSegmentEvents', {
      description: 'Publishes what happened to segments themselves.',
      timeout: Duration.minutes(1),
    })
      .canPut(bus)
      .canSend(busDeadLetters),

    tendJobs: create('TendJobs', {
      description: 'Starts recalculations again that make no progress or failed, and clean-ups that are due.',
      timeout: Duration.minutes(1),
    })
      .canReadAndWrite(segments)
      .canRead(memberships)
      .canSend(jobs.queue)
      .canReadAttributes(jobs.queue),

    queueDueLeads: create('QueueDueLeads', {
      description: 'Queues the leads that fall due within two minutes.',
      timeout: Duration.minutes(1),
    })
      .canRead(leads)
      .canSend(dueLeads.queue)
      .canReadAttributes(dueLeads.queue),

    reconcile: create('Reconcile', {
      description: 'Queues the next shard whose leads are compared with the rules and with what is derived from them.',
      timeout: Duration.minutes(1),
    })
      .canReadAndWrite(segments)
      .canSend(jobs.queue),
  };
}

export type Functions = ReturnType<typeof createFunctions>;
