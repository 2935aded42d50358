import { short, table } from './measure.ts';
import { runAcceptance } from './scale/acceptance.ts';
import { type Created, createAtOnce } from './scale/at-once.ts';
import { prepareState } from './scale/prepared-state.ts';
import { ScaleRun, type StepResult } from './scale/scale-run.ts';
import type { ScaleSize } from './scale/scale-world.ts';

/** What an acceptance at scale showed. */
export interface ScaleShown {
  readonly results: readonly StepResult[];
  /** What the stack itself said had gone wrong. */
  readonly problems: readonly string[];
}

/** Stores a world, and does everything to segments over it that people do, on a stack of its own. */
export async function acceptAtScale(
  size: ScaleSize,
  { state, tell = () => {} }: { state?: string; tell?: (progress: string) => void } = {},
): Promise<ScaleShown> {
  const startedAt = Date.now();
  const { directory, world, isKept } = await prepareState(size, state);
  const seconds = (Date.now() - startedAt) / 1000;
  tell(`${isKept ? 'took the state of an earlier run' : 'stored the leads and their events'} (${short(seconds)} s)`);
  const run = await ScaleRun.start(world, directory, tell);
  try {
    await runAcceptance(run, world);
    return { results: run.results, problems: run.problems };
  } finally {
    await run.stop();
  }
}

const segmentsAtOnce = 100;
/** At most that often are the leads read for all of these segments, and so many times as long as for one may they take. */
const targets = { reads: 1.3, times: 3 };

/** Segments that are created at once beside one that as many leads enter: how often leads are read, and how long it takes. */
export async function benchAtOnce(leads = 10_000): Promise<Record<string, number>> {
  const { one, many } = await createAtOnce(leads, segmentsAtOnce);
  const times = many.seconds / one.seconds;
  console.log(`\n${leads.toLocaleString('en-US')} leads, segments created at once`);
  const header = ['segments', 'seconds', 'saved after', 'transitions', 'messages', 'leads read', 'wrong'];
  const row = ({ segments, seconds, savedAfterSeconds, transitions, messages, reads, wrong }: Created) => [
    ...[segments, short(seconds), short(savedAfterSeconds), transitions.toLocaleString('en-US')],
    ...[messages, `${short(reads)} times`, wrong],
  ];
  console.log(table(header, [row(one), row(many)]));
  console.log(`leads read at most ${targets.reads} times: ${told(many.reads, targets.reads)}`);
  console.log(`at most ${targets.times} times as long as one segment: ${told(times, targets.times)}`);
  if (one.wrong + many.wrong > 0) process.exitCode = 1;
  return {
    'scale.atOnceReads': many.reads,
    'scale.atOnceTimes': times,
    'scale.atOnceWrong': one.wrong + many.wrong,
  };
}

const told = (measured: number, most: number) => `${short(measured)}, ${measured <= most ? 'met' : 'MISSED'}`;

/** Recalculation with many leads, accepted or not: the members equal the oracle, the events on the bus the differences. */
export async function benchScale({
  leads = 10_000,
  events = 10 * leads,
  state,
}: Partial<ScaleSize> & { state?: string } = {}): Promise<Record<string, number>> {
  console.log(`\n${leads.toLocaleString('en-US')} leads, ${events.toLocaleString('en-US')} events`);
  const { results, problems } = await acceptAtScale(
    { leads, events },
    { ...(state !== undefined && { state }), tell: console.error },
  );
  const header = ['step', 'seconds', 'leads/s', 'members', 'entered', 'exited', 'wrong', 'missing', 'unexpected'];
  const rows = results.map((result) => [
    result.step,
    ...[result.seconds, result.leadsPerSecond].map((value) => (value === 0 ? '' : short(value))),
    ...[result.members, result.entered, result.exited].map((value) => value.toLocaleString('en-US')),
    ...[result.wrong, result.missingEvents, result.unexpectedEvents],
  ]);
  console.log(table(header, rows));
  for (const problem of problems) console.log(`The stack says: ${problem}`);
  const sum = (pick: (result: StepResult) => number) => results.reduce((total, result) => total + pick(result), 0);
  const figures = {
    'scale.leads': leads,
    'scale.events': events,
    'scale.steps': results.length,
    'scale.wrong': sum(({ wrong }) => wrong),
    'scale.unexpectedEvents': sum(({ unexpectedEvents }) => unexpectedEvents),
    'scale.missingEvents': sum(({ missingEvents }) => missingEvents),
  };
  const isExact = figures['scale.wrong'] + figures['scale.unexpectedEvents'] + figures['scale.missingEvents'] === 0;
  if (!isExact) process.exitCode = 1;
  return { ...figures, ...(await benchAtOnce(leads)) };
}
