import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScaleSize, ScaleWorld } from './scale-world.ts';
import { seedState } from './seed.ts';

/** Windows of whole days flip six hours after a world was made, at the earliest: a run on it must be over by then. */
const longestAgeMs = 3 * 3_600_000;

/** A state directory to start a stack in, and the world that is stored there. */
interface PreparedState {
  readonly directory: string;
  readonly world: ScaleWorld;
  /** Whether it was made by an earlier run. */
  readonly isKept: boolean;
}

/**
 * Makes the state of a world. With a directory to keep it in, it is kept there, and later runs begin with a copy as long as
 * it is younger than three hours.
 */
export async function prepareState(size: ScaleSize, keptIn?: string): Promise<PreparedState> {
  if (keptIn === undefined) return seeded(size, mkdtempSync(join(tmpdir(), 'scale-')));
  const kept = join(keptIn, `seed-${size.leads}-${size.events}`);
  const record = join(kept, 'seed.json');
  const isKept = Date.now() - keptStart(record) < longestAgeMs;
  if (!isKept) {
    rmSync(kept, { recursive: true, force: true });
    const { world } = await seeded(size, kept);
    writeFileSync(record, JSON.stringify({ startedAt: world.startedAt }));
  }
  const directory = join(keptIn, 'run');
  rmSync(directory, { recursive: true, force: true });
  cpSync(join(kept, 'dynamodb'), join(directory, 'dynamodb'), { recursive: true });
  return { directory, isKept, world: new ScaleWorld(size, keptStart(record)) };
}

/** When the world was made that is kept (epoch ms); 0 if none is. */
const keptStart = (record: string): number =>
  existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).startedAt : 0;

async function seeded(size: ScaleSize, directory: string): Promise<PreparedState> {
  const world = new ScaleWorld(size, Date.now());
  await seedState(world, directory);
  return { directory, world, isKept: false };
}
