import {
  AbortMultipartUploadCommand,
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

/** Files of exports in S3, each written part by part. */
export type ExportFileStore = ReturnType<typeof createExportFileStore>;

/** The files of exports in that bucket. */
export function createExportFileStore(s3: S3Client, bucket: string) {
  const place = (exportId: string) => ({ Bucket: bucket, Key: `${exportId}.csv` });
  const placeOfRest = (exportId: string) => ({ Bucket: bucket, Key: `${exportId}.rest` });
  return {
    /** Begins an upload, and answers its id. */
    begin: async (exportId: string, fileName: string): Promise<string> => {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({
          ...place(exportId),
          ContentType: 'text/csv; charset=utf-8',
          ContentDisposition: `attachment; filename="${fileName}"`,
        }),
      );
      if (!UploadId) throw new Error(`S3 began no upload for ${exportId}`);
      return UploadId;
    },
    /** Uploads a part (numbers begin with 1), and answers how S3 names it. The same number again replaces it. */
    putPart: async (exportId: string, uploadId: string, number: number, text: string): Promise<string> => {
      const part = { ...place(exportId), UploadId: uploadId, PartNumber: number, Body: Buffer.from(text) };
      const { ETag } = await s3.send(new UploadPartCommand(part));
      if (!ETag) throw new Error(`S3 named no part ${number} of ${exportId}`);
      return ETag;
    },
    /** Keeps text for a later part, in place of what was kept before, and answers how S3 names it. */
    putRest: async (exportId: string, text: string): Promise<string> => {
      const { ETag } = await s3.send(new PutObjectCommand({ ...placeOfRest(exportId), Body: Buffer.from(text) }));
      if (!ETag) throw new Error(`S3 named no rest of ${exportId}`);
      return ETag;
    },
    /** The text that was kept under that name; undefined when there is none any more, or another. */
    rest: async (exportId: string, name: string): Promise<string | undefined> => {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand(placeOfRest(exportId)));
        // As bytes: a decoder of texts would drop the byte order mark that it may begin with.
        return ETag === name && Body ? Buffer.from(await Body.transformToByteArray()).toString() : undefined;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    removeRest: async (exportId: string): Promise<void> => {
      await s3.send(new DeleteObjectCommand(placeOfRest(exportId)));
    },
    /** Makes the file of its parts. */
    complete: async (exportId: string, uploadId: string, parts: readonly string[]): Promise<void> => {
      const Parts = parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      const upload = { ...place(exportId), UploadId: uploadId, MultipartUpload: { Parts } };
      await s3.send(new CompleteMultipartUploadCommand(upload));
    },
    exists: async (exportId: string): Promise<boolean> => {
      try {
        await s3.send(new HeadObjectCommand(place(exportId)));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },
    /** Removes the file, and what there is of the upload and the text that are to become it. */
    remove: async (exportId: string, uploadId: string | undefined): Promise<void> => {
      if (uploadId !== undefined) {
        try {
          await s3.send(new AbortMultipartUploadCommand({ ...place(exportId), UploadId: uploadId }));
        } catch (error) {
          // It is whole already, or was never begun.
          if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
        }
      }
      await s3.send(new DeleteObjectCommand(place(exportId)));
      await s3.send(new DeleteObjectCommand(placeOfRest(exportId)));
    },
    /** An address at which anybody may fetch the file for so long. */
    signedUrl: (exportId: string, seconds: number): Promise<string> =>
      getSignedUrl(s3, new GetObjectCommand(place(exportId)), { expiresIn: seconds }),
  };
}
