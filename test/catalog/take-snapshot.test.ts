import { expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import { StoredCatalog, savedAt } from './stored-catalog.ts';

const minuteMs = 60_000;
const segment = (id: string): Segment => ({
  ...{ id, name: id, description: '', active: true, match: 'all', rules: [], revision: 1, conditions: [] },
  ...{ savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt },
});

test('a snapshot is taken of what there is, at most every ten minutes, and only if something moved', async () => {
  const catalog = new StoredCatalog();
  await catalog.takeSnapshot();
  expect(catalog.files.size).toBe(0);
  const versions: (number | undefined)[] = [];
  for (let minute = 0; minute < 40; minute += 5) {
    if (minute < 20) catalog.save(segment(`at ${minute}`));
    await catalog.takeSnapshot();
    versions.push(catalog.snapshot?.version);
    catalog.now += 5 * minuteMs;
  }
  expect(versions).toEqual([1, 1, 3, 3, 4, 4, 4, 4]);
  expect([...catalog.files.keys()]).toEqual([catalog.snapshot?.key]);
});

test('one that did not move is written again each day, under its name', async () => {
  const catalog = new StoredCatalog(segment('a'));
  await catalog.takeSnapshot();
  const [first] = catalog.files.keys();
  catalog.files.clear();
  catalog.now += 24 * 60 * minuteMs;
  await catalog.takeSnapshot();
  expect([...catalog.files.keys()]).toEqual([first]);
  expect(catalog.snapshot?.takenAt).toBe(catalog.now);
});

test('one of another format is replaced at once', async () => {
  const catalog = new StoredCatalog(segment('a'));
  await catalog.takeSnapshot();
  const taken = catalog.snapshot!;
  catalog.snapshot = { ...taken, format: 'another', key: 'another' };
  await catalog.takeSnapshot();
  expect(catalog.snapshot).toEqual(taken);
});

test('it holds what there was at its version, though somebody saves while it is taken', async () => {
  const catalog = new StoredCatalog(segment('a'));
  catalog.meanwhile.push(() => catalog.save(segment('b')));
  await catalog.takeSnapshot();
  expect(catalog.snapshot?.version).toBe(2);
  catalog.reads.length = 0;
  expect([...(await catalog.reader().current()).known.keys()]).toEqual(['a', 'b']);
  expect(catalog.reads).toEqual(['snapshot']);
});

test('of two that are taken at once one counts, and its file stays', async () => {
  const catalog = new StoredCatalog(segment('a'));
  await catalog.takeSnapshot();
  catalog.now += 10 * minuteMs;
  catalog.save(segment('b'));
  catalog.meanwhile.push(
    () => undefined,
    () => catalog.save(segment('c')),
  );
  await Promise.all([catalog.takeSnapshot(), catalog.takeSnapshot()]);
  expect(catalog.files.has(catalog.snapshot!.key)).toBe(true);
  expect([...(await catalog.reader().current()).known.keys()].sort()).toEqual(['a', 'b', 'c']);
  expect(catalog.notes).toEqual([]);
});

test('what fails is told, and fails nothing else', async () => {
  const catalog = new StoredCatalog(segment('a'));
  catalog.files.set = () => {
    throw new Error('The bucket is gone');
  };
  await catalog.takeSnapshot();
  expect(catalog.snapshot).toBeUndefined();
  expect(catalog.notes).toEqual(['No snapshot of the catalog could be taken: Error: The bucket is gone']);
});
