import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  announcementsPartition,
  catalogKey,
  cleanUpsPartition,
  dueCursorsKey,
  exportsPartition,
  fanOutsPartition,
  freshnessPartition,
  idempotencyPartition,
  importMappingsPartition,
  importsPartition,
  leadTotalKey,
  lifecycleKey,
  memberJobsPartition,
  openRunsPartition,
  previewCountsPartition,
  previewSlotsPartition,
  previewsPartition,
  progressPartition,
  readBudgetsPartition,
  reconciliationPartition,
  revisionsPartition,
  roundLeasesPartition,
  roundsPartition,
  runsPartition,
  scansPartition,
  segmentsPartition,
  settingsPartition,
  sharedPreviewsPartition,
} from '../shared/aws/segments-keys.ts';
import { jobQueues, queueOfJob } from '../shared/freshness/job-queues.ts';
import type { FunctionName } from './function-files.ts';
import { HouseFunction, type HouseFunctionProps } from './house-function.ts';
import type { Queues, QueueWithDeadLetters } from './queues.ts';
import { previewReadsOf, warmReadUnitsOf } from './read-limits.ts';
import type { Stage } from './stage.ts';
import { bySegmentIndex, dueIndex, type Tables } from './tables.ts';
import { changing, endingRuns, evaluating, receiving } from './writes.ts';

interface World {
  stage: Stage;
  bundleDirectory: string;
  tables: Tables;
  queues: Queues;
  bus: EventBus;
  exports: Bucket;
  importFiles: Bucket;
  catalogSnapshots: Bucket;
  hashKey: Secret;
}

/**
 * Every function, with exactly what it calls. The local run with `--enforce-iam`, as journeys have it, refuses every other
 * call and names what none needed.
 */
