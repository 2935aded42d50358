import { evaluateAndFollowUp, type LeadStores } from '../../functions/lead-stores.ts';
import type { Chance } from '../../oracle/chance.ts';
import type { OracleChange } from '../../oracle/oracle.ts';
import { newId, newRunId } from '../../shared/aws/ids.ts';
import { senderTo } from '../../shared/aws/send-messages.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import type { Segment, SegmentContent } from '../../shared/catalog/segment.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createRunStarter } from '../../shared/recalculation/start-run.ts';
import { rulesInputSchema } from '../../shared/rule/rule.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { planChange, planCreate, planDelete } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { createCleanUpStarter } from '../../shared/segment/start-clean-up.ts';
import { reconcile, settledAfterMs } from './reconciliation.ts';
import { moves, smallChange, smallRule, type Theme } from './small-world.ts';
import type { World } from './world.ts';

/** Something from outside: a message, a request to the API, or time passing. */
export interface Act {
  readonly label: string;
  readonly run: (world: World) => void;
}

const queueOf = {
  profile: 'profile-changes',
  level: 'level-changes',
  event: 'lead-events',
  account: 'account-changes',
} as const;

const day = 86_400_000;

/** A message from upstream; a fresh one is about what happens as it is sent. */
function sendChange(change: OracleChange, isFresh: boolean): Act {
  let isStamped = false;
  return {
    label: `upstream sends ${change.queue} ${JSON.stringify(change.message)}`,
    run: ({ cloud, scheduler }) => {
      if (isFresh && !isStamped) change.message.occurredAt = new Date(scheduler.now).toISOString();
      isStamped = true;
      cloud.queue(queueOf[change.queue]).send(JSON.stringify(change.message), scheduler.now);
    },
  };
}

function passTime(milliseconds: number): Act {
  return {
    label: `${Math.round(milliseconds / 1000)} s pass`,
    run: (world) => {
      world.scheduler.now += milliseconds;
      world.tick();
    },
  };
}

/** What the API does with a request, with the stores of an instance of its own. */
function api(label: string, work: (parts: ReturnType<typeof apiOn>, world: World) => Promise<unknown>): Act {
  return {
    label: `API: ${label}`,
    run: (world) => {
      const { actor, clients } = world.createActor('api');
      const parts = apiOn(world.createStores(clients, actor));
      world.run(
        actor,
        () => work(parts, world),
        () => {},
        () => {},
      );
    },
  };
}

/** The parts of the API's world that write. */
function apiOn(stores: LeadStores) {
  const recalculations = createRunStore(stores.clients.documents, 'Segments', stores.catalog);
  const sendJobs = senderTo(stores.clients.sqs, 'jobs');
  const starter = createRunStarter(recalculations, sendJobs, surroundings);
  const cleanUps = createCleanUpStore(stores.clients.documents, 'Segments');
  const startCleanUp = createCleanUpStarter(cleanUps, sendJobs, surroundings);
  const writer = createSegmentWriter(stores.segments, stores.catalog, starter, startCleanUp, surroundings);
  return { stores, recalculations, starter, writer };
}

const byAge = (segments: Iterable<Segment>) =>
  [...segments].sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));

function rulesFor(chance: Chance, theme: Theme, now: number, segmentIds: readonly string[]): SegmentContent['rules'] {
  return rulesInputSchema.parse(chance.some(2, () => smallRule(chance, theme, now, segmentIds)));
}

/** The content of a segment to create. */
export function newSegment(
  chance: Chance,
  theme: Theme,
  now: number,
  name: string,
  earlier: readonly string[],
): SegmentContent {
  const rules = rulesFor(chance, theme, now, earlier);
  return { name, description: '', active: chance.is(0.85), match: chance.oneOf(['all', 'any'] as const), rules };
}

const saveKinds = ['rules', 'rules', 'rules', 'rules', 'active', 'active', 'match', 'name', 'delete', 'create'];

function save(chance: Chance, theme: Theme, now: number, serial: number, kinds = saveKinds): Act {
  const pick = chance.next();
  const silent = chance.is(0.25);
  const kind = chance.oneOf(kinds);
  const match = chance.oneOf(['all', 'any'] as const);
  // Drawn once, so that planning anew after a lost race plans the same.
  let rules: SegmentContent['rules'] | undefined;
  return api(`save of ${kind}${silent ? ', silently' : ''}`, ({ writer }) =>
    writer.save((context) => {
      const segments = byAge(context.known.values());
      const index = Math.floor(pick * segments.length);
      const before = segments[index];
      const earlier = segments.slice(0, index).filter(({ active }) => active);
      const ids = earlier.map(({ id }) => id);
      if (kind === 'create' || !before) {
        return planCreate(newSegment(chance, theme, now, `New ${serial}`, ids), context);
      }
      if (kind === 'delete') return planDelete(before, context);
      if (kind === 'name') return planChange(before, { name: `Renamed ${serial}` }, context);
      if (kind === 'active') return planChange(before, { active: !before.active }, context, { silent });
      if (kind === 'match') return planChange(before, { match }, context, { silent });
      rules ??= rulesFor(chance, theme, now, ids);
      return planChange(before, { rules }, context, { silent });
    }, 'somebody'),
  );
}

function requestRecalculation(chance: Chance): Act {
  const pick = chance.next();
  return api('recalculation requested', async ({ stores, recalculations, starter }, { answers }) => {
    const { version, active } = await stores.catalog.current();
    const segment = [...active.values()][Math.floor(pick * active.size)]?.segment;
    if (!segment) return;
    answers.recalculated.add(segment.id);
    await starter.start(await recalculations.begin(segment.id, newRunId(version), Date.now()));
  });
}

