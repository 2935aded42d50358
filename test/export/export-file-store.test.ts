import { expect, onTestFinished, test, vi } from 'vitest';
import { startS3 } from '../../local/aws/s3.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { createExportFileStore } from '../../shared/export/export-file-store.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';

async function fileStore() {
  const s3 = await startS3(temporaryDirectory(), ['exports'], { port: 0, what: 'S3', flag: '--s3-port' });
  onTestFinished(() => s3.stop());
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return createExportFileStore(createS3Client(), 'exports');
}

test('what is kept for the next part comes back as it was, until the version after the next is stored or it is removed', async () => {
  const files = await fileStore();
  const text = Buffer.from('\ufeffleadId,since\r\nl1,"Zoë, 日本"\r\n');
  const restOf = async (version: number, name: string) => {
    const rest = await files.rest('exp_1', version, name);
    return rest && Buffer.from(rest);
  };
  const name = await files.putRest('exp_1', 4, text);
  expect(await restOf(4, name)).toEqual(text);
  const next = await files.putRest('exp_1', 5, Buffer.from('of the next version'));
  expect(await restOf(4, name)).toEqual(text);
  await files.putRest('exp_1', 6, Buffer.from('of the one after it'));
  expect(await restOf(4, name)).toBeUndefined();
  expect(await restOf(5, next)).toEqual(Buffer.from('of the next version'));
  await files.remove({ exportId: 'exp_1' });
  expect(await restOf(5, next)).toBeUndefined();
  await files.removeRest('exp_1');
});

test.each([
  [undefined, 'text/csv; charset=utf-8'],
  ['jsonl', 'application/jsonl; charset=utf-8'],
  ['parquet', 'application/vnd.apache.parquet'],
] as const)('a file of the format %s is fetched as %s', async (format, contentType) => {
  const files = await fileStore();
  const job = { exportId: 'exp_1', fileName: 'Hot.x', ...(format && { format }) };
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  const uploadId = await files.begin(job);
  await files.complete(job, uploadId, [await files.putPart(job, uploadId, 1, bytes)]);
  expect(await files.exists(job)).toBe(true);
  const file = await fetch(await files.signedUrl(job, 60));
  expect(file.headers.get('content-type')).toBe(contentType);
  expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
  await files.remove(job);
  expect(await files.exists(job)).toBe(false);
});
