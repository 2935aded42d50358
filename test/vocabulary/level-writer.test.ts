import { expect, test } from 'vitest';
import { type Catalog, type CatalogSave, compileCatalog } from '../../shared/catalog/catalog.ts';
import { CatalogMovedError } from '../../shared/catalog/catalog-log.ts';
import { createLevelWriter } from '../../shared/vocabulary/level-writer.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const names = ['Cold', 'Hot'];

/** A writer whose saves fail as told, the first first; and what it did. */
function writerWith(...failures: readonly (Error | undefined)[]) {
  let catalog: Catalog = compileCatalog(7, [], { levels: defaultLevels, eventRetentionDays: 400 });
  const saves: CatalogSave[] = [];
  const started: number[] = [];
  const notes: string[] = [];
  const store = async (kind: string, levels: readonly string[], save: CatalogSave) => {
    const failure = failures[saves.length];
    saves.push(save);
    const { savedInCatalog: version } = save;
    const isStored = failure === undefined;
    const context = { ...catalog.context, levels: { ...defaultLevels, ...(isStored && { [kind]: levels }) } };
    catalog = compileCatalog(version, [], context);
    if (failure) throw failure;
  };
  const writer = createLevelWriter(
    store,
    { current: async () => catalog },
    async ({ version }) => {
      started.push(version);
      if (version === 99) throw new Error('the queue is away');
    },
    { now: () => now, pause: async () => {}, note: (text) => notes.push(text) },
  );
  const jumpTo = (version: number) => {
    catalog = { ...catalog, version };
  };
  return { writer, saves, started, notes, jumpTo };
}

test('levels are saved in the next catalog version, and what compares by them is recalculated with it', async () => {
  const { writer, saves, started } = writerWith();
  expect(await writer.save('engagement', names)).toEqual({
    levels: { ...defaultLevels, engagement: names },
    revision: 8,
  });
  expect(saves).toEqual([{ savedInCatalog: 8, savedAt: '2026-03-10T12:00:00.000Z' }]);
  expect(started).toEqual([8]);
});

test('the same levels again change nothing', async () => {
  const { writer, saves, started } = writerWith();
  await writer.save('engagement', names);
  await writer.save('engagement', names);
  expect([saves.length, started.length]).toEqual([1, 1]);
});

test('levels are saved after whoever saved meanwhile; not for ever', async () => {
  const { writer, saves } = writerWith(new CatalogMovedError());
  await writer.save('engagement', names);
  expect(saves.map(({ savedInCatalog }) => savedInCatalog)).toEqual([8, 9]);
  const busy = writerWith(...Array.from({ length: 20 }, () => new CatalogMovedError()));
  await expect(busy.writer.save('engagement', names)).rejects.toMatchObject({ status: 429, code: 'too_many_saves' });
});

test('what else goes wrong is told', async () => {
  const { writer } = writerWith(new Error('away'));
  await expect(writer.save('engagement', names)).rejects.toThrow('away');
});

test('a save holds, though its recalculations cannot be started yet', async () => {
  const { writer, notes, jumpTo } = writerWith();
  jumpTo(98);
  expect(await writer.save('engagement', names)).toMatchObject({ levels: { engagement: names } });
  expect(notes).toEqual([expect.stringContaining('engagement')]);
});
