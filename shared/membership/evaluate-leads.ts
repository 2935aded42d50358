import type { Catalog, CatalogCondition } from '../catalog/catalog.ts';
import type { LeadChange } from '../lead/change.ts';
import type { NewestFirst, RawEvent } from '../lead/event-order.ts';
import { isLead, type LeadDocument, unknownLead } from '../lead/lead-document.ts';
import type { LeadWrite, WriteResult } from '../lead/lead-write.ts';
import type { ReadAccount } from '../lead/merge-changes.ts';
import type { Transition } from '../lead/outbox.ts';
import type { EventCondition } from '../rule/event-condition.ts';
import { type Decision, decide } from './decide.ts';
import type { RequestedEvaluation } from './decision-input.ts';
import type { ManualCommand, ManualResult } from './manual-changes.ts';

/** One lead to evaluate, and why. */
export interface LeadWork {
  readonly leadId: string;
  /** Changes to fold in; events among them are already stored. */
  readonly changes?: readonly LeadChange[];
  /** Segments to evaluate whatever changed. */
  readonly recalculate?: RequestedEvaluation;
  /** What a person does about the lead in one segment. */
  readonly command?: ManualCommand;
  /** Delete the lead. */
  readonly deletes?: boolean;
  /** With `deletes`, as `DecisionInput.keepsOut`. */
  readonly keepsOut?: boolean | undefined;
  /** Read this account again: the fan-out of one of its changes. */
  readonly accountId?: string;
  /** Epoch ms of a due moment: evaluate all that reads the clock, at that moment or later. */
  readonly dueAt?: number;
  /** The document as a page of leads held it: saves the first read. */
  readonly document?: LeadDocument;
  /** Raw events that came with that page, as `DecisionInput.rawEvents`, read for the conditions of one catalog version. */
  readonly rawEvents?: {
    readonly catalogVersion: number;
    readonly byCondition: ReadonlyMap<string, NewestFirst<RawEvent>>;
  };
}

/** What the evaluation of leads needs from outside. All reads are strongly consistent. */
export interface LeadPorts {
  readonly catalog: {
    /** The catalog as it is now: one small read when it has not moved. */
    readonly current: () => Promise<Catalog>;
  };
  readonly leads: {
    readonly read: (leadIds: readonly string[]) => Promise<ReadonlyMap<string, LeadDocument>>;
    /** Writes each on condition that its version is still `before.version`; results in the order of the writes. */
    readonly write: (writes: readonly LeadWrite[]) => Promise<readonly WriteResult[]>;
  };
  readonly accounts: {
    /** Known accounts only. */
    readonly read: (accountIds: readonly string[]) => Promise<ReadonlyMap<string, ReadAccount>>;
    /** Notes that the lead links to the account from that document version on. */
    readonly enterRoster: (
      entries: readonly { accountId: string; leadId: string; documentVersion: number }[],
    ) => Promise<void>;
    /** Removes entries older than the document version that left the account. */
    readonly leaveRoster: (
      entries: readonly { accountId: string; leadId: string; documentVersion: number }[],
    ) => Promise<void>;
  };
  readonly events: {
    /** A lead's raw events of the condition's type; may stop once the newest `n` that match are among them. */
    readonly read: (
      leadId: string,
      condition: EventCondition,
      n: number,
      now: number,
    ) => Promise<NewestFirst<RawEvent>>;
  };
  /** Epoch ms. */
  readonly now: () => number;
  /** Waits before attempt number `attempt` (1 is the first repetition), with jitter. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** What became of one lead. */
export interface LeadOutcome {
  readonly leadId: string;
  /** The document as it is now (of a deleted lead, what remains); undefined for a lead that was never known. */
  readonly document?: LeadDocument;
  readonly transitions: readonly Transition[];
  readonly wasCreated: boolean;
  readonly wasDeleted: boolean;
  /** What came of the command. */
  readonly manualResult?: ManualResult;
  /** The due moment (epoch ms) that this evaluation set. */
  readonly newDueAt?: number;
  /** Why its changes can never be applied. */
  readonly refused?: string;
}

const maximumAttempts = 12;

/**
 * Evaluates leads by the one protocol that all writers share (docs/architecture.md, "How a lead is evaluated"): read
 * the catalog, read the documents, decide, write each on condition of its version, and look again whether the catalog or
 * a named account moved meanwhile; what lost or became stale starts over. `failed`: leads that kept losing or whose
 * write failed, with the reason; their work is to be done again.
 */
export async function evaluateLeads(
  ports: LeadPorts,
  work: readonly LeadWork[],
): Promise<{ outcomes: ReadonlyMap<string, LeadOutcome>; failed: ReadonlyMap<string, string> }> {
  const outcomes = new Map<string, LeadOutcome>();
  const failed = new Map<string, string>();
  let pending = work;
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === maximumAttempts) {
      for (const { leadId } of pending) failed.set(leadId, 'it kept changing while it was evaluated');
      break;
    }
    if (attempt > 0) await ports.pause(attempt);
    const attempted = await attemptLeads(ports, pending, attempt === 0);
    for (const outcome of attempted.outcomes) {
      const earlier = outcomes.get(outcome.leadId);
      outcomes.set(outcome.leadId, earlier ? joinOutcomes(earlier, outcome) : outcome);
    }
    for (const [leadId, reason] of attempted.failed) failed.set(leadId, reason);
    const [{ version }, movedAccounts] = await Promise.all([
      ports.catalog.current(),
      accountsThatMoved(ports, attempted.readAccounts),
    ]);
    const catalogMoved = version !== attempted.catalogVersion;
    pending = pending.flatMap((item): LeadWork[] => {
      const { leadId } = item;
      if (attempted.refused.has(leadId) || attempted.failed.has(leadId)) return [];
      if (attempted.repeat.has(leadId)) return [item];
      const link = attempted.linkRead.get(leadId);
      const isStale = catalogMoved || (link !== undefined && movedAccounts.has(link));
      return isStale ? [withoutActs(item)] : [];
    });
  }
  return { outcomes, failed };
}

