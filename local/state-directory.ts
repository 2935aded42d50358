import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine, endOrphan } from './aws/dynamodb/child-process.ts';

/** A state directory that another local run is using now. */
export class StateInUseError extends Error {
  constructor(directory: string, pid: number) {
    super(
      `A local run (process ${pid}) is using ${directory} already. Stop it first, ` +
        'or start this one with another directory and other ports: --state DIR --port-base N.',
    );
    this.name = 'StateInUseError';
  }
}

const heldHere = new Set<string>();

/** The directory that keeps everything of one local run, used by one process at a time. */
export class StateDirectory {
  readonly path: string;
  readonly dynamoDb: string;
  readonly s3: string;
  readonly assembly: string;
  readonly checkpoints: string;
  readonly stackFile: string;

  private constructor(path: string) {
    this.path = path;
    this.dynamoDb = join(path, 'dynamodb');
    this.s3 = join(path, 's3');
    this.assembly = join(path, 'cdk.out');
    this.checkpoints = join(path, 'checkpoints.json');
    this.stackFile = join(path, 'stack.json');
  }

  /** Takes the directory; throws a {@link StateInUseError} while another run has it. */
  static async claim(directory: string, { fresh }: { fresh: boolean }): Promise<StateDirectory> {
    const path = resolve(directory);
    mkdirSync(path, { recursive: true });
    takeLock(path);
    const state = new StateDirectory(path);
    // A stack file that a killed run left behind describes nothing that answers.
    rmSync(state.stackFile, { force: true });
    if (fresh) await state.clear();
    return state;
  }

  release(): void {
    rmSync(this.stackFile, { force: true });
    rmSync(lockFile(this.path), { force: true });
    heldHere.delete(this.path);
  }

  /** Only what a local run has made: a mistyped directory must not lose anything else. */
  private async clear(): Promise<void> {
    await endOrphan(join(this.dynamoDb, 'process.json'));
    for (const name of ['dynamodb', 's3', 'cdk.out', 'messages.jsonl', 'checkpoints.json']) {
      rmSync(join(this.path, name), { recursive: true, force: true });
    }
  }
}

function takeLock(path: string): void {
  for (;;) {
    try {
      writeFileSync(lockFile(path), JSON.stringify({ pid: process.pid, command: commandLine(process.pid) }), {
        flag: 'wx',
      });
      heldHere.add(path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const { pid, command } = readLock(path);
    const running = pid === process.pid ? heldHere.has(path) : command !== '' && commandLine(pid) === command;
    if (running) throw new StateInUseError(path, pid);
    rmSync(lockFile(path), { force: true });
  }
}

function readLock(path: string): { pid: number; command: string } {
  try {
    return JSON.parse(readFileSync(lockFile(path), 'utf8')) as { pid: number; command: string };
  } catch (error) {
    // Cut off while it was written, or gone since: nobody holds it.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return { pid: 0, command: '' };
    throw error;
  }
}

function lockFile(path: string): string {
  return join(path, 'run.lock');
}
