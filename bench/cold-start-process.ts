import { readFileSync } from 'node:fs';
import { compileCatalog } from '../shared/catalog/catalog.ts';
import { decodeSnapshot } from '../shared/catalog/snapshot-file.ts';
import { segmentsThatMayFlip } from '../shared/matcher/matcher.ts';
import { madeChanges } from './lead-world.ts';

const [path = '', note = ''] = process.argv.slice(2);
const file = readFileSync(path);
const { before, after, touched } = madeChanges(1, 11)[0]!;

/** Milliseconds of CPU, of all threads of the process: what compiles and collects garbage on the side counts, too. */
function cpuMs<T>(work: () => T): [number, T] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

const [decodeMs, { version, segments, levels, matcher }] = cpuMs(() => decodeSnapshot(file, JSON.parse(note)));
const [compileMs, catalog] = cpuMs(() =>
  compileCatalog(version, segments, { ...levels, eventRetentionDays: 400 }, matcher),
);
const [firstChangeMs, flips] = cpuMs(() => segmentsThatMayFlip(catalog.matcher, before, after, touched));
globalThis.gc?.();
const { heapUsed: heapBytes } = process.memoryUsage();
const figures = { decodeMs, compileMs, firstChangeMs, heapBytes, segments: catalog.active.size };
// The number of flips, so that nothing of the catalog is garbage before it is measured.
process.stdout.write(JSON.stringify({ ...figures, flips: flips.length }));
