import { expect, onTestFinished, test, vi } from 'vitest';
import { startS3 } from '../../local/aws/s3.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { createExportFileStore } from '../../shared/export/export-file-store.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';

test('text that is kept for the next part comes back as it was, until other text is kept or it is removed', async () => {
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
  const files = createExportFileStore(createS3Client(), 'exports');
  const text = '\ufeffleadId,since\r\nl1,"Zoë, 日本"\r\n';
  const name = await files.putRest('exp_1', text);
  expect(await files.rest('exp_1', name)).toBe(text);
  await files.putRest('exp_1', 'of another delivery');
  expect(await files.rest('exp_1', name)).toBeUndefined();
  const other = await files.putRest('exp_1', text);
  await files.remove('exp_1', undefined);
  expect(await files.rest('exp_1', other)).toBeUndefined();
  await files.removeRest('exp_1');
});
