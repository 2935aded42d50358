import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { createApi } from './api.ts';
import { createBus } from './bus.ts';
import { Functions } from './functions.ts';
import { Queues } from './queues.ts';
import type { Stage } from './stage.ts';
import { Tables } from './tables.ts';
import { WakeUps } from './wake-ups.ts';

/** What a deployment is made with. */
export interface LeadSegmentsStackProps extends StackProps {
  /** Where the bundled functions are, one folder each. */
  readonly bundleDirectory: string;
  readonly stage: Stage;
}

/** Everything there is in the cloud. */
export class LeadSegmentsStack extends Stack {
  constructor(scope: Construct, id: string, { bundleDirectory, stage, ...props }: LeadSegmentsStackProps) {
    super(scope, id, props);
    const tables = new Tables(this, 'Tables', stage);
    const queues = new Queues(this, 'Queues');
    const bus = createBus(this);
    const functions = new Functions(this, 'Functions', { bundleDirectory, tables, queues, bus });
    new WakeUps(this, 'WakeUps', { functions, queues, tables, stage });
    new Alarms(this, 'Alarms', { functions, queues });
    const api = createApi(this, functions.api);

    const outputs = {
      ApiUrl: api.apiEndpoint,
      ProfileChangesQueueUrl: queues.profileChanges.queue.queueUrl,
      LevelChangesQueueUrl: queues.levelChanges.queue.queueUrl,
      LeadEventsQueueUrl: queues.leadEvents.queue.queueUrl,
      AccountChangesQueueUrl: queues.accountChanges.queue.queueUrl,
      ProfileChangesDeadLettersQueueUrl: queues.profileChanges.deadLetters.queueUrl,
      LevelChangesDeadLettersQueueUrl: queues.levelChanges.deadLetters.queueUrl,
      LeadEventsDeadLettersQueueUrl: queues.leadEvents.deadLetters.queueUrl,
      AccountChangesDeadLettersQueueUrl: queues.accountChanges.deadLetters.queueUrl,
      BusName: bus.eventBusName,
      SegmentsTableName: tables.segments.tableName,
      LeadsTableName: tables.leads.tableName,
      AccountsTableName: tables.accounts.tableName,
      EventsTableName: tables.events.tableName,
      MembershipsTableName: tables.memberships.tableName,
      TransitionsTableName: tables.transitions.tableName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
