import { catalogKey, roundsPartition } from '../../shared/aws/segments-keys.ts';
import { isRowBatchKey } from '../../shared/projection/row-keys.ts';
import { readingNextFormat } from './next-release.ts';
import type { Removal } from './removal.ts';
import type { Actor } from './scheduler.ts';
import type { Item } from './store/attribute-value.ts';
import type { Call } from './store/cloud.ts';
import {
  withBatchesTakenForCounted,
  withCountsFromMemory,
  withEarlyEnd,
  withFanOutLater,
  withMessagesTakenForWaiting,
  withoutComingRound,
  withoutLastLook,
  withProgressFirst,
  withRowsTakenForWritten,
  withSnapshotTakenForCurrent,
} from './weakened-clients.ts';
import {
  withConditionsTakenForFilled,
  withEventsLast,
  withOutboxLater,
  withoutCatchingUp,
  withoutClockRules,
  withoutForgottenTombstones,
  withoutSecondLookAtAccounts,
  withoutSecondLookAtCatalog,
  withoutTombstones,
  withPagesReadAhead,
  withRosterLast,
  withRulesOfTheRuns,
  withStateReplaced,
  withTombstonesForgettingAtOnce,
} from './weakened-stores.ts';

/** Whether a call runs a statement that begins like that, or like another of them. */
const runs =
  (...starts: readonly string[]) =>
  (_actor: Actor, { input }: Call) => {
    const [first] = (input.Statements ?? []) as { Statement: string }[];
    return starts.some((start) => first?.Statement.startsWith(start));
  };
const isAccount = ({ sk }: Item) => sk?.S === '#account';
const isWriteOfRow = (table: string, write: string, { pk, sk }: Item) =>
  table === 'Memberships' && write !== 'delete' && !pk?.S?.startsWith('#') && !sk?.S?.startsWith('#');
const isReconciler = ({ name }: Actor) => name.startsWith('jobs');

const wrongMembers = /is (missing from|wrongly in) seg_/;
const wrongDocuments = /is (missing from|wrongly in) seg_|against its own values/;
const isEndOfPage = (_actor: Actor, { command, input }: Call) => command === 'Put' && input.Item.pk === roundsPartition;

const unfinishedRun = /^the recalculation of seg_\w+ ended as /;
const wrongCounts = /^shard \d\d of seg_\w+ counts /;

