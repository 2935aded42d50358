import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Json } from '../api-client.ts';
import type { RunningStack } from './running-stack.ts';

/** What a subscriber of the bus has heard. */
export interface BusListener {
  /** Every event so far, in the envelope of EventBridge. */
  readonly heard: () => Promise<readonly Json[]>;
  /** The `detail` of those of a type, or of all. */
  readonly details: (type?: string) => Promise<readonly Json[]>;
}

/** Subscribes to the bus as anybody would: a queue of their own, and a rule that sends to it. */
export async function listenToBus(stack: RunningStack, name: string, pattern: object): Promise<BusListener> {
  const { sqs, eventBridge, file } = stack;
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '43200' } }),
  );
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const rule = { Name: name, EventBusName: file.busName };
  await eventBridge.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
  const Targets = [{ Id: 'queue', Arn: Attributes!.QueueArn! }];
  await eventBridge.send(new PutTargetsCommand({ Rule: name, EventBusName: file.busName, Targets }));

  const events: Json[] = [];
  const heard = async () => {
    const messages = await stack.receiveAll(QueueUrl!, { thenDeletes: true });
    events.push(...messages.map(({ body }) => JSON.parse(body)));
    return events;
  };
  return {
    heard,
    details: async (type) => {
      const all = await heard();
      return all.filter((event) => !type || event['detail-type'] === type).map(({ detail }) => detail);
    },
  };
}
