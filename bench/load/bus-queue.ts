import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** An entry or exit, as the bus told it. */
export interface HeardEvent {
  readonly segmentId: string;
  readonly leadId: string;
  readonly sequence: number;
  readonly isEntry: boolean;
  readonly changeId: string | undefined;
  /** Epoch ms at which it was decided. */
  readonly occurredAt: number;
  /** Epoch ms at which the first delivery reached the subscriber's queue. */
  readonly at: number;
}

const entered = 'Lead Entered Segment';
/** What the subscriber's rule lets through. */
export const membershipEventTypes = [entered, 'Lead Exited Segment'];

/** Hears the entries and exits on the bus as anybody would: from the queue of a rule, which it reads all the time. */
export class BusQueue {
  /** By the event's id: deliveries of the same one count once. */
  readonly heard = new Map<string, HeardEvent>();
  /** All deliveries. */
  deliveries = 0;
  /** Hears of each delivery, as it is read. */
  onDelivery: (event: HeardEvent) => void = () => {};
  private readonly sqs: SQSClient;
  private readonly queueUrl: string;
  private isOver = false;
  private readonly reading: Promise<void>;

  /** Reads from now on until it is stopped. */
  constructor(sqs: SQSClient, queueUrl: string) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.reading = this.read();
  }

  /** Resolves when the queue has nothing more to give. */
  async drain(): Promise<void> {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    for (;;) {
      const query = { QueueUrl: this.queueUrl, AttributeNames: [...AttributeNames] };
      const { Attributes = {} } = await this.sqs.send(new GetQueueAttributesCommand(query));
      if (AttributeNames.every((attribute) => Attributes[attribute] === '0')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.reading;
  }

  private async read(): Promise<void> {
    try {
      while (!this.isOver) await this.readOnce();
    } catch (error) {
      // A stack that was killed answers no more.
      if (!this.isOver) throw error;
    }
  }

  private async readOnce(): Promise<void> {
    const { queueUrl: QueueUrl } = this;
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    if (Messages.length === 0) return;
    for (const { Body = '', Attributes = {} } of Messages)
      this.note(JSON.parse(Body), Number(Attributes.SentTimestamp));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  private note({ 'detail-type': type, detail }: MembershipEnvelope, at: number): void {
    const { id, sequence, lead, segment, cause } = detail;
    this.deliveries++;
    const { changeId } = cause;
    const isEntry = type === entered;
    const occurredAt = Date.parse(detail.occurredAt);
    const event = { segmentId: segment.id, leadId: lead.id, sequence, isEntry, changeId, occurredAt, at };
    this.onDelivery(event);
    if (!this.heard.has(id)) this.heard.set(id, event);
  }
}

interface MembershipEnvelope {
  readonly 'detail-type': string;
  readonly detail: {
    readonly id: string;
    readonly sequence: number;
    readonly occurredAt: string;
    readonly lead: { readonly id: string };
    readonly segment: { readonly id: string };
    readonly cause: { readonly changeId?: string };
  };
}
