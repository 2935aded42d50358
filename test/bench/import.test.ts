import { expect, it } from 'vitest';
import { benchImport } from '../../bench/import.ts';

it('reads and plans every row of the file that it makes', async () => {
  expect(await benchImport(2_500)).toEqual({
    'import.rowsPerSecond': expect.any(Number),
    'import.heapGrowthMb': expect.any(Number),
  });
});
