import type { Surroundings } from '../aws/surroundings.ts';
import { type Catalog, changeCatalog, compileCatalog } from './catalog.ts';
import { type CatalogSource, type CatalogState, loadUnmoved, readChange, readContents } from './catalog-contents.ts';
import { decodeSnapshot, snapshotFormat } from './snapshot-file.ts';

/** Where snapshots are read from, and who is told when that fails. */
export interface Snapshots {
  readonly read: (key: string) => Promise<Uint8Array>;
  readonly note: Surroundings['note'];
}

/**
 * Keeps a compiled catalog warm: one small read while it has not moved, and only what changed when it has. The first time it
 * reads the snapshot and what changed since; the whole table where there is none, and where anything is wrong with it.
 */
export function createCatalogReader(
  source: CatalogSource,
  eventRetentionDays: number,
  snapshots?: Snapshots,
): { current: () => Promise<Catalog> } {
  let catalog: Catalog | undefined;
  let loading: Promise<Catalog> | undefined;

  const readSnapshot = async ({ version, snapshot }: CatalogState): Promise<Catalog | undefined> => {
    if (!snapshots || snapshot?.format !== snapshotFormat || snapshot.version > version) return undefined;
    try {
      const [file, change] = await Promise.all([
        snapshots.read(snapshot.key),
        readChange(source, snapshot.version, version),
      ]);
      if (!change) throw new Error(`The log does not reach back from version ${version} to ${snapshot.version}`);
      const { segments, levels, matcher } = decodeSnapshot(file, snapshot);
      const taken = compileCatalog(snapshot.version, segments, { ...levels, eventRetentionDays }, matcher);
      return snapshot.version === version ? taken : changeCatalog(taken, version, change);
    } catch (error) {
      snapshots.note('The snapshot of the catalog cannot be used; all segments are read', error);
      return undefined;
    }
  };

  const load = async (known: Catalog | undefined, state: CatalogState): Promise<Catalog> => {
    const { version } = state;
    const change = known && (await readChange(source, known.version, version));
    if (known && change) return changeCatalog(known, version, change);
    const restored = await readSnapshot(state);
    if (restored) return restored;
    const { segments, levels } = await readContents(source, version);
    return compileCatalog(version, segments, { ...levels, eventRetentionDays });
  };

  /** Whoever asks while it is being loaded waits for that, and then looks whether it is what he needs. */
  const loadOnce = (known: Catalog | undefined, state: CatalogState): Promise<Catalog> => {
    loading ??= load(known, state).finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return {
    current: async () => {
      catalog = await loadUnmoved(source, catalog, loadOnce);
      return catalog;
    },
  };
}
