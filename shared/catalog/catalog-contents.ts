import type { CatalogChange, CatalogLevels } from './catalog.ts';
import type { Segment } from './segment.ts';

/** What a catalog is compiled from, as it was at one version. */
export interface CatalogContents {
  readonly version: number;
  readonly segments: readonly Segment[];
  readonly levels: CatalogLevels;
}

/** What the table says of the snapshot that counts: only such a file is believed. */
export interface SnapshotNote {
  readonly key: string;
  /** The catalog's version that the file holds. */
  readonly version: number;
  readonly format: string;
  /** Of the file, as hex. */
  readonly sha256: string;
  /** Epoch ms. */
  readonly takenAt: number;
}

/** How far the catalog is, and the snapshot that was taken of it last. */
export interface CatalogState {
  readonly version: number;
  readonly snapshot?: SnapshotNote | undefined;
}

/** What moved the catalog: saves and deletions of segments, and whether levels were changed. */
export interface CatalogMoves {
  readonly segmentIds: ReadonlySet<string>;
  readonly hasLevels: boolean;
}

/** Where a catalog is read from: all strongly consistent. */
export interface CatalogSource {
  readonly catalogState: () => Promise<CatalogState>;
  readonly all: () => Promise<readonly Segment[]>;
  readonly getMany: (segmentIds: readonly string[]) => Promise<readonly Segment[]>;
  /** What moved the catalog after one version up to another; undefined when that is not known. */
  readonly movesBetween: (from: number, to: number) => Promise<CatalogMoves | undefined>;
  readonly levels: () => Promise<CatalogLevels>;
}

/** Reads everything. */
export async function readContents(source: CatalogSource, version: number): Promise<CatalogContents> {
  const [segments, levels] = await Promise.all([source.all(), source.levels()]);
  return { version, segments, levels };
}

/** Reads just what changed after one version up to another; undefined when the log does not reach back. */
export async function readChange(source: CatalogSource, from: number, to: number): Promise<CatalogChange | undefined> {
  if (from === to) return { saved: [], deleted: [] };
  const moves = await source.movesBetween(from, to);
  if (!moves) return undefined;
  const [saved, levels] = await Promise.all([
    source.getMany([...moves.segmentIds]),
    moves.hasLevels ? source.levels() : undefined,
  ]);
  const savedIds = new Set(saved.map(({ id }) => id));
  const deleted = [...moves.segmentIds].filter((id) => !savedIds.has(id));
  return { saved, deleted, levels };
}

/** The contents after a change. */
export function changeContents(
  { segments, levels }: CatalogContents,
  version: number,
  change: CatalogChange,
): CatalogContents {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  for (const id of change.deleted) byId.delete(id);
  for (const segment of change.saved) byId.set(segment.id, segment);
  return { version, segments: [...byId.values()], levels: change.levels ?? levels };
}

/**
 * Loads until the catalog has not moved meanwhile. What is saved while it is read may be in it already: only a version that
 * has not moved is the one that was read. Else documents would be stored as evaluated with a catalog that holds, or lacks,
 * what a later one does.
 */
export async function loadUnmoved<T extends { readonly version: number }>(
  source: CatalogSource,
  known: T | undefined,
  load: (known: T | undefined, state: CatalogState) => Promise<T>,
): Promise<T> {
  let loaded = known;
  let state = await source.catalogState();
  while (loaded?.version !== state.version) {
    loaded = await load(loaded, state);
    state = await source.catalogState();
  }
  return loaded;
}
