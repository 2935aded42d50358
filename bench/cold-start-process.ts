import { readFileSync } from 'node:fs';
import { compileCatalog } from '../shared/catalog/catalog.ts';
import { decodeSnapshot } from '../shared/catalog/snapshot-file.ts';

const [path = '', note = ''] = process.argv.slice(2);
const file = readFileSync(path);

/** Milliseconds of CPU, of all threads of the process: what compiles and collects garbage on the side counts, too. */
function cpuMs<T>(work: () => T): [number, T] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

const [decodeMs, { version, segments, levels }] = cpuMs(() => decodeSnapshot(file, JSON.parse(note)));
const [compileMs, catalog] = cpuMs(() => compileCatalog(version, segments, { ...levels, eventRetentionDays: 400 }));
process.stdout.write(JSON.stringify({ decodeMs, compileMs, segments: catalog.active.size }));
