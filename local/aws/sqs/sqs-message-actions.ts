import { type AwsActions, AwsError, type JsonObject } from '../aws-json.ts';
import { type Message, type MessageAttributes, newMessage } from './message.ts';
import { md5, md5OfAttributes } from './message-md5.ts';
import type { MessageQueue, ReceivedMessage } from './message-queue.ts';
import type { QueuesOfSqs } from './queues-of-sqs.ts';

const limitBytes = 1_048_576;

interface Entry extends JsonObject {
  Id: string;
}

/** The operations of SQS on messages. */
export function messageActions(sqs: QueuesOfSqs): AwsActions {
  return {
    SendMessage: (input, headers) => {
      const queue = sqs.byUrl(input);
      const message = parseMessage(queue, input, headers);
      queue.add([message]);
      return describeSent(message);
    },
    SendMessageBatch: (input, headers) => {
      const queue = sqs.byUrl(input);
      const entries = readEntries(input);
      const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (size > limitBytes)
        throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${limitBytes} bytes.`);
      const accepted: Message[] = [];
      const result = eachEntry(entries, (entry) => {
        const message = parseMessage(queue, entry, headers);
        accepted.push(message);
        return describeSent(message);
      });
      if (accepted.length > 0) queue.add(accepted);
      return result;
    },
    ReceiveMessage: (input) => receive(sqs.byUrl(input), input),
    DeleteMessage: (input) => sqs.byUrl(input).delete([receiptHandle(input)]),
    DeleteMessageBatch: (input) => {
      const queue = sqs.byUrl(input);
      const handles: string[] = [];
      const result = eachEntry(readEntries(input), (entry) => {
        handles.push(receiptHandle(entry));
        return {};
      });
      queue.delete(handles);
      return result;
    },
    ChangeMessageVisibility: (input) => changeVisibility(sqs.byUrl(input), input),
    ChangeMessageVisibilityBatch: (input) => {
      const queue = sqs.byUrl(input);
      return eachEntry(readEntries(input), (entry) => changeVisibility(queue, entry));
    },
  };
}

async function receive(queue: MessageQueue, input: JsonObject): Promise<JsonObject> {
  const max = integer(input.MaxNumberOfMessages, 'MaxNumberOfMessages', 1, 10) ?? 1;
  const visibility = integer(input.VisibilityTimeout, 'VisibilityTimeout', 0, 43_200);
  const wait = integer(input.WaitTimeSeconds, 'WaitTimeSeconds', 0, 20);
  const deadline = Date.now() + (wait ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds ?? 0)) * 1_000;
  const visibilityMs = visibility === undefined ? undefined : visibility * 1_000;
  for (;;) {
    const received = queue.receive(max, visibilityMs, limitBytes);
    if (received.length > 0) return { Messages: received.map((one) => describeReceived(one, input)) };
    if (Date.now() >= deadline) return {};
    await queue.waitForMessage(deadline - Date.now());
  }
}

function describeReceived({ message, receiptHandle }: ReceivedMessage, input: JsonObject): JsonObject {
  const wantedSystem = [...list(input.AttributeNames), ...list(input.MessageSystemAttributeNames)];
  const wanted = list(input.MessageAttributeNames);
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wantedSystem.includes('All') || wantedSystem.includes(name),
  );
  const own = Object.entries(message.attributes ?? {}).filter(([name]) =>
    wanted.some((one) => one === 'All' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2)))),
  );
  const attributes = Object.fromEntries(own);
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.length > 0 && { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

/** What SQS itself says of a received message. */
export function systemAttributes(message: Message): Record<string, string> {
  const trace = message.systemAttributes?.AWSTraceHeader?.StringValue;
  return {
    SenderId: 'AIDALOCAL',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.deadLetterSourceArn && { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
    ...(trace && { AWSTraceHeader: trace }),
  };
}

function parseMessage(queue: MessageQueue, input: JsonObject, headers: Readonly<Record<string, unknown>>): Message {
  const body = input.MessageBody;
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(body)) {
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  const limit = Number(queue.attributes.MaximumMessageSize ?? limitBytes);
  if (sizeOf(input) > limit) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  const delay = integer(input.DelaySeconds, 'DelaySeconds', 0, 900) ?? Number(queue.attributes.DelaySeconds ?? 0);
  const message = newMessage(body, parseAttributes(input.MessageAttributes), delay, queue.clock.now());
  const trace = headers['x-amzn-trace-id'];
  const system = {
    ...(typeof trace === 'string' && { AWSTraceHeader: { DataType: 'String', StringValue: trace } }),
    ...parseAttributes(input.MessageSystemAttributes),
  };
  return Object.keys(system).length > 0 ? { ...message, systemAttributes: system } : message;
}

function parseAttributes(value: unknown): MessageAttributes {
  const attributes = (value ?? {}) as MessageAttributes;
  const entries = Object.entries(attributes);
  if (entries.length > 10)
    throw new AwsError('InvalidParameterValue', 'Number of message attributes exceeds the allowed maximum 10.');
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    const kind = /^(String|Number|Binary)(\.|$)/.exec(DataType ?? '')?.[1];
    if (!kind)
      throw new AwsError(
        'InvalidParameterValue',
        `The message attribute '${name}' has an invalid message attribute type.`,
      );
    if (!(kind === 'Binary' ? BinaryValue : StringValue)) {
      throw new AwsError(
        'InvalidParameterValue',
        `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
      );
    }
  }
  return attributes;
}

function sizeOf(input: JsonObject): number {
  let size = Buffer.byteLength(String(input.MessageBody ?? ''));
  for (const [name, attribute] of Object.entries((input.MessageAttributes ?? {}) as MessageAttributes)) {
    const { DataType = '', StringValue = '', BinaryValue = '' } = attribute;
    size += Buffer.byteLength(name + DataType + StringValue) + Buffer.from(BinaryValue, 'base64').length;
  }
  return size;
}

function describeSent(message: Message): JsonObject {
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    ...(message.attributes && { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
  };
}

function changeVisibility(queue: MessageQueue, input: JsonObject): JsonObject {
  const seconds = integer(input.VisibilityTimeout, 'VisibilityTimeout', 0, 43_200);
  if (seconds === undefined)
    throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  if (!queue.changeVisibility(receiptHandle(input), seconds * 1_000)) {
    throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
  }
  return {};
}

function receiptHandle(input: JsonObject): string {
  const handle = String(input.ReceiptHandle ?? '');
  if (!/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/.test(handle)) {
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return handle;
}

function readEntries(input: JsonObject): Entry[] {
  const entries = (input.Entries ?? []) as Entry[];
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw new AwsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  if (entries.some(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(String(Id)))) {
    throw new AwsError('InvalidBatchEntryId', 'A batch entry id has 1 to 80 letters, digits, hyphens, underscores.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  return entries;
}

function eachEntry(entries: Entry[], act: (entry: Entry) => JsonObject): JsonObject {
  const Successful: JsonObject[] = [];
  const Failed: JsonObject[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function integer(value: unknown, name: string, low: number, high: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < low || number > high) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between ${low} and ${high}.`,
    );
  }
  return number;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
