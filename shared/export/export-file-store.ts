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
import { type ExportJob, exportContentTypes } from './export.ts';
import { attachmentNamed } from './export-file-name.ts';

/** Of which export a file is. */
type OfExport = Pick<ExportJob, 'exportId' | 'format'>;

/** Files of exports in S3, each written part by part. */
export type ExportFileStore = ReturnType<typeof createExportFileStore>;

/** The files of exports in that bucket. */
export function createExportFileStore(s3: S3Client, bucket: string) {
  const place = ({ exportId, format = 'csv' }: OfExport) => ({ Bucket: bucket, Key: `${exportId}.${format}` });
  /** Two by turns, so that what an earlier version of the record names is there until the next one is stored. */
  const placeOfRest = (exportId: string, version: number) => ({
    Bucket: bucket,
    Key: `${exportId}.rest${version % 2 === 0 ? '' : '-2'}`,
  });
  const removeRest = async (exportId: string): Promise<void> => {
    for (const version of [0, 1]) await s3.send(new DeleteObjectCommand(placeOfRest(exportId, version)));
  };
  return {
    /** Begins an upload, and answers its id. */
    begin: async (job: OfExport & Pick<ExportJob, 'fileName'>): Promise<string> => {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({
          ...place(job),
          ContentType: exportContentTypes[job.format ?? 'csv'],
          ContentDisposition: attachmentNamed(job.fileName),
        }),
      );
      if (!UploadId) throw new Error(`S3 began no upload for ${job.exportId}`);
      return UploadId;
    },
    /** Uploads a part (numbers begin with 1), and answers how S3 names it. The same number again replaces it. */
    putPart: async (job: OfExport, uploadId: string, number: number, bytes: Uint8Array): Promise<string> => {
      const part = { ...place(job), UploadId: uploadId, PartNumber: number, Body: bytes };
      const { ETag } = await s3.send(new UploadPartCommand(part));
      if (!ETag) throw new Error(`S3 named no part ${number} of ${job.exportId}`);
      return ETag;
    },
    /** Keeps what is for a later part beside that version of the record, and answers how S3 names it. */
    putRest: async (exportId: string, version: number, bytes: Uint8Array): Promise<string> => {
      const { ETag } = await s3.send(new PutObjectCommand({ ...placeOfRest(exportId, version), Body: bytes }));
      if (!ETag) throw new Error(`S3 named no rest of ${exportId}`);
      return ETag;
    },
    /** What was kept beside that version under that name; undefined when there is none any more, or another. */
    rest: async (exportId: string, version: number, name: string): Promise<Uint8Array | undefined> => {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand(placeOfRest(exportId, version)));
        return ETag === name ? await Body?.transformToByteArray() : undefined;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    removeRest,
    /** Makes the file of its parts. */
    complete: async (job: OfExport, uploadId: string, parts: readonly string[]): Promise<void> => {
      const Parts = parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      const upload = { ...place(job), UploadId: uploadId, MultipartUpload: { Parts } };
      await s3.send(new CompleteMultipartUploadCommand(upload));
    },
    exists: async (job: OfExport): Promise<boolean> => {
      try {
        await s3.send(new HeadObjectCommand(place(job)));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },
    /** Removes the file, and what there is of the upload and the rest that are to become it. */
    remove: async (job: OfExport & Pick<ExportJob, 'uploadId'>): Promise<void> => {
      if (job.uploadId !== undefined) {
        try {
          await s3.send(new AbortMultipartUploadCommand({ ...place(job), UploadId: job.uploadId }));
        } catch (error) {
          // It is whole already, or was never begun.
          if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
        }
      }
      await s3.send(new DeleteObjectCommand(place(job)));
      await removeRest(job.exportId);
    },
    /** An address at which anybody may fetch the file for so long. */
    signedUrl: (job: OfExport, seconds: number): Promise<string> =>
      getSignedUrl(s3, new GetObjectCommand(place(job)), { expiresIn: seconds }),
  };
}
