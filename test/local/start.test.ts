import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { commandLine } from '../../local/aws/dynamodb/child-process.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { clientsOf } from './fixture/fixture-stack.ts';
import { temporaryDirectory } from './temporary-directory.ts';

interface Run {
  child: ChildProcess;
  output(): string;
  says(text: string): Promise<void>;
  ended: Promise<number | null>;
}

/** Runs `npm start` with flags, as a process of its own; it is ended with the test. */
function run(...flags: string[]): Run {
  const parameters = ['--import', 'tsx', 'local/start.ts', '--assembly', inject('fixtureAssembly'), ...flags];
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    output: () => text,
    says: (expected) => expect.poll(() => text, { timeout: 60_000, interval: 20 }).toContain(expected),
    ended,
  };
}

const stackFile = (state: string) => JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as StackFile;

function databaseProcess(state: string): number {
  return (JSON.parse(readFileSync(join(state, 'dynamodb', 'process.json'), 'utf8')) as { pid: number }).pid;
}

describe('npm start', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    'leaves no process behind after %s, and says what it keeps',
    async (signal) => {
      const state = temporaryDirectory();
      const { child, says, output, ended } = run('--state', state, '--port-base', '0');
      await says('Lead Segments is up');
      const { send } = clientsOf(stackFile(state));
      await send(stackFile(state).allQueues.published, [{ kept: true }]);
      const database = databaseProcess(state);
      expect(commandLine(database)).toContain(state);
      // Ctrl-C reaches the whole process group, SIGTERM only this process.
      process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      expect(await ended, output()).toBe(0);
      expect(output()).toContain('1 message in the queues and 0 messages in dead-letter queues for the next start');
      expect(commandLine(database)).toBe('');
      expect(existsSync(join(state, 'stack.json'))).toBe(false);
    },
  );

  it('takes up after it was killed the hard way, and ends the database process that stayed behind', async () => {
    const state = temporaryDirectory();
    const first = run('--state', state, '--port-base', '0');
    await first.says('Lead Segments is up');
    const before = clientsOf(stackFile(state));
    await before.send(stackFile(state).allQueues.published, [{ kept: true }]);
    // Killed in the middle of an order: it is neither lost nor done.
    await before.send(stackFile(state).queues.orders?.url, [{ id: 'stored' }, { id: 'pending', slowMs: 1_500 }]);
    await expect.poll(() => before.item('stored'), { timeout: 60_000 }).toBeDefined();
    first.child.kill('SIGKILL');
    await first.ended;
    const orphan = databaseProcess(state);
    expect(commandLine(orphan)).toContain(state);

    const second = run('--state', state, '--port-base', '0');
    await second.says('Lead Segments is up');
    expect(second.output()).toContain('Ended the DynamoDB stand-in that an earlier run left behind');
    expect(commandLine(orphan)).toBe('');
    const after = clientsOf(stackFile(state));
    // At the first try or a later one: on a busy machine the function may run out of its two seconds.
    await expect.poll(() => after.item('pending'), { timeout: 60_000 }).toBeDefined();
    expect(await after.receive(stackFile(state).allQueues.published)).toContain('{"kept":true}');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('says that another run uses the state already', async () => {
    const state = temporaryDirectory();
    const first = run('--state', state, '--port-base', '0');
    await first.says('Lead Segments is up');
    const second = run('--state', state, '--port-base', '0');
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`A local run (process ${first.child.pid}) is using ${state} already`);
    expect(existsSync(join(state, 'stack.json'))).toBe(true);
    first.child.kill('SIGTERM');
    await first.ended;
  });

  it.each(['port', 'dynamodb-port', 'sqs-port', 'events-port', 's3-port'])(
    'names the port that is taken, and --%s',
    async (flag) => {
      const other = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void other.close());
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const state = temporaryDirectory();
      const { output, ended } = run('--state', state, '--port-base', '0', `--${flag}`, `${port}`);
      expect(await ended).toBe(1);
      expect(output()).toMatch(new RegExp(`Port ${port} \\(.*\\) is taken.*--${flag} N`));
      expect(existsSync(join(state, 'run.lock'))).toBe(false);
    },
  );

  it.each([
    ['--prot', "Unknown option '--prot'"],
    ['--port=x', '--port needs a whole number'],
    ['--port=', '--port needs a whole number'],
  ])('refuses %s with the usage', async (flag, message) => {
    const { output, ended } = run(flag);
    expect(await ended).toBe(1);
    expect(output()).toContain(message);
    expect(output()).toContain('Usage: npm start');
  });
});
