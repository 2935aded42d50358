import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';

/** What is noted of a batch that a stream gave up: the event of its object in the bucket. */
export const batchNoteSchema = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string().min(1) }),
  }),
});

/** Lambda's record of a batch that it gave up, as far as it matters here; `payload`: what the function was to handle. */
const batchSchema = z.object({
  requestContext: z.object({ functionArn: z.string().min(1), condition: z.string() }),
  payload: z.string().min(1),
});

/** A batch that a stream gave up. */
export interface StreamBatch {
  readonly functionArn: string;
  readonly reason: string;
  readonly payload: string;
}

/** Batches that streams gave up, by the bodies of their notes. */
export interface StreamBatches {
  /** Throws when the bucket no longer has it. */
  readonly read: (note: string) => Promise<StreamBatch>;
  /** Has the function of the stream handle it again; answers why it failed, if so. */
  readonly replay: (note: string) => Promise<string | undefined>;
  readonly forget: (note: string) => Promise<void>;
}

/** The batches in buckets, and the functions that handle them. */
export function createStreamBatches(s3: S3Client, lambda: LambdaClient): StreamBatches {
  const read = async (note: string): Promise<StreamBatch> => {
    const { Body } = await s3.send(new GetObjectCommand(placeOf(note)));
    const text = (await Body?.transformToString()) ?? '';
    const { requestContext, payload } = batchSchema.parse(JSON.parse(text));
    const { functionArn, condition } = requestContext;
    return { functionArn, reason: `${condition} of ${functionArn.split(':function:').at(-1)}`, payload };
  };
  return {
    read,
    replay: async (note) => {
      const { functionArn, payload } = await read(note);
      const answer = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) }));
      const result = answer.Payload?.transformToString() ?? '';
      if (answer.FunctionError !== undefined) return `${answer.FunctionError}: ${result.slice(0, 500)}`;
      const { batchItemFailures = [] } = (JSON.parse(result) ?? {}) as { batchItemFailures?: unknown[] };
      return batchItemFailures.length > 0 ? `${batchItemFailures.length} of its records failed` : undefined;
    },
    forget: async (note) => {
      await s3.send(new DeleteObjectCommand(placeOf(note)));
    },
  };
}

function placeOf(note: string): { Bucket: string; Key: string } {
  const { bucket, object } = batchNoteSchema.parse(JSON.parse(note)).detail;
  return { Bucket: bucket.name, Key: object.key };
}
