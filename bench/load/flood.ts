import { setTimeout as sleep } from 'node:timers/promises';
import type { OracleChange } from '../../oracle/oracle.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { seededChance } from '../lead-world.ts';
import { checkEndState, type EndState, Expectation } from './end-state.ts';
import { LoadChanges, leadIdsOf, loadSegments } from './load-world.ts';
import { functionsOnTheWay, LocalRun } from './local-run.ts';

/** What a flood showed. Latencies: ms from before the call that sent a message until its event was in a subscriber's queue. */
export interface Flood extends EndState {
  readonly messages: number;
  readonly killed: number;
  readonly changesPerSecond: number;
  /** Milliseconds of processor time of everything but the database, a change: functions, stand-ins, sender, subscriber. */
  readonly cpuMsPerChange: number;
  readonly flood: readonly number[];
  readonly steady: readonly number[];
}

/** How large a flood is. */
interface FloodSize {
  readonly messages: number;
  readonly leads: number;
  readonly segments?: number;
  /** Seconds of messages at half of the sustained rate, after the flood, for latencies without a backlog. */
  readonly steadySeconds?: number;
  /** Seconds from one killing to the next, about. */
  readonly killEverySeconds?: number;
}

/** Floods a stack of its own with changes while its functions are killed at random, and compares what comes of it. */
export async function flood(size: FloodSize): Promise<Flood> {
  const { messages, leads, segments = 100, steadySeconds = 20, killEverySeconds = 4 } = size;
  const run = await LocalRun.start();
  try {
    await run.createSegments(loadSegments(segments, 7));
    await run.settle();
    const made = new LoadChanges(leadIdsOf(leads), 3, Date.now());
    const changes = made.take(messages);
    const expectation = new Expectation();
    expectation.add(changes);

    const sentAt = new Map<string, number>();
    const note = ({ message }: OracleChange, at: number) => sentAt.set(String(message.changeId ?? message.eventId), at);
    const cpu = process.cpuUsage();
    const start = Date.now();
    const killer = killAtRandom(run, killEverySeconds);
    // One of a hundred comes twice.
    await run.send([...changes, ...changes.filter((_, index) => index % 100 === 0)], note);
    await run.settle(500_000 + messages * 10);
    const seconds = (Date.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const killed = await killer.stop();
    const inFlood = latencies(run, sentAt);

    sentAt.clear();
    const rate = messages / seconds / 2;
    const more = made.take(Math.round(rate * steadySeconds));
    expectation.add(more);
    await sendPaced(run, more, rate, note);
    await run.settle();
    return {
      messages: messages + more.length,
      killed,
      changesPerSecond: messages / seconds,
      cpuMsPerChange: (user + system) / 1000 / messages,
      flood: inFlood,
      steady: latencies(run, sentAt),
      ...(await checkEndState(run, expectation)),
    };
  } finally {
    await run.stop();
  }
}

/** Latencies, ms, shortest first, of those messages that an event names as its cause. */
function latencies(run: LocalRun, sentAt: ReadonlyMap<string, number>): number[] {
  const all = [...run.bus.heard.values()].flatMap(({ changeId = '', at }) => {
    const sent = sentAt.get(changeId);
    return sent === undefined ? [] : [at - sent];
  });
  return all.sort((a, b) => a - b);
}

async function sendPaced(
  run: LocalRun,
  changes: readonly OracleChange[],
  perSecond: number,
  note: (change: OracleChange, at: number) => void,
): Promise<void> {
  const start = Date.now();
  let sent = 0;
  for (const group of chunk(changes, 20)) {
    await run.send(group, note);
    sent += group.length;
    const isDue = start + (sent / perSecond) * 1000;
    await sleep(Math.max(0, isDue - Date.now()));
  }
}

/** Kills a function now and then, whatever it does, until it is stopped. */
export function killAtRandom(
  run: Pick<LocalRun, 'kill'>,
  everySeconds: number,
  functionIds: readonly string[] = functionsOnTheWay,
): { stop: () => Promise<number> } {
  const chance = seededChance(5);
  const stopped = new AbortController();
  const loop = async () => {
    let killed = 0;
    while (!stopped.signal.aborted) {
      await sleep((0.5 + chance()) * everySeconds * 1000);
      if (stopped.signal.aborted) break;
      killed += await run.kill(functionIds[Math.floor(chance() * functionIds.length)]!);
    }
    return killed;
  };
  const running = loop();
  return {
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}
