import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { encodeSnapshot } from '../shared/catalog/snapshot-file.ts';
import { defaultLevels } from '../shared/vocabulary/levels.ts';
import { madeSegments } from './lead-world.ts';
import { median, short } from './measure.ts';

const size = 10_000;

interface ColdStart {
  readonly decodeMs: number;
  readonly compileMs: number;
  readonly firstChangeMs: number;
  readonly heapBytes: number;
  readonly segments: number;
}

/**
 * Measures what a function that starts does with the snapshot of 10,000 segments until it knows what its first change flips,
 * each time in a process of its own and bundled as functions are; prints it, and answers its figures.
 */
export function benchColdStart(isQuick: boolean): Record<string, number> {
  const segments = madeSegments(size, 7);
  const { file, note } = encodeSnapshot({ version: size, segments, levels: { levels: defaultLevels } }, Date.now());
  const directory = mkdtempSync(join(tmpdir(), 'cold-start-'));
  try {
    const [bundle, path] = [join(directory, 'process.mjs'), join(directory, 'snapshot')];
    writeFileSync(path, file);
    buildSync({
      entryPoints: [fileURLToPath(new URL('cold-start-process.ts', import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      minify: true,
    });
    const args = ['--expose-gc', bundle, path, JSON.stringify(note)];
    const starts = Array.from({ length: isQuick ? 3 : 15 }, () => {
      return JSON.parse(execFileSync(process.execPath, args).toString()) as ColdStart;
    });
    if (starts.some((start) => start.segments !== size)) throw new Error('Not all segments were compiled');
    const middle = (of: (start: ColdStart) => number) => median(starts.map(of));
    const total = ({ decodeMs, compileMs, firstChangeMs }: ColdStart) => decodeMs + compileMs + firstChangeMs;
    const figures = {
      decodeCpuMs: middle((start) => start.decodeMs),
      compileCpuMs: middle((start) => start.compileMs),
      firstChangeCpuMs: middle((start) => start.firstChangeMs),
      cpuMs: middle(total),
      leastCpuMs: Math.min(...starts.map(total)),
      heapMegabytes: middle((start) => start.heapBytes) / 1e6,
    };
    const bytes = JSON.stringify(segments).length;
    console.log(`\nA cold start with ${size.toLocaleString('en-US')} segments, milliseconds of CPU, medians:`);
    console.log(
      `reading the snapshot (segments of ${short(bytes / 1e6)} MB of JSON, a file of ${short(file.length / 1e6)} MB) ` +
        `${short(figures.decodeCpuMs)}, compiling ${short(figures.compileCpuMs)}, the first change ` +
        `${short(figures.firstChangeCpuMs)}, together ${short(figures.cpuMs)}, at least ${short(figures.leastCpuMs)}; ` +
        `then ${short(figures.heapMegabytes)} MB of heap.`,
    );
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`coldStart.${name}.${size}`, value]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