export function createFunctions(scope: Construct, world: World) {
  const { stage, bundleDirectory, tables, queues, bus, exports, importFiles, catalogSnapshots, hashKey } = world;
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
    imports,
    busDeadLetters,
    streamDeadLetters,
  } = queues;
  const evaluatesLeads = (target: HouseFunction) =>
    target
      .knows(accounts)
      .canCall(segments, 'BatchGetItem', 'GetItem', 'Query')
      .canCall(leads, 'BatchGetItem', 'PartiQLUpdate')
      .canCall(events, 'Query')
      .canReadObjects(catalogSnapshots)
      .canSend(dueLeads.queue);
  const queuesOfJobs = jobQueues.map((name) => queues[name]) as [QueueWithDeadLetters, ...QueueWithDeadLetters[]];
  const queueOf = (kind: keyof typeof queueOfJob) => queues[queueOfJob[kind]].queue;
  const ofChanges = [profileChanges, levelChanges, leadEvents, accountChanges];
  const withDeadLetters = [...ofChanges, dueLeads, imports, ...queuesOfJobs];

  return {
    api: evaluatesLeads(
      create('Api', {
        description: 'Answers the HTTP API.',
        // API Gateway stops waiting after 30 seconds.
        timeout: Duration.seconds(29),
        memorySize: 1769,
      }),
    )
      .canCall(segments, 'ConditionCheckItem')
      .canWriteOnly(segments, {
        [announcementsPartition('*')]: ['BatchWriteItem', 'PutItem'],
        [catalogKey.pk]: ['PutItem', 'UpdateItem'],
        [cleanUpsPartition]: ['PutItem', 'UpdateItem'],
        [exportsPartition]: ['PutItem'],
        [freshnessPartition]: ['PutItem'],
        [idempotencyPartition]: ['DeleteItem', 'PutItem', 'UpdateItem'],
        [importsPartition]: ['PutItem'],
        [importMappingsPartition]: ['DeleteItem', 'PutItem'],
        [leadTotalKey.pk]: ['UpdateItem'],
        [lifecycleKey('*').pk]: ['PutItem'],
        [memberJobsPartition]: ['PutItem'],
        [openRunsPartition]: ['DeleteItem', 'PutItem'],
        [previewCountsPartition('*')]: ['DeleteItem', 'PutItem'],
        [previewSlotsPartition]: ['PutItem'],
        [previewsPartition]: ['DeleteItem', 'PutItem', 'UpdateItem'],
        [readBudgetsPartition]: ['UpdateItem'],
        [revisionsPartition('*')]: ['PutItem'],
        [roundLeasesPartition]: ['PutItem'],
        [settingsPartition]: ['PutItem'],
        [runsPartition]: ['DeleteItem', 'PutItem', 'UpdateItem'],
        [scansPartition]: ['UpdateItem'],
        [segmentsPartition]: ['DeleteItem', 'PutItem'],
        [sharedPreviewsPartition]: ['PutItem'],
      })
      .addEnvironment('PREVIEW_READS_PER_MINUTE', String(previewReadsOf(scope)))
      .addEnvironment('WARM_READ_UNITS', String(warmReadUnitsOf(scope)))
      .canCall(leads, 'PartiQLInsert', 'Query')
      .canCall(accounts, 'PartiQLDelete')
      .canCall(memberships, 'BatchGetItem', 'Query')
      .canCall(transitions, 'Query')
      .canQueryIndex(transitions, bySegmentIndex)
      .canReadObjects(exports)
      .canReadObjects(importFiles)
      .canPutObjects(importFiles)
      .canHash(hashKey)
      .canSend(imports.queue)
      .canSend(queues.promptJobs.queue)
      .canSend(queues.jobs.queue)
      .canSend(queues.backgroundJobs.queue)
      .canSend(profileChanges.queue)
      .canSend(levelChanges.queue)
      .canSend(leadEvents.queue)
      .canSend(accountChanges.queue)
      .canReadAttributes(...withDeadLetters.map(({ queue }) => queue), busDeadLetters, streamDeadLetters)
      .canLookAt(...withDeadLetters.map(({ deadLetters }) => deadLetters)),

    profileChanges: evaluatesLeads(
      create('ProfileChanges', {
        description: 'Merges profile changes into lead documents and decides memberships.',
        timeout: profileChanges.timeout,
      }),
    )
      .canWriteOnly(segments, { ...evaluating, ...changing, [leadTotalKey.pk]: ['UpdateItem'] })
      .canCall(leads, 'PartiQLInsert')
      .canCall(accounts, 'BatchGetItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate')
      .canHash(hashKey)
      .canRefuse(profileChanges),

    levelChanges: evaluatesLeads(
      create('LevelChanges', {
        description: 'Merges level changes into lead documents and decides memberships.',
        timeout: levelChanges.timeout,
      }),
    )
      .canWriteOnly(segments, { ...evaluating, ...changing, [leadTotalKey.pk]: ['UpdateItem'] })
      .canCall(leads, 'PartiQLInsert')
      .canHash(hashKey)
      .canRefuse(levelChanges),

    leadEvents: evaluatesLeads(
      create('LeadEvents', {
        description: 'Stores lead events, merges them into lead documents and decides memberships.',
        timeout: leadEvents.timeout,
      }),
    )
      .canWriteOnly(segments, { ...evaluating, ...changing, [leadTotalKey.pk]: ['UpdateItem'] })
      .canCall(leads, 'PartiQLInsert')
      .canCall(events, 'BatchGetItem', 'BatchWriteItem', 'PartiQLInsert')
      .canHash(hashKey)
      .canRefuse(leadEvents),

    accountChanges: create('AccountChanges', {
      description: 'Merges account changes and fans out to the leads of the account.',
      timeout: accountChanges.timeout,
    })
      .canCall(segments, 'GetItem', 'Query')
      .canWriteOnly(segments, { ...changing, [fanOutsPartition('*')]: ['BatchWriteItem'] })
      .canCall(accounts, 'BatchGetItem', 'PartiQLInsert', 'PartiQLUpdate', 'Query')
      .canSend(queueOf('account_fan_out'))
      .canHash(hashKey)
      .canRefuse(accountChanges),

    jobs: evaluatesLeads(
      create('Jobs', {
        description:
          'Evaluates leads again, by shards or accounts; changes members by rules; writes exports; reconciles; cleans up after deletions.',
        timeout: jobs.timeout,
        memorySize: 1769,
        mayFeedItself: true,
      }),
    )
      .canWriteOnly(segments, {
        ...evaluating,
        ...receiving,
        ...endingRuns,
        [cleanUpsPartition]: ['DeleteItem', 'PutItem', 'UpdateItem'],
        [exportsPartition]: ['PutItem'],
        [fanOutsPartition('*')]: ['BatchWriteItem', 'DeleteItem'],
        [leadTotalKey.pk]: ['UpdateItem'],
        [memberJobsPartition]: ['PutItem'],
        [openRunsPartition]: ['DeleteItem', 'UpdateItem'],
        [previewCountsPartition('*')]: ['PutItem', 'UpdateItem'],
        [progressPartition('*')]: ['BatchWriteItem', 'PutItem'],
        [readBudgetsPartition]: ['UpdateItem'],
        [reconciliationPartition]: ['PutItem'],
        [revisionsPartition('*')]: ['BatchWriteItem'],
        [roundLeasesPartition]: ['UpdateItem'],
        [roundsPartition]: ['PutItem', 'UpdateItem'],
        [runsPartition]: ['UpdateItem'],
        [scansPartition]: ['UpdateItem'],
        [sharedPreviewsPartition]: ['DeleteItem'],
      })
      .addEnvironment('WARM_READ_UNITS', String(warmReadUnitsOf(scope)))
      .canCall(leads, 'DeleteItem', 'Query')
      .canWriteOnly(leads, { 'tombstones#*': ['PutItem'] })
      .canCall(accounts, 'BatchGetItem', 'Query')
      .canCall(memberships, 'BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query')
      .canCall(memberships, 'BatchWriteItem', 'DeleteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem')
      .canCall(transitions, 'BatchGetItem', 'BatchWriteItem')
      .canReadAndWriteObjects(exports)
      .canSend(queues.promptJobs.queue)
      .canSend(queues.jobs.queue)
      .canSend(queues.backgroundJobs.queue)
      .canPut(bus)
      .canSend(busDeadLetters)
      .canHash(hashKey)
      .canRefuse(...queuesOfJobs),

    dueLeads: evaluatesLeads(
      create('DueLeads', {
        description: 'Evaluates leads whose memberships change because time has passed.',
        timeout: dueLeads.timeout,
        mayFeedItself: true,
      }),
    )
      .canWriteOnly(segments, { ...evaluating, ...receiving })
      .canHash(hashKey)
      .canRefuse(dueLeads),

    imports: evaluatesLeads(
      create('Imports', {
        description: 'Looks at files that are imported, and sends their rows to the queues of changes.',
        timeout: imports.timeout,
        memorySize: 1769,
        mayFeedItself: true,
      }),
    )
      .canCall(accounts, 'BatchGetItem')
      .canCall(memberships, 'Query')
      .canHash(hashKey)
      .canWriteOnly(segments, {
        ...evaluating,
        ...receiving,
        [importsPartition]: ['PutItem'],
        [freshnessPartition]: ['PutItem'],
      })
      .canReadAndWriteObjects(importFiles)
      .canSend(imports.queue)
      .canSend(profileChanges.queue)
      .canSend(levelChanges.queue)
      .canSend(leadEvents.queue)
      .canSend(accountChanges.queue)
      .canReadAttributes(...ofChanges.flatMap(({ queue, deadLetters }) => [queue, deadLetters]))
      .canRefuse(imports),

    projectMemberships: create('ProjectMemberships', {
      description: 'Projects transitions: members, counts, history and events on the bus; removes deleted leads.',
      timeout: Duration.minutes(1),
    })
      .canCall(memberships, 'BatchGetItem', 'DeleteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem')
      .canCall(transitions, 'BatchWriteItem', 'Query')
      .canCall(events, 'BatchWriteItem', 'Query')
      .canCall(accounts, 'PartiQLDelete')
      .canSend(queueOf('erasure'))
      .canPut(bus)
      .canSend(busDeadLetters),

    publishSegmentEvents: create('PublishSegmentEvents', {
      description: 'Publishes what happened to segments themselves.',
      timeout: Duration.minutes(1),
    })
      .canPut(bus)
      .canSend(busDeadLetters),

    tendJobs: create('TendJobs', {
      description:
        'Starts recalculations again that make no progress or failed, and clean-ups that are due; takes snapshots of the catalog.',
      timeout: Duration.minutes(1),
    })
      .canCall(segments, 'BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query')
      .canWriteOnly(segments, {
        ...endingRuns,
        [announcementsPartition('*')]: ['BatchWriteItem'],
        [cleanUpsPartition]: ['UpdateItem'],
        [fanOutsPartition('*')]: ['BatchWriteItem'],
        [openRunsPartition]: ['DeleteItem', 'PutItem'],
        [roundLeasesPartition]: ['PutItem'],
        [runsPartition]: ['DeleteItem', 'PutItem', 'UpdateItem'],
      })
      .canCall(memberships, 'BatchGetItem')
      .canReadObjects(catalogSnapshots)
      .canReplaceObjects(catalogSnapshots)
      .canSend(queueOf('recalculation'))
      .canSend(queueOf('clean_up'))
      .canReadAttributes(queueOf('recalculation')),

    queueDueLeads: create('QueueDueLeads', {
      description: 'Queues the leads that fall due within two minutes.',
      timeout: Duration.minutes(1),
    })
      .canCall(segments, 'GetItem')
      .canWriteOnly(segments, { [dueCursorsKey.pk]: ['PutItem'] })
      .canQueryIndex(leads, dueIndex)
      .canSend(dueLeads.queue)
      .canReadAttributes(dueLeads.queue),

    reconcile: create('Reconcile', {
      description: 'Queues the next shard whose leads are compared with the rules and with what is derived from them.',
      timeout: Duration.minutes(1),
    })
      .canCall(segments, 'Query')
      .canWriteOnly(segments, { [reconciliationPartition]: ['PutItem'] })
      .canSend(queueOf('reconciliation')),
  };
}

export type Functions = ReturnType<typeof createFunctions>;