/** What is left once it was done: what people do is done once, even if somebody else does the opposite meanwhile. */
function withoutActs({ command: _command, deletes: _deletes, keepsOut: _keeps, ...catchingUp }: LeadWork): LeadWork {
  return catchingUp;
}

interface Attempt {
  /** The catalog that was decided with. */
  readonly catalogVersion: number;
  readonly outcomes: LeadOutcome[];
  readonly repeat: Set<string>;
  readonly refused: Set<string>;
  /** Why a lead's write failed; its messages come again. */
  readonly failed: Map<string, string>;
  /** Accounts as they were read, by id; undefined: not known. */
  readonly readAccounts: Map<string, ReadAccount | undefined>;
  /** The account whose reading a lead's decision used. */
  readonly linkRead: Map<string, string>;
  readonly handResults: Map<string, ManualResult>;
}

const nothingDone = (leadId: string): LeadOutcome => ({
  leadId,
  transitions: [],
  wasCreated: false,
  wasDeleted: false,
});

async function attemptLeads(ports: LeadPorts, work: readonly LeadWork[], isFirst: boolean): Promise<Attempt> {
  const toRead = work.filter(({ document }) => !isFirst || !document).map(({ leadId }) => leadId);
  const asRead = new Map<string, ReadAccount | undefined>();
  const [catalog, read, accounts] = await Promise.all([
    ports.catalog.current(),
    ports.leads.read(toRead),
    readAccounts(ports, work, asRead),
  ]);
  const attempt: Attempt = {
    catalogVersion: catalog.version,
    outcomes: [],
    repeat: new Set(),
    refused: new Set(),
    failed: new Map(),
    readAccounts: asRead,
    linkRead: new Map(),
    handResults: new Map(),
  };
  const writes: LeadWrite[] = [];
  const decideOne = async (item: LeadWork): Promise<void> => {
    const { leadId } = item;
    const document = (isFirst ? item.document : undefined) ?? read.get(leadId) ?? unknownLead(leadId);
    if (document.catalogVersion > catalog.version) {
      attempt.repeat.add(leadId);
      return;
    }
    const decision = await decideWithEvents(ports, catalog, item, document, accounts, isFirst);
    const after = decision.document;
    if (after.account && accountsNamed(item).includes(after.account.accountId)) {
      attempt.linkRead.set(leadId, after.account.accountId);
    }
    const { manualResult } = decision;
    if (manualResult) attempt.handResults.set(leadId, manualResult);
    if (decision.changed) writes.push({ before: document, after, outbox: decision.outbox });
    else {
      const known = document.version > 0 ? { document } : {};
      attempt.outcomes.push({ ...nothingDone(leadId), ...known, ...(manualResult && { manualResult }) });
    }
  };
  // What goes wrong for one lead (its events cannot be read, say) is that lead's, not the batch's.
  const fail = (leadId: string) => (error: unknown) => {
    attempt.failed.set(leadId, error instanceof Error ? error.message : String(error));
  };
  await Promise.all(work.map((item) => decideOne(item).catch(fail(item.leadId))));
  await storeWrites(ports, writes, attempt);
  return attempt;
}

