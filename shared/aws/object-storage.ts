import { S3Client } from '@aws-sdk/client-s3';
import { callTimeouts } from './clients.ts';

/** How long (ms) one try of a call may take: a part of a file is megabytes. */
export const objectTimeouts = { ...callTimeouts, requestTimeout: 20_000 };

/** The client for S3. A stand-in named by the environment finds buckets in paths only, not in host names. */
export function createS3Client(requestHandler = objectTimeouts): S3Client {
  return new S3Client({
    maxAttempts: 5,
    requestHandler,
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined,
    // S3 makes its own; those of parts would have to be told again when the upload is completed.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}