/** Every protective step, each with what takes it away. */
export const removals: readonly Removal[] = [
  {
    name: 'a lead document is written on condition of its version',
    seed: 1,
    protects: 'two writers never both build on the same document',
    shows: / came after \d|went from sequence/,
    weaknesses: { ignoresCondition: (table) => table === 'Leads' },
  },
  {
    name: 'the catalog is looked at again after the write',
    seed: 6,
    protects: 'a save between the first look and the write is not missed',
    shows: wrongMembers,
    stores: withoutSecondLookAtCatalog,
    themes: ['resaves'],
    focus: { mishap: 'stall', isAt: runs('UPDATE "Leads"', 'INSERT INTO "Leads"') },
  },
  {
    name: 'what was saved since the snapshot of the catalog is read with it',
    seed: 24,
    protects: 'who starts from a snapshot decides by the rules of now',
    shows: wrongDocuments,
    clients: withSnapshotTakenForCurrent,
  },
  {
    name: 'documents are caught up with by their catalogVersion',
    seed: 17,
    protects: 'what a worker did not live to look at again, the next one does',
    shows: wrongDocuments,
    stores: withoutCatchingUp,
    roughness: { kill: 0.03 },
  },
  {
    name: 'the catalog version is read strongly consistent',
    seed: 469,
    protects: 'a save that was answered is seen by everything that starts after it',
    shows: wrongDocuments,
    weaknesses: { readsStale: (table, key) => table === 'Segments' && key.sk?.S === catalogKey.sk },
    themes: ['resaves'],
    roughness: { mostLag: 8 },
  },
  {
    name: 'pages of lead documents are read strongly consistent',
    seed: 8,
    protects: 'a recalculation sees what was decided by the rules before',
    shows: wrongMembers,
    weaknesses: { readsStale: (table) => table === 'Leads' },
    themes: ['resaves'],
    roughness: { mostLag: 8 },
  },
  {
    name: 'a save is stored on condition of the catalog version it was checked against',
    seed: 2,
    protects: 'no two saves get one version, of which nobody would read the second',
    shows: /is (missing from|wrongly in) seg_|was never published/,
    weaknesses: { ignoresCondition: (table, _write, key) => table === 'Segments' && key.sk?.S === catalogKey.sk },
    themes: ['resaves'],
    focus: { mishap: 'stall', isAt: ({ name }, { command }) => name.startsWith('api') && command === 'TransactWrite' },
  },
  {
    name: 'an account is looked at again after the write',
    seed: 29,
    protects: 'a change of the account is not missed by a lead that is linking to it',
    shows: wrongMembers,
    stores: withoutSecondLookAtAccounts,
    themes: ['moves'],
    focus: { mishap: 'stall', isAt: runs('UPDATE "Leads"', 'INSERT INTO "Leads"') },
  },
  {
    name: 'the roster is entered before the document is written',
    seed: 37,
    protects: 'a worker that dies in between leaves no lead that its account does not know',
    shows: wrongMembers,
    stores: withRosterLast,
    themes: ['moves'],
    focus: { mishap: 'kill', isAt: runs('INSERT INTO "Accounts"') },
  },
  {
    name: 'roster entries have the version of the document',
    seed: 379,
    protects: 'who leaves late does not remove the entry of a lead that came back',
    shows: wrongMembers,
    weaknesses: {
      ignoresCondition: (table, write, key) => table === 'Accounts' && write === 'delete' && !isAccount(key),
    },
    themes: ['moves'],
    focus: { mishap: 'stall', isAt: runs('DELETE FROM "Accounts"') },
    roughness: { kill: 0, fault: 0, duplicate: 0, stall: 0 },
  },
  {
    name: 'the roster is read strongly consistent',
    seed: 33,
    protects: 'a fan-out finds every lead that entered before the account changed',
    shows: wrongMembers,
    weaknesses: { readsStale: (table, key) => table === 'Accounts' && !isAccount(key) },
    themes: ['accounts'],
    roughness: { mostLag: 8 },
  },
  {
    name: 'an account is written on condition of its version',
    seed: 99,
    protects: 'two changes of one account never both build on the same state',
    shows: wrongMembers,
    weaknesses: {
      ignoresCondition: (table, write, key) => table === 'Accounts' && write !== 'delete' && isAccount(key),
    },
    themes: ['moves'],
    focus: { mishap: 'stall', isAt: runs('UPDATE "Accounts"') },
  },
  {
    name: 'an account change is done when its fan-out is queued',
    seed: 128,
    protects: 'the next delivery fans out what a worker did not live to',
    shows: wrongMembers,
    clients: withFanOutLater,
    themes: ['moves'],
    focus: { mishap: 'kill', isAt: ({ name }) => name.startsWith('late-fan-out') },
  },
  {
    name: 'a raw event is stored before its state',
    seed: 20,
    protects: 'who reads the raw events finds every event that was evaluated',
    shows: wrongMembers,
    stores: withEventsLast,
    themes: ['events'],
    focus: { mishap: 'stall', isAt: runs('INSERT INTO "Events"') },
  },
  {
    name: 'event state is merged, never replaced',
    seed: 4,
    protects: 'an event that was counted stays counted',
    shows: wrongMembers,
    stores: withStateReplaced,
    themes: ['events'],
  },
  {
    name: 'the catalog says whether a condition is filled',
    seed: 19,
    protects: 'a lead without state is not taken for one without events',
    shows: wrongMembers,
    stores: withConditionsTakenForFilled,
    themes: ['events'],
  },
  {
    name: 'a condition counts as filled when all shards are through',
    seed: 19,
    protects: 'state never claims to be whole before the raw events were read',
    shows: wrongMembers,
    clients: withEarlyEnd,
    themes: ['events'],
  },
  {
    name: 'all that reads the clock is evaluated when dueAt is overdue',
    seed: 1,
    protects: 'a document is true at the moment it was evaluated at',
    shows: /was overdue when it was written/,
    stores: withoutClockRules,
    themes: ['clock'],
  },
  {
    name: 'a deleted lead leaves a tombstone that says until when nothing exists',
    seed: 2,
    protects: 'what was sent before the deletion, and comes again after it, brings nothing back',
    shows: /is there, but nothing was ever said about it/,
    stores: withoutTombstones,
    themes: ['deletions'],
  },
  {
    name: 'a tombstone that forgot its id is found by its hash',
    seed: 11,
    protects: 'what comes again long after the deletion brings nothing back',
    shows: /is there, but nothing was ever said about it|came after/,
    stores: withoutForgottenTombstones,
    themes: ['deletions'],
  },
  {
    name: 'a tombstone keeps its id until nobody is at work any more who read before',
    seed: 8,
    protects: 'who found no lead cannot insert it anew, in ignorance of its life and its deletion',
    shows: /is there, but nothing was ever said about it|came after/,
    stores: withTombstonesForgettingAtOnce,
    themes: ['deletions'],
    focus: { mishap: 'stall', isAt: runs('INSERT INTO "Leads"') },
  },
  {
    name: 'transitions are in the write that decides them',
    seed: 1,
    protects: 'nothing is decided without being told',
    shows: /was never published|went from sequence/,
    stores: withOutboxLater,
    roughness: { kill: 0.03 },
  },
  {
    name: 'a membership row is written on condition that it is as it was read',
    seed: 19,
    protects: 'two deliveries at once do not both move a count, nor an older one a row back',
    shows: wrongCounts,
    weaknesses: { ignoresCondition: isWriteOfRow },
    roughness: { duplicate: 0.5 },
  },
  {
    name: 'membership rows are read before they are moved',
    seed: 27,
    protects: 'a delivery that is repeated moves no count again',
    shows: wrongCounts,
    weaknesses: { ignoresCondition: isWriteOfRow, readsStale: (table) => table === 'Memberships' },
    roughness: { mostLag: 8, kill: 0.03 },
  },
  {
    name: 'a batch of rows has one mark: counted or closed',
    seed: 11,
    protects: 'rows whose batch was closed are not counted by that batch after all',
    shows: wrongCounts,
    weaknesses: { ignoresCondition: (table, _write, key) => table === 'Memberships' && isRowBatchKey(key) },
    roughness: { duplicate: 0.5 },
  },
  {
    name: 'rows that nobody counted are counted by whoever meets them',
    seed: 35,
    protects: 'a projector that dies between rows and counters leaves no count behind',
    shows: wrongCounts,
    clients: withBatchesTakenForCounted,
    roughness: { kill: 0.03 },
  },
  {
    name: 'a batch is counted only if each of its rows is known to be written',
    seed: 19,
    protects: 'a row whose answer was lost is neither forgotten nor counted twice',
    shows: wrongCounts,
    clients: withRowsTakenForWritten,
    roughness: { duplicate: 0.5 },
  },
  {
    name: 'the reconciler compares a count only if all rows it saw were counted',
    seed: 2,
    protects: 'rows that are about to be counted are not counted by the repair as well',
    shows: wrongCounts,
    clients: (clients, actor) => (isReconciler(actor) ? withBatchesTakenForCounted(clients) : clients),
    themes: ['repairs'],
    roughness: { stickiness: 0 },
    focus: {
      mishap: 'stall',
      isAt: (actor, { command }) => !isReconciler(actor) && command === 'TransactWriteItems',
    },
  },
  {
    name: 'the reconciler sets a count only if it has not moved since its rows were counted',
    seed: 26,
    protects: 'what repairs does not undo what the projector does at the same time',
    shows: wrongCounts,
    clients: withCountsFromMemory,
    themes: ['repairs'],
    roughness: { kill: 0, stickiness: 0 },
    focus: {
      mishap: 'stall',
      isAt: (actor, { command, input }) =>
        isReconciler(actor) && (command === 'TransactGetItems' || input.KeyConditionExpression === 'pk = :pk'),
    },
  },
  {
    name: 'a recalculation is of a segment, not of a revision',
    seed: 223,
    protects: 'a run that an older save began never applies the older rules',
    shows: wrongDocuments,
    stores: withRulesOfTheRuns,
    themes: ['resaves'],
    roughness: { stall: 0.1 },
  },
  {
    name: 'progress is stored after its leads were evaluated',
    seed: 20,
    protects: 'a page that a worker did not live to finish is done again',
    shows: wrongMembers,
    clients: withProgressFirst,
    themes: ['resaves'],
    focus: {
      mishap: 'kill',
      isAt: (actor, call) => actor.name.startsWith('jobs') && runs('UPDATE "Leads"')(actor, call),
    },
  },
  {
    name: 'a run that joins a round late is through when the round has come by there again',
    seed: 2,
    protects: 'the leads before are evaluated for it, too',
    shows: wrongMembers,
    clients: withoutComingRound,
    themes: ['rounds'],
    focus: { mishap: 'stall', isAt: isEndOfPage },
  },
  {
    name: 'runs are listed before the page is read that is evaluated for them',
    seed: 162,
    protects: 'what was decided before a run began is not missed by it',
    shows: wrongMembers,
    stores: withPagesReadAhead,
    themes: ['rounds'],
    focus: { mishap: 'stall', isAt: isEndOfPage },
  },
  {
    name: 'whoever lets go of a round looks for runs once more',
    seed: 103,
    protects: 'no run waits for a round that it saw held, and that nobody goes on with',
    shows: unfinishedRun,
    clients: withoutLastLook,
    isWithoutRestarts: true,
    roughness: { kill: 0, fault: 0 },
  },
  {
    name: 'a message for a round counts until the round is taken up',
    seed: 16,
    protects: 'no run waits for a message that has been worked on',
    shows: unfinishedRun,
    clients: withMessagesTakenForWaiting,
    isWithoutRestarts: true,
    roughness: { kill: 0, fault: 0 },
  },
  {
    name: 'what a newer release wrote is refused',
    seed: 1,
    protects: 'while a deployment goes on, old functions do not write over what new ones wrote',
    shows: /has the next format, and was written by a release that does not know it/,
    clients: readingNextFormat,
    hasDeployment: true,
  },
  {
    name: 'runs that make no progress are started again',
    seed: 19,
    protects: 'a save whose messages nobody lived to send is recalculated all the same',
    shows: unfinishedRun,
    isWithoutRestarts: true,
    roughness: { kill: 0.03 },
  },
];
