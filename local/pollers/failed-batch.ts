import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StandIns } from '../stand-ins.ts';

/** A batch that could not be processed, for the on-failure destination. */
export interface FailedBatch {
  functionArn: string;
  streamArn: string;
  records: DynamoDBRecord[];
  attempts: number;
  condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
}

/** Sends a batch that could not be processed to the on-failure destination, a queue or a bucket. */
export async function giveUp(
  { sqs, s3, buses, log }: StandIns,
  mapping: string,
  destination: string | undefined,
  batch: FailedBatch,
): Promise<void> {
  const queue = destination?.startsWith('arn:aws:sqs:') ? sqs.byArn(destination) : undefined;
  const bucket = destination?.startsWith('arn:aws:s3:::') ? destination.slice('arn:aws:s3:::'.length) : undefined;
  const kept = queue?.name ?? bucket ?? 'nowhere: they are skipped';
  log.error(`${mapping} gave up ${batch.records.length} stream records (${batch.condition}); they are in ${kept}.`);
  if (queue) sqs.send(queue, JSON.stringify(describeFailedBatch(batch, false)));
  if (bucket && s3) {
    const [day = '', time = ''] = new Date().toISOString().split('T');
    const key = `aws/lambda/${mapping}/shardId-00000001/${day.replaceAll('-', '/')}/${day}T${time.slice(0, 8).replaceAll(':', '.')}-${randomUUID()}`;
    await s3.put(bucket, key, JSON.stringify(describeFailedBatch(batch, true)));
    // As a bucket does that tells EventBridge of its objects.
    const created = buses.newEvent({
      source: 'aws.s3',
      detailType: 'Object Created',
      detail: { version: '0', bucket: { name: bucket }, object: { key }, reason: 'PutObject' },
      resources: [`arn:aws:s3:::${bucket}`],
    });
    buses.publish(created, 'default');
  }
}

/** The record that Lambda sends to an on-failure destination; the batch itself only goes to a bucket. */
function describeFailedBatch(batch: FailedBatch, withPayload: boolean): object {
  const { records, functionArn, streamArn, attempts, condition } = batch;
  const at = (record: DynamoDBRecord | undefined): string =>
    new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000).toISOString();
  return {
    requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: attempts },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001',
      startSequenceNumber: records[0]?.dynamodb?.SequenceNumber,
      endSequenceNumber: records.at(-1)?.dynamodb?.SequenceNumber,
      approximateArrivalOfFirstRecord: at(records[0]),
      approximateArrivalOfLastRecord: at(records.at(-1)),
      batchSize: records.length,
      streamArn,
    },
    ...(withPayload && { payload: JSON.stringify({ Records: records }) }),
  };
}
