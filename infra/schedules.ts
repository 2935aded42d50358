import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { HouseFunction } from './house-function.ts';

/** What is woken by the clock. */
export function createSchedules(scope: Construct, { restartRecalculations, queueDueLeads }: Functions): void {
  everyMinute(scope, 'RestartRecalculations', restartRecalculations);
  everyMinute(scope, 'QueueDueLeads', queueDueLeads);
}

function everyMinute(scope: Construct, id: string, target: HouseFunction): void {
  // The next minute does what this one could not: a late repetition would only be work twice.
  target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  new Rule(scope, id, {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(target, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
}
