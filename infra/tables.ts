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
import { Construct } from 'constructs';
import { isProtected, type Stage } from './stage.ts';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
const number = (name: string): Attribute => ({ name, type: AttributeType.NUMBER });

/** The tables: what each holds is in docs/data-model.md. */
export class Tables extends Construct {
  readonly segments: Table;
  readonly leads: Table;
  readonly accounts: Table;
  readonly events: Table;
  readonly memberships: Table;
  readonly transitions: Table;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const table = (name: string, keys: [string, string], props: Partial<TableProps> = {}) =>
      new Table(this, name, {
        partitionKey: text(keys[0]),
        sortKey: text(keys[1]),
        billingMode: BillingMode.PAY_PER_REQUEST,
        encryption: TableEncryption.AWS_MANAGED,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: isProtected(stage),
        removalPolicy: isProtected(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        ...props,
      });
    const stream = StreamViewType.NEW_IMAGE;
    const expires = { timeToLiveAttribute: 'expiresAt' };
    this.segments = table('Segments', ['pk', 'sk'], { stream, ...expires });
    this.leads = table('Leads', ['shard', 'leadId'], { stream });
    this.accounts = table('Accounts', ['accountId', 'sk']);
    this.events = table('Events', ['pk', 'sk'], expires);
    this.memberships = table('Memberships', ['pk', 'sk'], expires);
    this.transitions = table('Transitions', ['leadId', 'sk'], expires);
    this.leads.addGlobalSecondaryIndex({
      indexName: 'due',
      partitionKey: text('shard'),
      sortKey: number('dueAt'),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.transitions.addGlobalSecondaryIndex({
      indexName: 'bySegment',
      partitionKey: text('segmentShard'),
      sortKey: text('at'),
      projectionType: ProjectionType.ALL,
    });
  }
}
