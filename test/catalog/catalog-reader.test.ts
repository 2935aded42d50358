import { expect, test } from 'vitest';
import { type CatalogSource, createCatalogReader } from '../../shared/catalog/catalog-reader.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const savedAt = '2026-03-10T00:00:00.000Z';
const segment = (id: string, name = id): Segment => ({
  ...{ id, name, description: '', active: true, match: 'all', rules: [], revision: 1, conditions: [] },
  ...{ savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt },
});

/** Segments that are stored, with a log of what moved the catalog; `reads`: what was asked of them. */
function storedSegments(...first: readonly Segment[]) {
  const stored = new Map(first.map((one) => [one.id, one]));
  const log: string[] = first.map(({ id }) => id);
  const reads: string[] = [];
  const meanwhile: (() => void)[] = [];
  const save = (one: Segment) => {
    stored.set(one.id, one);
    log.push(one.id);
  };
  const source: CatalogSource = {
    catalogVersion: async () => log.length,
    all: async () => {
      reads.push('all');
      const read = [...stored.values()];
      meanwhile.shift()?.();
      return read;
    },
    getMany: async (ids) => {
      reads.push([...ids].sort().join(' '));
      const read = ids.flatMap((id) => stored.get(id) ?? []);
      meanwhile.shift()?.();
      return read;
    },
    savedBetween: async (from, to) => (from === 0 ? undefined : new Set(log.slice(from, to))),
    levels: async () => ({ levels: defaultLevels, levelSaves: {} }),
  };
  const remove = (id: string) => {
    stored.delete(id);
    log.push(id);
  };
  return { source, reads, save, remove, meanwhile };
}

test('is read once, and again only what moved it', async () => {
  const { source, reads, save, remove } = storedSegments(segment('a'), segment('b'), segment('c'));
  const reader = createCatalogReader(source, 400);
  const first = await reader.current();
  expect(await reader.current()).toBe(first);
  save(segment('a', 'A'));
  remove('b');
  const { version, known } = await reader.current();
  expect(version).toBe(5);
  expect([...known.values()].map(({ name }) => name).sort()).toEqual(['A', 'c']);
  expect(reads).toEqual(['all', 'a b']);
});

test('is what was there at its version, though somebody saves while it is read', async () => {
  const { source, save, meanwhile } = storedSegments(segment('a'));
  const reader = createCatalogReader(source, 400);
  meanwhile.push(
    () => save(segment('b')),
    () => save(segment('b', 'B')),
  );
  const { version, known } = await reader.current();
  expect(version).toBe(3);
  expect([...known.values()].map(({ name }) => name)).toEqual(['a', 'B']);
});

test('is read anew when the log does not say what moved it', async () => {
  const { source, reads, save } = storedSegments(segment('a'));
  const reader = createCatalogReader({ ...source, savedBetween: async () => undefined }, 400);
  await reader.current();
  save(segment('b'));
  expect([...(await reader.current()).known.keys()]).toEqual(['a', 'b']);
  expect(reads).toEqual(['all', 'all']);
});
