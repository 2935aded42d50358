import { ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { eventSource } from '../shared/aws/bus-event.ts';
import { removalPolicyOf, type Stage } from './stage.ts';

/** The bus that transitions are published on, and a log of all of them for people to look at. */
export function createBus(scope: Construct, stage: Stage): EventBus {
  const bus = new EventBus(scope, 'Bus', { description: 'Leads that enter and exit segments' });
  const log = new LogGroup(scope, 'BusLog', {
    // EventBridge writes only to log groups with this prefix. The id of the stack makes the name new with each stack: the
    // log of one that was deleted is kept.
    logGroupName: `/aws/events/${bus.eventBusName}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
    retention: RetentionDays.TWO_WEEKS,
    removalPolicy: removalPolicyOf(stage),
  });
  log.grantWrite(new ServicePrincipal('events.amazonaws.com'));
  log.grantWrite(new ServicePrincipal('delivery.logs.amazonaws.com'));
  // The ready-made log target would add a function of its own to the stack, only to write that permission.
  const arn = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: log.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  new Rule(scope, 'AllEvents', {
    description: 'Everything that lead-segments publishes, to a log.',
    eventBus: bus,
    eventPattern: { source: [eventSource] },
    targets: [{ bind: () => ({ arn }) }],
  });
  return bus;
}
