import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { StackFile } from '../../local/stack-file.ts';

const suffix = 'DeadLetters';

/** The queues of a running stack, inner ones too. */
export class Queues {
  private readonly sqs: SQSClient;
  private readonly urls: Readonly<Record<string, string>>;

  constructor({ endpoints, region, credentials, allQueues }: StackFile) {
    this.sqs = new SQSClient({ region, endpoint: endpoints.sqs, credentials: { ...credentials } });
    this.urls = allQueues;
  }

  /** The most messages that wait in one of the queues. */
  async backlog(...names: readonly string[]): Promise<number> {
    const depths = names.map(async (name) => {
      const AttributeNames = ['ApproximateNumberOfMessages'] as const;
      const query = { QueueUrl: this.urls[name], AttributeNames: [...AttributeNames] };
      const { Attributes = {} } = await this.sqs.send(new GetQueueAttributesCommand(query));
      return Number(Attributes.ApproximateNumberOfMessages ?? 0);
    });
    return Math.max(...(await Promise.all(depths)));
  }

  /** Sends all dead letters back to where they came from; answers how many there were. */
  async redrive(): Promise<number> {
    let redriven = 0;
    for (const [name, QueueUrl] of Object.entries(this.urls)) {
      const source = this.urls[name.slice(0, -suffix.length)];
      if (!name.endsWith(suffix) || !source) continue;
      for (;;) {
        const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) break;
        const letters = Messages.map(({ Body, ReceiptHandle }, index) => ({ Id: String(index), Body, ReceiptHandle }));
        const Entries = letters.map(({ Id, Body }) => ({ Id, MessageBody: Body }));
        await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: source, Entries }));
        const gone = letters.map(({ Id, ReceiptHandle }) => ({ Id, ReceiptHandle }));
        await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: gone }));
        redriven += Messages.length;
      }
    }
    return redriven;
  }

  stop(): void {
    this.sqs.destroy();
  }
}
