import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Chance } from '../../oracle/chance.ts';
import type { OracleChange } from '../../oracle/oracle.ts';
import type { Clients } from '../../shared/aws/clients.ts';
import { newRunId } from '../../shared/aws/ids.ts';
import { runsPartition } from '../../shared/aws/segments-keys.ts';
import { eventsNeededByCondition } from '../../shared/catalog/segment.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { runItem } from '../../shared/recalculation/run-store.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { type Act, newSegment, planActs } from './acts.ts';
import { storedLeads } from './document-errors.ts';
import { schedules } from './functions.ts';
import { reconcile, reconciliationErrors, settledAfterMs } from './reconciliation.ts';
import { calm, type Option, type Roughness } from './scheduler.ts';
import { simulateProcess } from './simulated-process.ts';
import { pickLeads, type Theme, themes } from './small-world.ts';
import { findErrors } from './verify.ts';
import { World, type WorldOptions } from './world.ts';

/** What one schedule showed. */
export interface ScheduleResult {
  readonly seed: number;
  readonly errors: readonly string[];
  readonly steps: number;
  /** How many actors were killed on the way. */
  readonly kills: number;
  /** What happened, line by line; only if it was asked for. */
  readonly trace: readonly string[];
}

const startsAt = Date.parse('2026-03-10T12:00:00Z');
const mostSteps = 12_000;

/** Runs the schedule of a seed: the same seed, the same schedule. */
export async function runSchedule(seed: number, options: WorldOptions = {}): Promise<ScheduleResult> {
  const world = new World(seed, startsAt, options);
  const restore = simulateProcess(world.scheduler, world.chance);
  // Elsewhere nothing ends in the dead letters that is tried for long enough.
  if (world.hasDeployment) process.env.MAXIMUM_DELIVERIES = '5';
  try {
    const errors = await play(world).catch((error: unknown) => [
      error instanceof Error ? `${error.stack}` : `${error}`,
    ]);
    const { step, kills, trace = [] } = world.scheduler;
    return { seed, errors, steps: step, kills, trace };
  } finally {
    restore();
  }
}

function roughnessOf(chance: Chance): Roughness {
  return {
    kill: chance.oneOf([0, 0, 0.003, 0.01, 0.03]),
    fault: chance.oneOf([0, 0, 0.01, 0.05]),
    stall: chance.oneOf([0, 0.01, 0.03, 0.1]),
    stickiness: chance.oneOf([0, 0.5, 0.9]),
    duplicate: chance.oneOf([0, 0, 0.1, 0.3]),
    mostLag: chance.oneOf([0, 0, 3, 8]),
  };
}

async function play(world: World): Promise<string[]> {
  const { chance, scheduler } = world;
  const theme = chance.oneOf(world.removal?.themes ?? themes);
  const leadIds = pickLeads(chance, theme);
  await createSegments(world, theme);
  const { sent, acts } = planActs(chance, theme, scheduler.now, leadIds);
  const shardsWithLeads = new Set(leadIds.map(shardOf));
  world.isQuiet = (body) => {
    const shard = /"shard":"(\d\d)"/.exec(body)?.[1];
    return shard !== undefined && !shardsWithLeads.has(shard);
  };
  scheduler.roughness = { ...roughnessOf(chance), ...world.removal?.roughness };
  const actWeight = chance.oneOf([0.05, 0.2, 1, 5]);
  const actsOnTheWay = world.hasDeployment ? 1 + chance.below(acts.length) : 0;
  while (acts.length > 0) {
    if (acts.length <= actsOnTheWay) world.releases = 'either';
    await proceed(world, [actOption(world, acts, actWeight)]);
  }
  // Nobody waits for the end of the last work before the roughness ends, but for a while it stays rough.
  for (let step = chance.below(400); step > 0 && (await proceed(world, [])); step--);
  const errors = await finish(world, sent, leadIds);
  if (errors.length > 0 || !chance.is(0.3)) return errors;
  // Then only time passes: what falls due must happen, although nothing else does.
  scheduler.now += settledAfterMs + chance.below(4 * 86_400_000);
  world.tick({ isSwift: true });
  const later = await finish(world, sent, leadIds);
  if (later.length > 0) return later;
  scheduler.now += settledAfterMs;
  for (const shard of shardsWithLeads) reconcile(world, shard);
  return [...(await finish(world, sent, leadIds)), ...reconciliationErrors(world, shardsWithLeads)];
}

