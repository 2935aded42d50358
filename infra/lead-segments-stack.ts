import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { createAlarms } from './alarms.ts';
import { createApi } from './api.ts';
import { createBus } from './bus.ts';
import { createCatalogSnapshots } from './catalog-snapshots.ts';
import { createExports } from './export-bucket.ts';
import { createFunctions } from './functions.ts';
import { createHashKey } from './hash-key.ts';
import { createImportFiles } from './import-bucket.ts';
import { createOutputs } from './outputs.ts';
import { createProjectionDeadLetters } from './projection-dead-letters.ts';
import { createQueues } from './queues.ts';
import { createSchedules } from './schedules.ts';
import type { Stage } from './stage.ts';
import { createTables } from './tables.ts';
import { consumeQueues, consumeStreams } from './triggers.ts';

interface LeadSegmentsStackProps extends StackProps {
  stage: Stage;
  /** The directory that `bundleFunctions()` answers. */
  bundleDirectory: string;
}

/** All of it: what keeps data, what wakes up, what wakes it, and what tells people when it does not work. */
export class LeadSegmentsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, bundleDirectory, ...props }: LeadSegmentsStackProps) {
    super(scope, id, { terminationProtection: stage.isProtected, ...props });
    const tables = createTables(this, stage);
    const queues = createQueues(this, stage);
    const bus = createBus(this, stage);
    const projectionDeadLetters = createProjectionDeadLetters(this, stage, queues.streamDeadLetters);
    const exports = createExports(this, stage);
    const importFiles = createImportFiles(this, stage);
    const catalogSnapshots = createCatalogSnapshots(this, stage);
    const hashKey = createHashKey(this, stage);
    const functions = createFunctions(this, {
      stage,
      bundleDirectory,
      tables,
      queues,
      bus,
      exports,
      importFiles,
      catalogSnapshots,
      hashKey,
    });
    const api = createApi(this, functions.api, stage);
    consumeQueues(this, functions, queues);
    consumeStreams(functions, tables, projectionDeadLetters);
    createSchedules(this, functions);
    // Alarms cost money while nothing happens, so only who wants them gets them.
    if (stage.isProtected || this.node.tryGetContext('alarmEmail') !== undefined) createAlarms(this, functions, queues);
    createOutputs(this, { api, queues, tables, bus });
  }
}
