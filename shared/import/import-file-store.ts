import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ReadBytes } from '../table/table-file.ts';
import { UnreadableFileError } from '../table/unreadable-file.ts';

/** What is kept of an import beside the file itself, as JSON. */
type Part = 'inspection' | 'mapping' | 'dry-run' | 'checkpoint' | 'result';

/** Bytes of one read. Longer ones would have S3 hang up on whoever waits in the middle, for queues to empty. */
const rangeBytes = 4 * 1024 * 1024;

/** The files of imports in S3: what was uploaded, what was found in it, and the rows that were refused. */
export type ImportFileStore = ReturnType<typeof createImportFileStore>;

/** The files of imports in that bucket. */
export function createImportFileStore(s3: S3Client, bucket: string) {
  const file = (importId: string) => ({ Bucket: bucket, Key: `${importId}.file` });
  const refused = (importId: string) => ({ Bucket: bucket, Key: `${importId}.refused.csv` });
  const json = (importId: string, part: Part, name: string) => ({
    Bucket: bucket,
    Key: `${importId}.${part}-${name}.json`,
  });

  return {
    /** An address at which anybody may put the file, within so many seconds. */
    uploadUrl: (importId: string, seconds: number): Promise<string> =>
      getSignedUrl(s3, new PutObjectCommand(file(importId)), { expiresIn: seconds }),

    /** What was uploaded: how S3 names its content, and how long it is; undefined when there is no file. */
    uploaded: async (importId: string): Promise<{ etag: string; bytes: number } | undefined> => {
      try {
        const { ETag, ContentLength } = await s3.send(new HeadObjectCommand(file(importId)));
        return { etag: ETag ?? '', bytes: ContentLength ?? 0 };
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    /** Reads the file as it was inspected; throws `UnreadableFileError` when it is gone, or another. */
    reader: (importId: string, { etag, bytes }: { etag: string; bytes: number }): ReadBytes =>
      async function* read(from) {
        for (let start = from; start < bytes; start += rangeBytes) {
          const Range = `bytes=${start}-${Math.min(start + rangeBytes, bytes) - 1}`;
          yield await bytesOf(s3, new GetObjectCommand({ ...file(importId), Range, IfMatch: etag }));
        }
      },

    /** Keeps JSON of an import under that name. */
    put: async (importId: string, part: Part, name: string, content: unknown): Promise<void> => {
      const Body = Buffer.from(JSON.stringify(content));
      await s3.send(new PutObjectCommand({ ...json(importId, part, name), Body, ContentType: 'application/json' }));
    },

    /** The JSON that was kept under that name; undefined when it is gone. */
    get: async (importId: string, part: Part, name: string): Promise<unknown> => {
      try {
        const { Body } = await s3.send(new GetObjectCommand(json(importId, part, name)));
        return Body && JSON.parse(await Body.transformToString());
      } catch (error) {
        // Whoever may not list the bucket is not told that there is no such object.
        if (error instanceof NoSuchKey || (error instanceof Error && error.name === 'AccessDenied')) return undefined;
        throw error;
      }
    },

    /** Removes the JSON that was kept under that name. */
    remove: async (importId: string, part: Part, name: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand(json(importId, part, name)));
    },

    /** Begins the file of refused rows, and answers the id of its upload. */
    beginRefused: async (importId: string, fileName: string): Promise<string> => {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({
          ...refused(importId),
          ContentType: 'text/csv; charset=utf-8',
          ContentDisposition: `attachment; filename="${fileName}"`,
        }),
      );
      if (!UploadId) throw new Error(`S3 began no upload for ${importId}`);
      return UploadId;
    },

    /** Uploads a part of it (numbers begin with 1), and answers how S3 names it. The same number again replaces it. */
    putRefused: async (importId: string, UploadId: string, PartNumber: number, text: string): Promise<string> => {
      const { ETag } = await s3.send(
        new UploadPartCommand({ ...refused(importId), UploadId, PartNumber, Body: Buffer.from(text) }),
      );
      if (!ETag) throw new Error(`S3 named no part ${PartNumber} of ${importId}`);
      return ETag;
    },

    /** Makes the file of refused rows; false when its upload is gone, or parts of it are others. Repeating it is harmless. */
    completeRefused: async (importId: string, UploadId: string, parts: readonly string[]): Promise<boolean> => {
      const Parts = parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      try {
        await s3.send(
          new CompleteMultipartUploadCommand({ ...refused(importId), UploadId, MultipartUpload: { Parts } }),
        );
        return true;
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name !== 'NoSuchUpload' && name !== 'InvalidPart') throw error;
      }
      try {
        await s3.send(new HeadObjectCommand(refused(importId)));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },

    /** An address at which anybody may fetch the refused rows for so long. */
    refusedUrl: (importId: string, seconds: number): Promise<string> =>
      getSignedUrl(s3, new GetObjectCommand(refused(importId)), { expiresIn: seconds }),

    /** Removes the file that was uploaded. */
    removeFile: async (importId: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand(file(importId)));
    },
  };
}

async function bytesOf(s3: S3Client, command: GetObjectCommand): Promise<Uint8Array> {
  try {
    const { Body } = await s3.send(command);
    if (!Body) throw new Error('S3 answered no bytes of a file');
    return await Body.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) throw new UnreadableFileError('The file is gone: files are kept for seven days.');
    if (error instanceof Error && error.name === 'PreconditionFailed') {
      throw new UnreadableFileError('The file was replaced by another one since it was inspected: inspect it again.');
    }
    throw error;
  }
}
