import { createServer, type Server, type Socket } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callTimeouts, createClients } from '../../shared/aws/clients.ts';
import { createS3Client, objectTimeouts } from '../../shared/aws/object-storage.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Lets everybody connect, and answers that much of an answer, or nothing. */
let server: Server;
let connections: Socket[];
let answer: string;

beforeEach(async () => {
  answer = '';
  connections = [];
  server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => socket.write(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  for (const connection of connections) connection.destroy();
  await new Promise((resolve) => server.close(resolve));
  vi.unstubAllEnvs();
});

// As configured, but sooner.
const soon = <T extends object>(timeouts: T) => ({ ...timeouts, requestTimeout: 50 });
const key = { TableName: 'T', Key: { pk: { S: 'a' } } };
const clientsSoon = () => createClients(soon(callTimeouts));

test.each<[string, () => Promise<unknown>]>([
  ['DynamoDB', () => clientsSoon().dynamodb.send(new GetItemCommand(key))],
  ['DynamoDB documents', () => clientsSoon().documents.send(new GetCommand({ TableName: 'T', Key: { pk: 'a' } }))],
  [
    'SQS',
    () =>
      clientsSoon().sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: `${process.env.AWS_ENDPOINT_URL_SQS}/0/q`,
          Entries: [{ Id: '0', MessageBody: 'x' }],
        }),
      ),
  ],
  ['EventBridge', () => clientsSoon().eventBridge.send(new PutEventsCommand({ Entries: [{ Source: 's' }] }))],
  ['S3', () => createS3Client(soon(objectTimeouts)).send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))],
])('a call of %s that nobody answers is tried five times, then ends', async (_, call) => {
  await expect(call()).rejects.toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 5 } });
  expect(connections).toHaveLength(5);
});

test('an answer that stops in the middle ends, too', async () => {
  answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 100\r\n\r\n{"Item":';
  const { dynamodb } = createClients({ ...callTimeouts, socketTimeout: 50 });
  await expect(dynamodb.send(new GetItemCommand(key))).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('all tries of a call fit into the 29 seconds of the shortest function', () => {
  expect(5 * callTimeouts.requestTimeout).toBeLessThan(29_000);
  expect(callTimeouts.connectionTimeout).toBeLessThan(callTimeouts.requestTimeout);
});
