import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { deliveryKey } from '../aws/segments-keys.ts';
import { mapConcurrently } from '../batch/batch.ts';

/** As long as a message can come again. */
const keptSeconds = 14 * 86_400;
/** Counting takes no longer (ms): what was not counted is counted with its next delivery. */
const patienceMs = 3_000;

/** Counts by message id; a message that could not be counted is missing. */
export type DeliveryCounts = ReadonlyMap<string, number>;

/** What is known of deliveries that reached a worker. */
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/**
 * Counts the deliveries that reached a worker, in the segments table, but for a message's first one. The count of SQS has
 * those, too, that Lambda received and could not invoke its function with, because it was throttled.
 */
export function createDeliveryStore(documents: DynamoDBDocumentClient, table: string) {
  const countBy =
    (attribute: 'deliveries' | 'alone') =>
    async (messageIds: readonly string[]): Promise<DeliveryCounts> => {
      const counts = new Map<string, number>();
      if (messageIds.length === 0) return counts;
      const abortSignal = AbortSignal.timeout(patienceMs);
      const expiresAt = Math.ceil(Date.now() / 1000) + keptSeconds;
      await mapConcurrently(messageIds, 16, async (messageId) => {
        const command = new UpdateCommand({
          TableName: table,
          Key: deliveryKey(messageId),
          UpdateExpression: 'ADD #count :one SET expiresAt = :expiresAt',
          ExpressionAttributeNames: { '#count': attribute },
          ExpressionAttributeValues: { ':one': 1, ':expiresAt': expiresAt },
          ReturnValues: 'ALL_NEW',
        });
        try {
          const { Attributes } = await documents.send(command, { abortSignal });
          counts.set(messageId, Number(Attributes?.[attribute]));
        } catch (error) {
          console.error(`A delivery of ${messageId} could not be counted`, error);
        }
      });
      return counts;
    };

  return {
    /** Counts one more delivery of each of these messages. */
    count: countBy('deliveries'),
    /** Counts one more delivery that each of them is tried alone in. */
    countAlone: countBy('alone'),
    /** Forgets a message that was handled. */
    forget: async (messageId: string): Promise<void> => {
      await documents.send(new DeleteCommand({ TableName: table, Key: deliveryKey(messageId) }));
    },
  };
}
