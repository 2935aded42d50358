import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';

const period = Duration.minutes(5);

/** What wakes the person on call; docs/operations.md says what to do about each. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { functions, queues }: { functions: Functions; queues: Queues }) {
    super(scope, id);
    for (const { queue, deadLetters } of queues.all) {
      this.above(`${deadLetters.node.id}NotEmpty`, deadLetters.metricApproximateNumberOfMessagesVisible({ period }), 0);
      this.above(`${queue.node.id}Late`, queue.metricApproximateAgeOfOldestMessage({ period }), 900);
    }
    const parked = queues.parkedEvents.metricApproximateNumberOfMessagesVisible({ period });
    this.above('ParkedEventsNotEmpty', parked, 0);
    for (const lambda of functions.all) this.above(`${lambda.node.id}Errors`, lambda.metricErrors({ period }), 0, 3);
    const age = functions.projectMemberships.metric('IteratorAge', { period, statistic: 'Maximum' });
    this.above('ProjectionLate', age, Duration.minutes(5).toMilliseconds());
  }

  private above(name: string, metric: IMetric, threshold: number, evaluationPeriods = 1): void {
    new Alarm(this, name, {
      metric,
      threshold,
      evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
