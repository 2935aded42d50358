import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { HouseFunction } from './house-function.ts';
import { shardCountOf } from './stage.ts';

/** What is woken by the clock. */
export function createSchedules(scope: Construct, { tendJobs, queueDueLeads, reconcile }: Functions): void {
  every(Duration.minutes(1), scope, 'TendJobs', tendJobs);
  every(Duration.minutes(1), scope, 'QueueDueLeads', queueDueLeads);
  // One shard each time: all leads in 16 hours, or in as many half hours as there are shards where these are few.
  const shardCount = shardCountOf(scope.node.tryGetContext('shardCount'));
  every(Duration.minutes(Math.min(30, Math.floor((16 * 60) / shardCount))), scope, 'Reconcile', reconcile);
}

function every(interval: Duration, scope: Construct, id: string, target: HouseFunction): void {
  // The next time does what this one could not: a late repetition would only be work twice.
  target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  new Rule(scope, id, {
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(target, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
}
