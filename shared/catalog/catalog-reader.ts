import type { Catalog, CatalogContext } from './catalog.ts';
import { changeCatalog, compileCatalog } from './catalog.ts';
import type { Segment } from './segment.ts';

/** Where a catalog is read from: all strongly consistent. */
export interface CatalogSource {
  readonly catalogVersion: () => Promise<number>;
  readonly all: () => Promise<readonly Segment[]>;
  readonly getMany: (segmentIds: readonly string[]) => Promise<readonly Segment[]>;
  /** Ids of the segments saved after one catalog version up to another; undefined when that is not known. */
  readonly savedBetween: (from: number, to: number) => Promise<ReadonlySet<string> | undefined>;
  readonly levels: () => Promise<Pick<CatalogContext, 'levels' | 'levelSaves'>>;
}

/** Keeps a compiled catalog warm: one small read while it has not moved, and only what changed when it has. */
export function createCatalogReader(
  store: CatalogSource,
  eventRetentionDays: number,
): { current: () => Promise<Catalog> } {
  let catalog: Catalog | undefined;
  const loadAll = async (version: number): Promise<Catalog> => {
    const [segments, levels] = await Promise.all([store.all(), store.levels()]);
    return compileCatalog(version, segments, { ...levels, eventRetentionDays });
  };
  const load = async (from: Catalog | undefined, version: number): Promise<Catalog> => {
    if (!from) return loadAll(version);
    const changedIds = await store.savedBetween(from.version, version);
    if (!changedIds) return loadAll(version);
    const saved = await store.getMany([...changedIds]);
    const savedIds = new Set(saved.map(({ id }) => id));
    const deleted = [...changedIds].filter((id) => !savedIds.has(id));
    return changeCatalog(from, version, saved, deleted);
  };
  return {
    current: async () => {
      let version = await store.catalogVersion();
      let loaded = catalog;
      // What is saved while it is read may be in it already: only a version that has not moved meanwhile is the one that
      // was read. Else documents would be stored as evaluated with a catalog that holds, or lacks, what a later one does.
      while (loaded?.version !== version) {
        loaded = await load(loaded, version);
        version = await store.catalogVersion();
      }
      catalog = loaded;
      return loaded;
    },
  };
}