async function decideWithEvents(
  ports: LeadPorts,
  catalog: Catalog,
  item: LeadWork,
  document: LeadDocument,
  accounts: ReadonlyMap<string, ReadAccount>,
  isFirst: boolean,
): Promise<Exclude<Decision, { missing: readonly CatalogCondition[] }>> {
  const now = Math.max(ports.now(), item.dueAt ?? 0);
  const isCurrent = isFirst && item.rawEvents?.catalogVersion === catalog.version;
  const rawEvents = new Map(isCurrent ? item.rawEvents?.byCondition : undefined);
  const { changes = [], recalculate, command, deletes, keepsOut } = item;
  const asked = { changes, ...(recalculate && { recalculate }), command, deletes, keepsOut };
  for (;;) {
    const isDue = item.dueAt !== undefined;
    const decision = decide({ document, accounts, catalog, now, rawEvents, isDue, ...asked });
    if (!decision.missing) return decision;
    for (const condition of decision.missing) {
      if (rawEvents.has(condition.id)) throw new Error(`The events of condition ${condition.id} were read in vain`);
      // The events among the changes are stored already, and hidden at first: what decides must be there without them.
      const n = condition.n + changes.length;
      rawEvents.set(condition.id, await ports.events.read(item.leadId, condition, n, now));
    }
  }
}

async function storeWrites(ports: LeadPorts, writes: readonly LeadWrite[], attempt: Attempt): Promise<void> {
  if (writes.length === 0) return;
  const linkOf = (document: LeadDocument) => document.accountLink?.[0] ?? undefined;
  const moved = writes.filter(({ before, after }) => linkOf(before) !== linkOf(after));
  const entries = moved.flatMap(({ after }) => {
    const accountId = linkOf(after);
    return accountId === undefined ? [] : [{ accountId, leadId: after.leadId, documentVersion: after.version }];
  });
  // Roster first: a fan-out between the two writes then finds the lead, and this attempt's second look the account.
  if (entries.length > 0) await ports.accounts.enterRoster(entries);
  const results = await ports.leads.write(writes);
  const left: { accountId: string; leadId: string; documentVersion: number }[] = [];
  for (const [index, { before, after, outbox }] of writes.entries()) {
    const { leadId } = after;
    const result = results[index];
    if (result === 'written') {
      const newDueAt = after.dueAt === before.dueAt ? undefined : after.dueAt;
      const manualResult = attempt.handResults.get(leadId);
      attempt.outcomes.push({
        leadId,
        document: after,
        transitions: outbox.transitions,
        wasCreated: !isLead(before) && isLead(after),
        wasDeleted: isLead(before) && !isLead(after),
        ...(manualResult && { manualResult }),
        ...(newDueAt !== undefined && { newDueAt }),
      });
      const leftAccount = linkOf(before);
      if (leftAccount !== undefined && leftAccount !== linkOf(after)) {
        left.push({ accountId: leftAccount, leadId, documentVersion: after.version });
      }
    } else if (result === undefined || result === 'conflict') attempt.repeat.add(leadId);
    else if ('failed' in result) attempt.failed.set(leadId, result.failed);
    else {
      attempt.refused.add(leadId);
      const refused = `the lead document would be ${result.tooLargeBytes} bytes, more than it may be`;
      attempt.outcomes.push({ ...nothingDone(leadId), document: before, refused });
    }
  }
  if (left.length > 0) await ports.accounts.leaveRoster(left);
}

/** The accounts a lead's changes name, or whose change is being fanned out. */
function accountsNamed({ changes = [], accountId }: LeadWork): readonly string[] {
  const named = changes.flatMap((change) => (change.kind === 'profile_change' && change.accountId) || []);
  return accountId === undefined ? named : [...named, accountId];
}

async function readAccounts(
  ports: LeadPorts,
  work: readonly LeadWork[],
  into: Map<string, ReadAccount | undefined>,
): Promise<ReadonlyMap<string, ReadAccount>> {
  const accountIds = [...new Set(work.flatMap(accountsNamed))];
  if (accountIds.length === 0) return new Map();
  const accounts = await ports.accounts.read(accountIds);
  for (const accountId of accountIds) into.set(accountId, accounts.get(accountId));
  return accounts;
}

async function accountsThatMoved(
  ports: LeadPorts,
  asRead: ReadonlyMap<string, ReadAccount | undefined>,
): Promise<ReadonlySet<string>> {
  if (asRead.size === 0) return new Set();
  const again = await ports.accounts.read([...asRead.keys()]);
  return new Set([...asRead].flatMap(([id, before]) => (again.get(id)?.version === before?.version ? [] : [id])));
}

function joinOutcomes(earlier: LeadOutcome, later: LeadOutcome): LeadOutcome {
  // What an earlier attempt wrote has taken the changes in; only catching up with the catalog did not fit.
  if (later.refused && earlier.transitions.length + Number(earlier.wasCreated) > 0) return earlier;
  const newDueAt = later.newDueAt ?? earlier.newDueAt;
  // The first attempt that stored it did it; later ones only caught up.
  const manualResult = earlier.manualResult ?? later.manualResult;
  return {
    ...later,
    ...(manualResult && { manualResult }),
    ...(newDueAt !== undefined && { newDueAt }),
    transitions: [...earlier.transitions, ...later.transitions],
    wasCreated: earlier.wasCreated || later.wasCreated,
    wasDeleted: earlier.wasDeleted || later.wasDeleted,
  };
}
