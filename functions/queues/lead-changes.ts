import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { setting } from '../../shared/aws/settings.ts';
import { createKeptOutStore } from '../../shared/erasure/kept-out-store.ts';
import type { LeadChange, LeadEvent } from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';
import { isKeptOut, type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { mentionsOf } from '../../shared/vocabulary/mentions.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { createFreshnessNotes } from './freshness-notes.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';
import { takingMore } from './take-more.ts';

/** A message that was understood, with the record it came in. */
export interface ReceivedChange<T> {
  readonly record: SQSRecord;
  readonly change: T;
}

/** Reads a batch of change messages; what can never be understood is set apart with its reason. */
export function readChanges<T extends { occurredAt: number }>(
  event: SQSEvent,
  schema: z.ZodType<T>,
): { received: ReceivedChange<T>[]; refused: RefusedMessage[] } {
  const received: ReceivedChange<T>[] = [];
  const refused: RefusedMessage[] = [];
  for (const record of event.Records) {
    const parsed = parseChangeMessage(record.body, schema, Number(record.attributes.SentTimestamp));
    if ('change' in parsed) received.push({ record, change: parsed.change });
    else refused.push({ record, reason: parsed.refused });
  }
  return { received, refused };
}

/** Does what is only good to have: a failure is logged, and does not bring the batch's messages back. */
export async function attempt(what: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(`${what} failed; the changes themselves are stored`, error);
  }
}

/**
 * The worker of one queue of lead changes: reads the batch, stores its events, evaluates its leads together, and reports
 * just the messages that are to come again.
 */
export function createLeadChangeWorker<T extends { leadId: string; occurredAt: number }>(
  queue: 'profileChanges' | 'levelChanges' | 'leadEvents',
  schema: z.ZodType<T>,
  asChange: (message: T) => LeadChange,
  stores: LeadStores = createLeadStores(),
): QueueFunction {
  const vocabulary = createVocabularyStore(stores.clients.documents, setting('SEGMENTS_TABLE'), stores.hash);
  const keptOut = createKeptOutStore(stores.clients.documents, setting('SEGMENTS_TABLE'));
  const worker = createQueueWorker(
    stores.clients,
    async (event) => {
      const { received, refused } = readChanges(event, schema);
      const sent = received.map(({ change }) => asChange(change));
      const documents = await readBeforeStoring(stores, sent);
      const stored = await storeEvents(
        stores,
        sent,
        received.map(({ record }) => Number(record.attributes.SentTimestamp)),
        documents,
      );
      const changes = stored.filter((change) => change !== undefined);
      const work = [...groupByLead(changes)].map(([leadId, ofLead]) => {
        const document = documents.get(leadId);
        return { leadId, changes: ofLead, ...(document && { document }) };
      });
      const { refusedChanges, failed: failedLeads, outcomes } = await applyChanges(stores, work, oldestOf(received));
      const failed = new Map<string, string>();
      for (const [index, { record, change }] of received.entries()) {
        const known = stored[index];
        const refusal = known ? refusedChanges.get(known) : otherMetadata;
        const failure = failedLeads.get(change.leadId);
        if (refusal) refused.push({ record, reason: refusal });
        else if (failure) failed.set(record.messageId, failure);
      }
      for (const [leadId, reason] of failedLeads) console.error(`Lead ${leadId} will be evaluated again: ${reason}`);
      const messagesKeptOut = changes.filter(({ leadId }) => isKeptOut(outcomes.get(leadId)?.document ?? {})).length;
      if (messagesKeptOut > 0) await attempt('Counting what is kept out', () => keptOut.add(messagesKeptOut));
      const taken = changes.filter((change) => !refusedChanges.has(change) && !isFromBeforeDeletion(change, outcomes));
      await attempt('Noting the vocabulary', () => vocabulary.note(mentionsOf(taken)));
      return { refused, failed };
    },
    createFreshnessNotes(stores.clients.documents, setting('SEGMENTS_TABLE'), queue),
  );
  return takingMore(stores.clients.sqs, worker);
}

/**
 * Where there are events, the documents of their leads, which the evaluation begins with: an event of a lead that is kept out
 * must not be stored. Reading before storing is safe, since an event that matters for a document has it written, on condition
 * that nobody else did meanwhile.
 */
async function readBeforeStoring(
  stores: LeadStores,
  changes: readonly LeadChange[],
): Promise<ReadonlyMap<string, LeadDocument>> {
  const leadIds = [...new Set(changes.flatMap(({ kind, leadId }) => (kind === 'lead_event' ? [leadId] : [])))];
  if (leadIds.length === 0) return new Map();
  const documents = await stores.leads.read(leadIds);
  return new Map(leadIds.map((leadId) => [leadId, documents.get(leadId) ?? unknownLead(leadId)]));
}

