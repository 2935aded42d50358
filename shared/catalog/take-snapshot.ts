import type { Surroundings } from '../aws/surroundings.ts';
import {
  type CatalogContents,
  type CatalogSource,
  type CatalogState,
  changeContents,
  loadUnmoved,
  readChange,
  readContents,
  type SnapshotNote,
} from './catalog-contents.ts';
import { encodeSnapshot, isSnapshotDue } from './snapshot-file.ts';

/** What taking snapshots takes. */
export interface SnapshotPorts extends Pick<Surroundings, 'now' | 'note'> {
  readonly source: CatalogSource;
  /** Notes a snapshot in place of the one before it; answers whether that was still the one that counts. */
  readonly noteSnapshot: (snapshot: SnapshotNote, before: SnapshotNote | undefined) => Promise<boolean>;
  readonly files: {
    readonly write: (key: string, file: Uint8Array) => Promise<void>;
    readonly remove: (key: string) => Promise<void>;
  };
}

/**
 * Makes what takes a snapshot of the catalog when it is time. It is made of the table alone, never of another snapshot, so
 * that nothing wrong is handed on. A failure is only noted: without a snapshot, all segments are read.
 */
export function createSnapshotTaker({ source, noteSnapshot, files, now, note }: SnapshotPorts): () => Promise<void> {
  const load = async (known: CatalogContents | undefined, { version }: CatalogState): Promise<CatalogContents> => {
    const change = known && (await readChange(source, known.version, version));
    return known && change ? changeContents(known, version, change) : readContents(source, version);
  };
  const takeIfDue = async (): Promise<void> => {
    const { version, snapshot: before } = await source.catalogState();
    if (!isSnapshotDue(before, version, now())) return;
    const taken = encodeSnapshot(await loadUnmoved(source, undefined, load), now());
    await files.write(taken.note.key, taken.file);
    // One that is not noted is left to the bucket's lifecycle: the answer may have got lost, and it counts.
    const isNoted = await noteSnapshot(taken.note, before);
    if (isNoted && before && before.key !== taken.note.key) await files.remove(before.key);
  };
  return async () => {
    try {
      await takeIfDue();
    } catch (error) {
      note('No snapshot of the catalog could be taken', error);
    }
  };
}
