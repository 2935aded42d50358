import type { StackResources } from '../../template/resources.ts';
import type { Sqs } from './sqs.ts';

/** Makes the queues of the template. */
export function openQueues(resources: StackResources, sqs: Sqs): void {
  for (const [logicalId] of resources.ofType('AWS::SQS::Queue')) {
    const { QueueName: _name, Tags: _tags, ...properties } = resources.properties<Record<string, unknown>>(logicalId);
    const attributes = Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    const name = resources.physical(logicalId).attributes.QueueName;
    if (name) sqs.open(name, Object.fromEntries(attributes));
  }
}