const handKinds = ['added', 'added', 'removed', 'removed', 'pinned', 'excluded', 'lifted', 'lifted'] as const;

/** What somebody does about a lead in a segment. */
function changeMemberships(chance: Chance, leadIds: readonly string[]): Act {
  const pick = chance.next();
  const [leadId, kind] = [chance.oneOf(leadIds), chance.oneOf(handKinds)];
  return api(`${leadId} is ${kind} manually`, async ({ stores }, { answers }) => {
    const { active } = await stores.catalog.current();
    const segment = byAge([...active.values()].map((compiled) => compiled.segment))[Math.floor(pick * active.size)];
    if (!segment) return;
    const command = { id: newId('act'), segmentId: segment.id, kind, author: 'somebody' };
    const { outcomes, failed } = await evaluateAndFollowUp(stores, [{ leadId, command }]);
    const { manualResult } = outcomes.get(leadId) ?? {};
    if (failed.size > 0 || !manualResult || manualResult.refused) return;
    if (manualResult.isDone) answers.acts.push({ ...command, leadId });
  });
}

function deleteLead(chance: Chance, leadIds: readonly string[]): Act {
  const leadId = chance.oneOf(leadIds);
  return api(`${leadId} is deleted`, async ({ stores }, { answers }) => {
    const document = (await stores.leads.read([leadId])).get(leadId);
    if (!document || document.isDeleted) return;
    const { outcomes, failed } = await evaluateAndFollowUp(stores, [{ leadId, deletes: true }]);
    const deletedAt = outcomes.get(leadId)?.document?.deletedAt;
    if (failed.size === 0 && deletedAt !== undefined) answers.deletions.set(leadId, deletedAt);
  });
}

/** Time enough for all to settle, and one shard is compared. */
function passTimeAndReconcile(chance: Chance, leadIds: readonly string[]): Act {
  const shard = shardOf(chance.oneOf(leadIds));
  const pass = passTime(settledAfterMs);
  return {
    label: `${pass.label}, and shard ${shard} is reconciled`,
    run: (world) => {
      pass.run(world);
      reconcile(world, shard);
    },
  };
}

/** All that happens from outside in one schedule, in order; changes are also noted for the oracle. */
export function planActs(chance: Chance, theme: Theme, now: number, leadIds: readonly string[]) {
  const sent: OracleChange[] = [];
  const acts: Act[] = [];
  if (theme === 'moves') {
    const changes = moves(chance, leadIds[0]!);
    return { sent: changes, acts: changes.map((change) => sendChange(change, true)) };
  }
  if (theme === 'resaves' || theme === 'rounds' || theme === 'series') {
    const changed = theme === 'resaves' ? leadIds : [...leadIds, ...leadIds];
    const changes = changed.map((leadId, serial) => smallChange(chance, theme, now, [leadId], serial));
    const count = { resaves: 2, rounds: 3, series: 12 }[theme];
    const kind = theme === 'series' ? 'create' : 'rules';
    const saves = Array.from({ length: count }, (_, serial) => save(chance, theme, now, serial, [kind]));
    const sends = changes.map((change) => sendChange(change, true));
    return { sent: changes, acts: chance.is(0.5) ? [...sends, ...saves] : chance.shuffled([...sends, ...saves]) };
  }
  // Where nothing follows a save, nothing makes up for what it missed.
  const count = theme === 'saves' ? 2 + chance.below(4) : 6 + chance.below(16);
  const saves = theme === 'saves' ? 2 : theme === 'links' ? 0 : chance.oneOf([0, 1, 1, 2, 2, 3]);
  for (let serial = 0; serial < count; serial++) {
    const change = smallChange(chance, theme, now, leadIds, serial);
    sent.push(change);
    const act = sendChange(change, chance.is(theme === 'links' ? 0.8 : 0.3));
    acts.push(act);
    if (chance.is(0.15)) acts.push(act);
  }
  for (let serial = 0; serial < saves; serial++) acts.push(save(chance, theme, now, serial));
  if (chance.is(0.3)) acts.push(requestRecalculation(chance));
  const manualChanges = theme === 'hands' ? 2 + chance.below(5) : chance.oneOf([0, 0, 0, 1, 2]);
  for (let serial = 0; serial < manualChanges; serial++) acts.push(changeMemberships(chance, leadIds));
  const deletions = theme === 'deletions' ? 1 + chance.below(2) : chance.oneOf([0, 0, 0, 0, 1]);
  for (let serial = 0; serial < deletions; serial++) acts.push(deleteLead(chance, leadIds));
  const reconciliations = theme === 'repairs' ? 1 + chance.below(3) : chance.oneOf([0, 0, 0, 1]);
  for (let serial = 0; serial < reconciliations; serial++) acts.push(passTimeAndReconcile(chance, leadIds));
  const passes = chance.below(theme === 'clock' || theme === 'deletions' ? 5 : 3);
  // A tombstone forgets its id after a quarter of an hour.
  const times = theme === 'deletions' ? [60_000, 1_000_000, 1_000_000, day] : [1_000, 60_000, 130_000, day / 4, day];
  for (let index = 0; index < passes; index++) acts.push(passTime(chance.oneOf(times)));
  return { sent, acts: chance.shuffled(acts) };
}
