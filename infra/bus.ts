import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { eventSource } from '../shared/membership/membership-events.ts';

/** The bus that automations listen on, with a log of every event to look at. */
export function createBus(scope: Construct): EventBus {
  const bus = new EventBus(scope, 'Bus', { description: 'Leads entering and exiting segments' });
  const logGroup = new LogGroup(scope, 'EventLog', {
    // EventBridge only writes to log groups of that prefix.
    logGroupName: `/aws/events/${bus.eventBusName}`,
    retention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const eventBridge = new ServicePrincipal('events.amazonaws.com');
  logGroup.grant(eventBridge, 'logs:CreateLogStream', 'logs:PutLogEvents');
  const arn = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: logGroup.logGroupName,
  });
  new Rule(scope, 'AllEvents', {
    eventBus: bus,
    eventPattern: { source: [eventSource] },
    // The library's own log group target brings a custom resource with a function of its own along.
    targets: [{ bind: () => ({ arn }) }],
  });
  return bus;
}
