import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { HouseFunction } from './house-function.ts';
import type { Queues } from './queues.ts';

/** Tells people (`-c alarmEmail=ADDRESS`, or whoever subscribes to the topic) when something needs them. */
export function createAlarms(scope: Construct, functions: Functions, queues: Queues): void {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
  const email: unknown = scope.node.tryGetContext('alarmEmail');
  if (typeof email === 'string') topic.addSubscription(new EmailSubscription(email));

  const alarm = (id: string, description: string, metric: IMetric, threshold: number, minutes = 1) => {
    new Alarm(scope, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: minutes,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(topic));
  };
  const period = Duration.minutes(1);
  const { busDeadLetters, streamDeadLetters, ...consumed } = queues;

  for (const { queue, deadLetters } of Object.values(consumed)) {
    const { id } = queue.node;
    const waiting = deadLetters.metricApproximateNumberOfMessagesVisible({ period });
    alarm(`${deadLetters.node.id}NotEmpty`, `Messages of ${id} could not be handled.`, waiting, 0);
    const age = queue.metricApproximateAgeOfOldestMessage({ period });
    alarm(`${id}Late`, `${id} has been more than five minutes behind, for five minutes.`, age, 300, 5);
  }
  const refused = busDeadLetters.metricApproximateNumberOfMessagesVisible({ period });
  alarm('BusDeadLettersNotEmpty', 'The event bus refused events; they wait, whole, in BusDeadLetters.', refused, 0);
  const given = streamDeadLetters.metricApproximateNumberOfMessagesVisible({ period });
  alarm(
    'StreamDeadLettersNotEmpty',
    'Batches of a stream could not be handled; they wait, whole, in a bucket.',
    given,
    0,
  );

  for (const target of Object.values(functions)) {
    alarm(`${target.node.id}Errors`, `${target.node.id} failed.`, target.metricErrors({ period }), 0);
  }
  const { profileChanges, levelChanges, leadEvents, accountChanges, jobs, dueLeads, imports } = functions;
  alarm(
    'RecursionStopped',
    'Lambda dropped messages since a function woke itself with them again and again: they are among the dead letters.',
    droppedIn([profileChanges, levelChanges, leadEvents, accountChanges, jobs, dueLeads, imports]),
    0,
  );
  alarm('Drift', 'The reconciler found, and repaired, what did not agree.', drift(functions.jobs), 0);
  for (const consumer of [functions.projectMemberships, functions.publishSegmentEvents]) {
    const { id } = consumer.node;
    alarm(
      `${id}Late`,
      `${id} has been more than a minute behind its stream, for five minutes.`,
      iteratorAge(consumer),
      60_000,
      5,
    );
  }
}

/** Messages that were not delivered, since a function fed itself with them again and again. */
function droppedIn(functions: readonly HouseFunction[]): MathExpression {
  const metrics = functions.map((target, index) => {
    const metric = target.metric('RecursiveInvocationsDropped', { period: Duration.minutes(1), statistic: 'Sum' });
    return [`m${index}`, metric] as const;
  });
  const expression = metrics.map(([name]) => `FILL(${name}, 0)`).join(' + ');
  return new MathExpression({ expression, usingMetrics: Object.fromEntries(metrics), period: Duration.minutes(1) });
}

/** What did not agree, as the reconciler logs it. */
function drift(reconciler: HouseFunction): Metric {
  return new Metric({
    namespace: 'LeadSegments',
    metricName: 'Drift',
    dimensionsMap: { FunctionName: reconciler.functionName },
    period: Duration.minutes(1),
    statistic: 'Sum',
  });
}

function iteratorAge(consumer: HouseFunction): Metric {
  return consumer.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' });
}
