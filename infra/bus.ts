import { ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib';
import { EventBus, EventField, Rule } from 'aws-cdk-lib/aws-events';
import { LogGroupTargetInput } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { eventSource } from '../shared/aws/bus-event.ts';
import { removalPolicyOf, type Stage } from './stage.ts';

/** The bus that transitions are published on; with `-c busLog=true`, a log of what was published when. */
export function createBus(scope: Construct, stage: Stage): EventBus {
  const bus = new EventBus(scope, 'Bus', { description: 'Leads that enter and exit segments' });
  if (isAskedForLog(scope)) logAllEvents(scope, bus, stage);
  return bus;
}

function isAskedForLog(scope: Construct): boolean {
  const busLog: unknown = scope.node.tryGetContext('busLog');
  if (busLog !== undefined && !['true', 'false', true, false].includes(busLog as string)) {
    throw new Error(`The context "busLog" must be true or false, not ${JSON.stringify(busLog)}`);
  }
  return String(busLog) === 'true';
}

/** Logs of each event its type, segment and ids: nothing that the lead is or has, for logs cannot forget a lead. */
function logAllEvents(scope: Construct, bus: EventBus, stage: Stage): void {
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
  const segment = EventField.fromPath('$.detail.segment.id');
  const reason = EventField.fromPath('$.detail.reason');
  const input = LogGroupTargetInput.fromObjectV2({
    timestamp: EventField.time,
    message: `${EventField.detailType} ${EventField.eventId}: ${segment} ${reason}`,
  });
  new Rule(scope, 'AllEvents', {
    description: 'What lead-segments publishes, to a log, without what leads are.',
    eventBus: bus,
    eventPattern: { source: [eventSource] },
    targets: [{ bind: () => ({ arn, input }) }],
  });
}
