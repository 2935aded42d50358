import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PortTakenError } from './aws/http-server.ts';
import { builtConsole } from './built-console.ts';
import { terminalLog } from './log.ts';
import { type LocalStack, type Ports, startLocalStack } from './stack.ts';
import type { StackFile } from './stack-file.ts';
import { StateInUseError } from './state-directory.ts';
import { describeEvent, describeReady, describeStopped, describeUnused, usage } from './terminal-texts.ts';

/** What `--demo` runs. */
interface DemoModule {
  runDemo(stack: StackFile, signal: AbortSignal): Promise<void>;
}

const defaultPortBase = 4600;
/** A stop that hangs ends anyway: what was sent is in the journal. */
const stopLimitMs = 15_000;

/** A flag that cannot be understood. */
class UsageError extends Error {}

const flags = {
  port: { type: 'string' },
  'port-base': { type: 'string' },
  'dynamodb-port': { type: 'string' },
  'sqs-port': { type: 'string' },
  'events-port': { type: 'string' },
  's3-port': { type: 'string' },
  'console-port': { type: 'string' },
  'lambda-port': { type: 'string' },
  state: { type: 'string', default: '.local' },
  app: { type: 'string' },
  assembly: { type: 'string' },
  workers: { type: 'string' },
  'account-concurrency': { type: 'string' },
  page: { type: 'string', multiple: true },
  fresh: { type: 'boolean', default: false },
  'dynamodb-local': { type: 'boolean', default: false },
  'enforce-iam': { type: 'boolean', default: false },
  demo: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Flags = ReturnType<typeof readFlags>;

function readFlags(): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ options: flags, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function number(text: string | undefined, flag: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new UsageError(`--${flag} needs a whole number from 0 to 65535, not "${text}".`);
  }
  return value;
}

function portsOf(given: Flags): Ports {
  const base = number(given['port-base'], 'port-base', defaultPortBase);
  const fromBase = (offset: number): number => (base === 0 ? 0 : base + offset);
  return {
    api: number(given.port, 'port', fromBase(0)),
    dynamodb: number(given['dynamodb-port'], 'dynamodb-port', fromBase(1)),
    sqs: number(given['sqs-port'], 'sqs-port', fromBase(2)),
    events: number(given['events-port'], 'events-port', fromBase(3)),
    s3: number(given['s3-port'], 's3-port', fromBase(4)),
    console: number(given['console-port'], 'console-port', fromBase(5)),
    lambda: number(given['lambda-port'], 'lambda-port', fromBase(6)),
  };
}

/** Where `npm run console` serves it: see console/vite.config.ts. */
const consoleInDevelopment = ['http://localhost:5173', 'http://127.0.0.1:5173'];

function originIn(page: string): string {
  const origin = URL.canParse(page) ? new URL(page).origin : 'null';
  if (origin === 'null') throw new UsageError(`--page needs an origin, such as http://localhost:3000, not "${page}".`);
  return origin;
}

async function main(): Promise<void> {
  const given = readFlags();
  if (given.help) return console.log(usage);
  const startedAt = performance.now();
  const log = terminalLog({ verbose: given.verbose });
  console.log('Synthesizing the stack and bringing it up here ...');

  let stack: LocalStack | undefined;
  const ended = new AbortController();
  const end = async (exitCode: number): Promise<void> => {
    if (ended.signal.aborted) return process.exit(exitCode || 130);
    ended.abort();
    setTimeout(() => process.exit(exitCode || 1), stopLimitMs).unref();
    try {
      if (stack) {
        const running = stack;
        await running.stop();
        console.log(describeStopped(running.messagesKept(), given.state));
        if (running.accessControl) console.log(describeUnused(running.accessControl.unused()));
      }
    } finally {
      process.exit(exitCode);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.error(String((error as Error)?.stack ?? error));
      void end(1);
    });
  }

  const consoleDirectory = await builtConsole().catch((error: Error) => log.warn(`No console: ${error.message}`));
  stack = await startLocalStack({
    stateDirectory: given.state,
    ports: portsOf(given),
    fresh: given.fresh,
    dynamoDbLocal: given['dynamodb-local'],
    enforceIam: given['enforce-iam'],
    ...(given.app !== undefined && { app: given.app }),
    ...(given.assembly !== undefined && { assembly: given.assembly }),
    log,
    ...(consoleDirectory && { consoleDirectory }),
    pages: [...consoleInDevelopment, ...(given.page ?? []).map(originIn)],
    ...(given['account-concurrency'] !== undefined && {
      accountConcurrency: number(given['account-concurrency'], 'account-concurrency', 1_000),
    }),
    ...(given.workers !== undefined && { workersPerFunction: number(given.workers, 'workers', 2) }),
  });
  stack.onEvent((event) => console.log(describeEvent(event)));
  console.log(
    describeReady(stack.file, { seconds: (performance.now() - startedAt) / 1_000, kept: stack.messagesKept() }),
  );
  await stack.warm().catch(async (error: unknown) => {
    // Ctrl-C also ends the process that reads TypeScript, and functions that are just being loaded with it. It may be
    // heard of before the signal is.
    await sleep(500);
    if (!ended.signal.aborted) throw error;
  });
  if (given.demo && !ended.signal.aborted) {
    // The demo sends with the AWS SDK, which warns of Node versions that it will drop; functions are told likewise.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const { runDemo } = (await import(new URL('../tools/demo/demo.ts', import.meta.url).href)) as DemoModule;
    await runDemo(stack.file, ended.signal);
  }
}

main().catch((error: unknown) => {
  const told = error instanceof UsageError || error instanceof PortTakenError || error instanceof StateInUseError;
  console.error(told ? (error as Error).message : String((error as Error)?.stack ?? error));
  if (error instanceof UsageError) console.error(`\n${usage}`);
  process.exit(1);
});
