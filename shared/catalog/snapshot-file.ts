import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { StoredMatcher } from '../matcher/stored-matcher.ts';
import { formatsOf } from '../problem/readable-format.ts';
import { compileStoredMatcher } from './catalog.ts';
import type { CatalogContents, SnapshotNote } from './catalog-contents.ts';

/** The format of this release's snapshots; another one as soon as segments or levels have another one. */
export const snapshotFormat = formatsOf('catalogSnapshot', 'segment', 'levels');

/** A log that is read with the snapshot is short, and a snapshot of many segments costs its readings of the table. */
const shortestPauseMs = 600_000;
/** What is never written again the bucket forgets in the end; and one that got lost does not stay so. */
const longestPauseMs = 86_400_000;

/** Whether it is time to take a snapshot of the catalog at that version; `now` is epoch ms. */
export function isSnapshotDue(last: SnapshotNote | undefined, version: number, now: number): boolean {
  if (version === 0) return false;
  if (last?.format !== snapshotFormat) return true;
  return now - last.takenAt >= (last.version === version ? longestPauseMs : shortestPauseMs);
}

/** What a catalog was compiled from, and what took the longest in it. */
export interface SnapshotContents extends CatalogContents {
  readonly matcher: StoredMatcher;
}

/** The contents as a file, and what is to be noted of it. `now` is epoch ms. */
export function encodeSnapshot(
  { version, segments, levels }: CatalogContents,
  now: number,
): { readonly file: Uint8Array; readonly note: SnapshotNote } {
  const matcher = compileStoredMatcher(segments, levels);
  const file = gzipSync(JSON.stringify({ segments, levels, matcher }));
  const sha256 = sha256Of(file);
  // Named for what it holds: nothing else is ever written over it.
  const key = `catalog-${version}-${sha256.slice(0, 16)}.json.gz`;
  return { file, note: { key, version, format: snapshotFormat, sha256, takenAt: now } };
}

/** Bytes in which a file is unpacked at once: with Node's 16 KB, many segments are hundreds of pieces, and joining them takes long. */
const chunkSize = 1_048_576;

/** The contents of a file. Throws when it is not the one that was noted. */
export function decodeSnapshot(file: Uint8Array, { version, sha256 }: SnapshotNote): SnapshotContents {
  if (sha256Of(file) !== sha256) throw new Error('The file is not the one that was written');
  return { version, ...JSON.parse(gunzipSync(file, { chunkSize }).toString()) };
}

function sha256Of(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}
