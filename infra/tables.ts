import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Stage } from './stage.ts';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
const number = (name: string): Attribute => ({ name, type: AttributeType.NUMBER });

/** Leads by the moment at which they fall due. */
export const dueIndex = 'due';
/** The history by segment. */
export const bySegmentIndex = 'bySegment';

/** The six tables, all on demand, encrypted and restorable to any second of the last 35 days. */
export function createTables(scope: Construct, stage: Stage) {
  const table = (id: string, props: Pick<TableProps, 'partitionKey' | 'sortKey' | 'stream' | 'timeToLiveAttribute'>) =>
    new Table(scope, id, {
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.isProtected,
      // Not `removalPolicyOf`: a rollback could not delete what is protected from deletion, and the stack would be stuck.
      removalPolicy: stage.isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

  const segments = table('Segments', {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    stream: StreamViewType.NEW_IMAGE,
    timeToLiveAttribute: 'expiresAt',
  });
  const leads = table('Leads', {
    partitionKey: text('shard'),
    sortKey: text('leadId'),
    stream: StreamViewType.NEW_IMAGE,
  });
  leads.addGlobalSecondaryIndex({
    indexName: dueIndex,
    partitionKey: text('shard'),
    sortKey: number('dueAt'),
    projectionType: ProjectionType.KEYS_ONLY,
  });
  const accounts = table('Accounts', { partitionKey: text('accountId'), sortKey: text('sk') });
  const events = table('Events', {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    timeToLiveAttribute: 'expiresAt',
  });
  const memberships = table('Memberships', {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    timeToLiveAttribute: 'expiresAt',
  });
  const transitions = table('Transitions', {
    partitionKey: text('leadId'),
    sortKey: text('sk'),
    timeToLiveAttribute: 'expiresAt',
  });
  transitions.addGlobalSecondaryIndex({
    indexName: bySegmentIndex,
    partitionKey: text('segmentShard'),
    sortKey: text('at'),
    projectionType: ProjectionType.ALL,
  });

  return { segments, leads, accounts, events, memberships, transitions };
}

export type Tables = ReturnType<typeof createTables>;
