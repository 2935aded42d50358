import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';

/** The queues upstream systems send changes to. */
export const changeQueues = ['profileChanges', 'levelChanges', 'leadEvents', 'accountChanges'] as const;
/** One of the queues upstream systems send changes to. */
export type ChangeQueue = (typeof changeQueues)[number];

const noteEveryMs = 2_000;
const lastNotedAt = new Map<ChangeQueue, number>();

/** Notes, at most every two seconds, the moment at which the newest message of a batch was sent. */
export async function noteFreshness(
  documents: DynamoDBDocumentClient,
  table: string,
  queue: ChangeQueue,
  event: SQSEvent,
): Promise<void> {
  const now = Date.now();
  if (now - (lastNotedAt.get(queue) ?? 0) < noteEveryMs) return;
  lastNotedAt.set(queue, now);
  const sentAt = Math.max(...event.Records.map(({ attributes }) => Number(attributes.SentTimestamp)));
  await documents.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: 'freshness', sk: queue },
      UpdateExpression: 'SET processedSentAt = :sentAt, notedAt = :now',
      ExpressionAttributeValues: { ':sentAt': sentAt, ':now': now },
    }),
  );
}

/** When the newest processed message of each queue was sent (epoch ms). */
export async function readFreshness(
  documents: DynamoDBDocumentClient,
  table: string,
): Promise<ReadonlyMap<string, number>> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'freshness' },
    }),
  );
  return new Map((answer.Items ?? []).map((item) => [item.sk, item.processedSentAt]));
}
