import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that outlives this one only if this one is killed the hard way; then {@link endOrphan} finds it. */
interface OwnedProcess {
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a child and notes its process id in a file. */
export function startOwned(
  command: string,
  parameters: string[],
  { pidFile, onUnexpectedExit }: { pidFile: string; onUnexpectedExit: (reason: string) => void },
): OwnedProcess {
  // Its own process group: Ctrl-C must not take the database away from functions that are still finishing.
  const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint = (complaint + String(chunk)).slice(-2_000);
  });
  if (child.pid !== undefined) writeFileSync(pidFile, JSON.stringify({ pid: child.pid, parameters }));
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    const ended = (reason: string): void => {
      process.off('exit', killNow);
      if (!stopping) onUnexpectedExit(`${reason} ${complaint}`.trim());
      resolve();
    };
    child.once('error', (error) => ended(error.message));
    child.once('exit', (code, signal) => ended(`${command} ended (${signal ?? `exit status ${code}`}).`));
  });
  return {
    child,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const impatient = setTimeout(killNow, 5_000);
      await exited;
      clearTimeout(impatient);
      rmSync(pidFile, { force: true });
    },
  };
}

/** Ends the process that an earlier, killed run left behind, if that process id is still that process. */
export async function endOrphan(pidFile: string): Promise<boolean> {
  if (!existsSync(pidFile)) return false;
  const { pid, parameters } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number; parameters: string[] };
  const same = parameters.every((parameter) => commandLine(pid).includes(parameter));
  if (same) {
    process.kill(pid, 'SIGKILL');
    while (commandLine(pid) !== '') await sleep(10);
  }
  rmSync(pidFile, { force: true });
  return same;
}

/** The command line of a running process, or nothing if there is none. */
export function commandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self/cmdline'))
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ').trim() : '';
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
