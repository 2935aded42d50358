import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Sqs } from '../../../../local/aws/sqs/sqs.ts';
import { Clock } from '../../../../local/clock.ts';
import { collectingLog } from '../../../../local/log.ts';
import { temporaryDirectory } from '../../temporary-directory.ts';

let clock: Clock;
let client: SQSClient;
let QueueUrl: string | undefined;

beforeEach(async () => {
  const log = collectingLog();
  clock = new Clock();
  const sqs = new Sqs(temporaryDirectory(), 'us-east-1', log, clock);
  await sqs.listen({ what: 'SQS', flag: '--sqs-port', port: 0 }, log);
  onTestFinished(() => sqs.stop());
  // Another region than the stand-in's: a client's own settings must not matter.
  client = new SQSClient({
    region: 'eu-west-1',
    endpoint: sqs.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  ({ QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'q' })));
});

const receiveOne = async () => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 1,
    }),
  );
  return Messages[0];
};

describe('messages', () => {
  it('carries text of any script, with attributes whose digests the SDK checks', async () => {
    const MessageBody = '{"name":"Zoë 🦊 王"}\n\t';
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ä' },
      number: { DataType: 'Number.int', StringValue: '1' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    const received = await receiveOne();
    expect(received).toMatchObject({
      Body: MessageBody,
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes,
    });
  });

  it('say when they were sent and received by the clock of the run, and come when it passes their delay', async () => {
    clock.hold();
    clock.advance(7 * 86_400_000);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', DelaySeconds: 900 }));
    const sentAt = clock.now();
    clock.advance(901_000);
    expect(await receiveOne()).toMatchObject({
      Body: 'a',
      Attributes: { SentTimestamp: String(sentAt), ApproximateFirstReceiveTimestamp: String(clock.now()) },
    });
  });

  it('tells nothing of attributes that were not asked for', async () => {
    const MessageAttributes = { text: { DataType: 'String', StringValue: 'x' } };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', MessageAttributes }));
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages[0]).not.toHaveProperty('MessageAttributes');
    expect(Messages[0]).not.toHaveProperty('Attributes');
  });

  it('wakes a receiver that waits', async () => {
    const received = receiveOne();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    expect((await received)?.Body).toBe('a');
  });

  it('finds a queue by its URL, whatever the host', async () => {
    const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/q';
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
    expect((await receiveOne())?.Body).toBe('a');
  });

  it('deletes in batches, and refuses handles that are none', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const { ReceiptHandle } = (await receiveOne()) ?? {};
    const Entries = [
      { Id: 'good', ReceiptHandle },
      { Id: 'bad', ReceiptHandle: 'garbage' },
    ];
    const { Successful, Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful).toEqual([{ Id: 'good' }]);
    expect(Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
    // Deleting twice is no error.
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  });

  it('accepts the good messages of a batch and tells of the others', async () => {
    const Entries = [
      { Id: 'a', MessageBody: 'fine' },
      { Id: 'b', MessageBody: '\u0000' },
      { Id: 'c', MessageBody: 'late', DelaySeconds: 901 },
    ];
    const { Successful = [], Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful.map(({ Id }) => Id)).toEqual(['a']);
    expect(Failed.map(({ Id, Code }) => [Id, Code])).toEqual([
      ['b', 'InvalidMessageContents'],
      ['c', 'InvalidParameterValue'],
    ]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a queue that is not there',
      () => client.send(new SendMessageCommand({ QueueUrl: 'http://x/1/none', MessageBody: 'a' })),
      'QueueDoesNotExist',
    ],
    ['an empty message', () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: '' })), 'MissingParameter'],
    [
      'more than 1 MiB',
      () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(1_048_577) })),
      'InvalidParameterValue',
    ],
    [
      'a delay above 15 minutes',
      () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', DelaySeconds: 901 })),
      'InvalidParameterValue',
    ],
    [
      'eleven at once',
      () =>
        client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, MessageBody: 'a' })),
          }),
        ),
      'TooManyEntriesInBatchRequest',
    ],
    ['none at once', () => client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] })), 'EmptyBatchRequest'],
    [
      'two of one id',
      () =>
        client.send(
          new SendMessageBatchCommand({ QueueUrl, Entries: [1, 2].map(() => ({ Id: 'a', MessageBody: 'a' })) }),
        ),
      'BatchEntryIdsNotDistinct',
    ],
    [
      'a batch above 1 MiB',
      () =>
        client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: [1, 2].map((at) => ({ Id: `${at}`, MessageBody: 'x'.repeat(600_000) })),
          }),
        ),
      'BatchRequestTooLong',
    ],
    [
      'eleven to receive',
      () => client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })),
      'InvalidParameterValue',
    ],
    [
      'a handle that is none',
      () => client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: 'x', VisibilityTimeout: 0 })),
      'ReceiptHandleIsInvalid',
    ],
    ['a FIFO queue', () => client.send(new CreateQueueCommand({ QueueName: 'q.fifo' })), 'InvalidParameterValue'],
    [
      'an attribute it does not know',
      () => client.send(new CreateQueueCommand({ QueueName: 'r', Attributes: { Colour: 'red' } as object })),
      'InvalidAttributeName',
    ],
  ])('refuses %s', async (_name, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });
});

describe('queues', () => {
  it('are found by name, and described', async () => {
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'q' }))).QueueUrl).toBe(QueueUrl);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', DelaySeconds: 60 }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b' }));
    const names = { QueueUrl, AttributeNames: ['All' as const] };
    const { Attributes } = await client.send(new GetQueueAttributesCommand(names));
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:q',
      VisibilityTimeout: '30',
    });
  });

  it('keeps its attributes when it is made twice, and refuses other ones', async () => {
    const create = (VisibilityTimeout: string) =>
      client.send(new CreateQueueCommand({ QueueName: 'twice', Attributes: { VisibilityTimeout } }));
    expect((await create('60')).QueueUrl).toBe((await create('60')).QueueUrl);
    await expect(create('61')).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  it('moves what was received too often to the dead letters', async () => {
    const dead = await client.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const Attributes = { RedrivePolicy, VisibilityTimeout: '0' };
    ({ QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'watched', Attributes })));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    expect((await receiveOne())?.Body).toBe('a');
    expect(await receiveOne()).toBeUndefined();
    ({ QueueUrl } = dead);
    expect((await receiveOne())?.Body).toBe('a');
  });
});
