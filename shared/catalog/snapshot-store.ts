import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Whoever waits longer (ms) for a snapshot reads all segments instead: a function has other things to do as well. */
const patienceMs = 5_000;

/** The files of the catalog's snapshots in that bucket. */
export function createSnapshotStore(s3: S3Client, bucket: string) {
  return {
    read: async (key: string): Promise<Uint8Array> => {
      const abortSignal = AbortSignal.timeout(patienceMs);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      if (!Body) throw new Error(`S3 answered nothing for ${key}`);
      return Body.transformToByteArray();
    },
    write: async (key: string, file: Uint8Array): Promise<void> => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: file, ContentType: 'application/gzip' }));
    },
    remove: async (key: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