const otherMetadata = '/eventId: another event of this lead, type and moment has this id and other metadata';

/**
 * Stores the raw events among changes, but for those of leads that are kept out, and notes with each when it was received
 * first (epoch ms). Undefined for an event that is not the one that is stored under its id.
 */
async function storeEvents(
  stores: LeadStores,
  changes: readonly LeadChange[],
  receivedAt: readonly number[],
  documents: ReadonlyMap<string, LeadDocument>,
): Promise<(LeadChange | undefined)[]> {
  const isStored = (change: LeadChange): change is LeadEvent =>
    change.kind === 'lead_event' && !isKeptOut(documents.get(change.leadId) ?? {});
  const indexes = changes.flatMap((change, index) => (isStored(change) ? [index] : []));
  if (indexes.length === 0) return [...changes];
  const events = changes.filter(isStored);
  const stored = await stores.events.put(
    events,
    indexes.map((index) => receivedAt[index] ?? 0),
  );
  const byIndex = new Map(indexes.map((index, position) => [index, stored[position]]));
  return changes.map((change, index) => (byIndex.has(index) ? byIndex.get(index) : change));
}

/** Leads as they are after an evaluation, by id. */
type Outcomes = ReadonlyMap<string, { readonly document?: LeadDocument }>;

/** What happened up to a lead's deletion does not exist. */
function isFromBeforeDeletion({ leadId, occurredAt }: LeadChange, outcomes: Outcomes): boolean {
  const deletedAt = outcomes.get(leadId)?.document?.deletedAt;
  return deletedAt !== undefined && occurredAt <= deletedAt;
}

/** Whoever stored an event from before its lead's deletion removes it. */
async function removeEventsOfDeleted(
  stores: ReturnType<typeof createLeadStores>,
  changes: readonly LeadChange[],
  outcomes: Outcomes,
): Promise<void> {
  const gone = changes.flatMap((change) =>
    change.kind === 'lead_event' && isFromBeforeDeletion(change, outcomes) ? [change] : [],
  );
  if (gone.length > 0) await stores.events.remove(gone);
}

/**
 * Evaluates leads with all their changes at once; those whose documents would become too large, with one change after the
 * other, so that only the changes that do not fit are refused.
 */
async function applyChanges(
  stores: LeadStores,
  work: readonly { leadId: string; changes: readonly LeadChange[] }[],
  since: number,
): Promise<{ refusedChanges: Map<LeadChange, string>; failed: Map<string, string>; outcomes: Outcomes }> {
  const refusedChanges = new Map<LeadChange, string>();
  const { outcomes, failed } = await evaluateAndFollowUp(stores, work, { since });
  await removeEventsOfDeleted(
    stores,
    work.flatMap(({ changes }) => changes),
    outcomes,
  );
  const allFailed = new Map(failed);
  for (const { leadId, changes } of work) {
    const { refused: reason, document } = outcomes.get(leadId) ?? {};
    if (!reason) continue;
    if (changes.length === 1) {
      await forgetEvent(stores, changes[0]!, document);
      refusedChanges.set(changes[0]!, reason);
    }
    for (const change of changes.length > 1 ? changes : []) {
      const alone = await applyChanges(stores, [{ leadId, changes: [change] }], since);
      for (const entry of alone.refusedChanges) refusedChanges.set(...entry);
      for (const entry of alone.failed) allFailed.set(...entry);
    }
  }
  return { refusedChanges, failed: allFailed, outcomes };
}

/** Removes the raw event of a refused change, which evaluators would count; not one that the document counts already. */
async function forgetEvent(stores: LeadStores, change: LeadChange, document: LeadDocument | undefined): Promise<void> {
  if (change.kind !== 'lead_event') return;
  const counted = Object.values(document?.events ?? {}).some(({ newest }) =>
    newest.some(([occurredAt, eventId]) => occurredAt === change.occurredAt && eventId === change.eventId),
  );
  if (!counted) await stores.events.remove([change]);
}

/** When (epoch ms) the oldest of these was sent. */
export function oldestOf(received: readonly ReceivedChange<unknown>[]): number {
  return Math.min(...received.map(({ record }) => Number(record.attributes.SentTimestamp)));
}

function groupByLead(changes: readonly LeadChange[]): Map<string, LeadChange[]> {
  const groups = new Map<string, LeadChange[]>();
  for (const change of changes) {
    const group = groups.get(change.leadId);
    if (group) group.push(change);
    else groups.set(change.leadId, [change]);
  }
  return groups;
}
