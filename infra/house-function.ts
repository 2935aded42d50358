import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionName } from './function-files.ts';

/** The timeout of functions that queues and streams wake. */
export const functionTimeoutSeconds = 60;

/** What one function has of its own. */
export interface HouseFunctionProps {
  readonly bundleDirectory: string;
  readonly memorySize?: number;
  readonly timeoutSeconds?: number;
}

/** A function with the house's defaults. Granting it something also tells it the name, in one call. */
export class HouseFunction extends LambdaFunction {
  constructor(scope: Construct, name: FunctionName, props: HouseFunctionProps) {
    const logGroup = new LogGroup(scope, `${name}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${name}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, name, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.bundleDirectory, name)),
      memorySize: props.memorySize ?? 1_024,
      timeout: Duration.seconds(props.timeoutSeconds ?? functionTimeoutSeconds),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      role,
      environment: {
        EVENT_RETENTION_DAYS: '400',
        TRANSITION_RETENTION_DAYS: '400',
        NODE_OPTIONS: '--enable-source-maps',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    });
    logGroup.grantWrite(role);
  }

  /** May read the table, known to it as `NAME_TABLE`. */
  canRead(name: string, table: Table): this {
    table.grantReadData(this);
    return this.withEnvironment(`${name}_TABLE`, table.tableName);
  }

  /** May read and write the table, known to it as `NAME_TABLE`. */
  canReadAndWrite(name: string, table: Table): this {
    table.grantReadWriteData(this);
    return this.withEnvironment(`${name}_TABLE`, table.tableName);
  }

  /** May run PartiQL statements on the table, besides what it may already. */
  canRunStatementsOn(table: Table): this {
    const actions = ['Insert', 'Update', 'Delete'].map((action) => `dynamodb:PartiQL${action}`);
    this.addToRolePolicy(new PolicyStatement({ actions, resources: [table.tableArn] }));
    return this;
  }

  /** May send to the queue, known to it as `NAME_QUEUE_URL`. */
  canSend(name: string, queue: IQueue): this {
    queue.grantSendMessages(this);
    return this.withEnvironment(`${name}_QUEUE_URL`, queue.queueUrl);
  }

  /** May see how many messages wait in the queue, known to it as `NAME_QUEUE_URL`. */
  canSeeDepthOf(name: string, queue: IQueue): this {
    queue.grant(this, 'sqs:GetQueueAttributes');
    return this.withEnvironment(`${name}_QUEUE_URL`, queue.queueUrl);
  }

  /** May put events on the bus, known to it as `BUS_NAME`. */
  canPutEvents(bus: EventBus): this {
    bus.grantPutEventsTo(this);
    return this.withEnvironment('BUS_NAME', bus.eventBusName);
  }

  private withEnvironment(name: string, value: string): this {
    this.addEnvironment(name, value);
    return this;
  }
}