function actOption(world: World, acts: Act[], weight: number): Option {
  const run = () => {
    const act = acts.shift()!;
    world.scheduler.note('', act.label);
    act.run(world);
  };
  return { weight, run };
}

async function proceed(world: World, options: Option[]): Promise<boolean> {
  const [broken] = world.scheduler.broken;
  if (broken !== undefined) throw new Error(broken);
  if (world.scheduler.step > mostSteps) throw new Error(`Not at rest after ${mostSteps} steps`);
  return world.scheduler.proceed([...options, ...world.options()]);
}

/** The segments that are there before anything happens; there are no leads yet, so most count as filled. */
async function createSegments(world: World, theme: Theme): Promise<void> {
  const { chance, scheduler } = world;
  const { actor, clients } = world.createActor('setup');
  actor.isSwift = true;
  const takeSnapshot = schedules['take-snapshot']!(clients);
  const { segments, catalog } = world.createStores(clients, actor);
  const ids: string[] = [];
  const counts = { resaves: 1, rounds: 2 };
  const count = theme in counts ? counts[theme as keyof typeof counts] : 1 + chance.below(6);
  for (let index = 0; index < count; index++) {
    const { version, known } = await catalog.current();
    const content = newSegment(chance, theme, scheduler.now, `Segment ${index}`, ids);
    const now = new Date(scheduler.now).toISOString();
    const newId = (prefix: string) => `${prefix}_${version}x${chance.below(1_000_000)}`;
    const plan = planCreate(content, { catalogVersion: version, known, now, newId, author: 'setup' });
    const needed = [...eventsNeededByCondition(content.rules).values()];
    const isFilled = chance.is(0.7);
    const conditions = plan.after!.conditions.map((kept, at) =>
      isFilled ? { ...kept, backfilledN: needed[at]! } : kept,
    );
    await segments.save({ ...plan, after: { ...plan.after!, conditions } }, undefined);
    if (content.active) await noteRun(clients, plan.after!.id, version + 1);
    if (content.active) ids.push(plan.after!.id);
    scheduler.note(
      'setup',
      `${plan.after!.id} ${content.active ? '' : 'inactive '}${content.match} ${JSON.stringify(content.rules)}`,
    );
    // Of the first one: what is saved after it, all who start have to find in the log.
    if (world.hasSnapshots) await takeSnapshot();
  }
}

/** Lets everything come to rest without any more mishaps, then looks at what is there. */
async function finish(world: World, sent: readonly OracleChange[], leadIds: readonly string[]): Promise<string[]> {
  const { scheduler } = world;
  scheduler.roughness = calm;
  scheduler.note('', 'from here on nothing goes wrong');
  if (world.releases === 'either') world.releases = 'next';
  for (let minute = 0; minute < 12; minute++) {
    if (world.releases === 'next') world.cloud.redrive();
    while (await proceed(world, []));
    if (minute > 0 && !isOverdue(world) && !hasOpenRuns(world) && !world.hasWork) break;
    scheduler.now += 61_000;
    world.tick({ isSwift: true });
    await scheduler.settle();
  }
  const errors = findErrors(world, sent, leadIds);
  if (world.hasWork || isOverdue(world)) errors.push('there is still work to do, and nobody does it');
  return errors;
}

/** The run of a segment's first save, which found no leads. */
async function noteRun({ documents }: Clients, segmentId: string, catalogVersion: number): Promise<void> {
  const now = new Date(startsAt).toISOString();
  const run = { segmentId, runId: newRunId(catalogVersion), state: 'done', startedAt: now, finishedAt: now } as const;
  await documents.send(new PutCommand({ TableName: 'Segments', Item: runItem(run) }));
}

function isOverdue({ cloud, scheduler }: World): boolean {
  return storedLeads(cloud).some(({ dueAt }) => dueAt !== undefined && dueAt <= scheduler.now);
}

function hasOpenRuns({ cloud }: World): boolean {
  const runs = cloud.database.table('Segments').partition({ S: runsPartition });
  return runs.some(({ finishedAt }) => finishedAt === undefined);
}
