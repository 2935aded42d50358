import type { CatalogLevels, CatalogSave } from '../../shared/catalog/catalog.ts';
import type { CatalogSource, SnapshotNote } from '../../shared/catalog/catalog-contents.ts';
import { createCatalogReader } from '../../shared/catalog/catalog-reader.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { createSnapshotTaker } from '../../shared/catalog/take-snapshot.ts';
import type { LevelKind } from '../../shared/rule/levels.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

export const savedAt = '2026-03-10T00:00:00.000Z';

/** A catalog as the table has it, with the log of what moved it and its snapshots: what was asked of it, it tells. */
export class StoredCatalog {
  readonly stored = new Map<string, Segment>();
  /** The log: a segment's id, or `levels`. */
  readonly log: string[] = [];
  /** The log is kept from that version on. */
  loggedFrom = 0;
  levels: CatalogLevels = { levels: defaultLevels, levelSaves: {} };
  snapshot: SnapshotNote | undefined;
  readonly files = new Map<string, Uint8Array>();
  /** What was read, but for the catalog's state. */
  readonly reads: string[] = [];
  /** What people were told. */
  readonly notes: string[] = [];
  /** What happens while segments are read, one at a time. */
  readonly meanwhile: (() => void)[] = [];
  now = Date.parse(savedAt);

  constructor(...segments: readonly Segment[]) {
    for (const segment of segments) this.save(segment);
  }

  save(segment: Segment): void {
    this.stored.set(segment.id, segment);
    this.log.push(segment.id);
  }

  remove(segmentId: string): void {
    this.stored.delete(segmentId);
    this.log.push(segmentId);
  }

  setLevels(kind: LevelKind, names: readonly string[]): void {
    this.log.push('levels');
    const save: CatalogSave = { savedInCatalog: this.log.length, savedAt };
    this.levels = {
      levels: { ...this.levels.levels, [kind]: names },
      levelSaves: { ...this.levels.levelSaves, [kind]: save },
    };
  }

  readonly source: CatalogSource = {
    catalogState: async () => ({ version: this.log.length, snapshot: this.snapshot }),
    all: async () => this.read('all', [...this.stored.values()]),
    getMany: async (ids) =>
      this.read(
        [...ids].sort().join(' '),
        ids.flatMap((id) => this.stored.get(id) ?? []),
      ),
    movesBetween: async (from, to) => {
      this.reads.push('log');
      if (from < this.loggedFrom) return undefined;
      const moves = this.log.slice(from, to);
      return { segmentIds: new Set(moves.filter((move) => move !== 'levels')), hasLevels: moves.includes('levels') };
    },
    levels: async () => {
      this.reads.push('levels');
      return this.levels;
    },
  };

  /** A reader that starts now. */
  reader({ withoutSnapshots = false } = {}) {
    return createCatalogReader(
      this.source,
      400,
      withoutSnapshots ? undefined : { read: this.readFile, note: this.note },
    );
  }

  readonly takeSnapshot = createSnapshotTaker({
    source: this.source,
    now: () => this.now,
    note: (what, error) => this.note(what, error),
    noteSnapshot: async (snapshot, before) => {
      if (this.snapshot?.takenAt !== before?.takenAt) return false;
      this.snapshot = snapshot;
      return true;
    },
    files: {
      write: async (key, file) => void this.files.set(key, file),
      remove: async (key) => void this.files.delete(key),
    },
  });

  private readonly readFile = async (key: string): Promise<Uint8Array> => {
    this.reads.push('snapshot');
    const file = this.files.get(key);
    if (!file) throw new Error(`There is no ${key}`);
    return file;
  };

  private readonly note = (what: string, error: unknown): void => {
    this.notes.push(`${what}: ${error}`);
  };

  private read<T>(what: string, answer: T): T {
    this.reads.push(what);
    this.meanwhile.shift()?.();
    return answer;
  }
}
