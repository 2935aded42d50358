import { spawn } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectDirectory = fileURLToPath(new URL('..', import.meta.url));
const builtDirectory = join(projectDirectory, 'dist', 'console');
/** What the console is made of; the rest of shared is for the server. */
const sources = ['console', 'shared', 'package-lock.json'];

/** The directory of the built console; builds it first where it is missing or older than its source. */
export async function builtConsole(): Promise<string> {
  if (!isCurrent()) await build();
  return builtDirectory;
}

function isCurrent(): boolean {
  const builtAt = modifiedAt(join(builtDirectory, 'index.html'));
  return sources.every((source) => newestIn(join(projectDirectory, source)) <= builtAt);
}

async function build(): Promise<void> {
  // Beside its place first: another run may be serving the old one, or building too.
  const fresh = `${builtDirectory}.${process.pid}`;
  const vite = join(projectDirectory, 'node_modules', 'vite', 'bin', 'vite.js');
  const flags = ['--config', 'console/vite.config.ts', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, [vite, 'build', ...flags], {
    cwd: projectDirectory,
    // Whoever builds it may be a test, with an environment of its own: React would be the slow one for developers.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`Building the console failed (exit status ${status}):\n${output.trim()}`);
  // Another run was quicker: what it built may be served already.
  if (isCurrent()) return rmSync(fresh, { recursive: true, force: true });
  putInPlace(fresh);
}

/** Puts what was built in the place of the old one, which another run may do at the same moment. */
function putInPlace(fresh: string): void {
  const old = `${fresh}.old`;
  try {
    renameSync(builtDirectory, old);
  } catch (error) {
    // There was none, or the other run has just taken it away.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    renameSync(fresh, builtDirectory);
  } catch (error) {
    // The other run has put its own there meanwhile: it was built of the same.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

function newestIn(path: string): number {
  const newest = modifiedAt(path);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return newest;
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce(
    (latest, name) => Math.max(latest, modifiedAt(join(path, name))),
    newest,
  );
}

/** Epoch milliseconds; 0 for what does not exist. */
function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
