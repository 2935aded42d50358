import type { Catalog } from '../catalog/catalog.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { ShardReader } from '../lead/lead-reads.ts';
import type { evaluateLeads, LeadWork } from '../membership/evaluate-leads.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import type { Recalculation } from '../recalculation/recalculation.ts';
import { auditPartition, type ListedExclusion, type PartitionAudit } from './audit-partition.ts';
import { compareRows, isSettled, type RowDrift, type StoredRow, settledAfterMs, verdict } from './compare-rows.ts';
import { addFigures, driftOf, type Figures, noFigures } from './figures.ts';
import type { ReconciliationMessage, ShardPass } from './shard-pass.ts';

/** How many members a segment has in one shard, as it is stored, and how often that moved. */
export interface StoredCount {
  readonly segmentId: string;
  readonly members: number;
  readonly version: number;
}

/** What the reconciliation of a shard needs from outside. All reads are strongly consistent; scans may throw `TimeUp`. */
export interface ReconciliationPorts {
  /** Epoch ms. */
  readonly now: () => number;
  readonly catalog: { readonly current: () => Promise<Catalog> };
  /** The last recalculation of each active segment. */
  readonly recalculations: () => Promise<readonly Recalculation[]>;
  readonly pages: ShardReader;
  readonly documents: (leadIds: readonly string[]) => Promise<ReadonlyMap<string, LeadDocument>>;
  /** Evaluates leads by the protocol of all writers. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
  readonly leadTotal: {
    readonly readByShard: () => Promise<ReadonlyMap<string, number>>;
    readonly correct: (counted: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) => Promise<void>;
  };
  readonly rows: {
    /** The rows of a segment's leads in one shard after a lead up to another, that one included; left out: to the end. */
    readonly between: (
      segmentId: string,
      shard: string,
      after: string | undefined,
      upTo: string | undefined,
      isTimeUp: () => boolean,
    ) => Promise<readonly StoredRow[]>;
    /** All rows of a segment in one shard, the list of leads that are kept out first. A scan says when its time is up. */
    readonly partition: (
      segmentId: string,
      shard: string,
      isTimeUp?: () => boolean,
    ) => AsyncIterable<readonly (StoredRow | ListedExclusion)[]>;
    /** The counts of one shard, of segments after one up to another, that one included; left out: to the end. */
    readonly counts: (shard: string, after: string, upTo: string | undefined) => Promise<readonly StoredCount[]>;
    /** Of these batches of rows, those that are not counted yet. */
    readonly notCountedYet: (batchIds: readonly string[]) => Promise<ReadonlySet<string>>;
  };
  /** Repairs on condition that nothing moved since it was read; each says how much of it was done. */
  readonly repair: {
    readonly rows: (drifts: readonly RowDrift[], catalog: Catalog) => Promise<number>;
    /** Undefined: the count moved since it was read. */
    readonly count: (stored: StoredCount, shard: string, members: number) => Promise<true | undefined>;
    readonly exclusions: (
      segmentId: string,
      audit: PartitionAudit,
      documents: ReadonlyMap<string, LeadDocument>,
    ) => Promise<number>;
    /** Removes what is left of a deleted segment in one shard. */
    readonly deletedSegment: (segmentId: string, shard: string) => Promise<void>;
  };
  readonly passes: {
    readonly read: (shard: string) => Promise<ShardPass | undefined>;
    /** Stores progress unless the pass moved on or a newer one began; says whether it did. */
    readonly advance: (before: ShardPass, after: ShardPass) => Promise<boolean>;
  };
  /** Publishes what a pass over a whole shard found. */
  readonly publish: (pass: ShardPass) => void;
  /** Told of what did not agree. */
  readonly note: (what: string, details: Readonly<Record<string, unknown>>) => void;
}

const leadsPerStep = 500;
const segmentsPerStep = 8;
/** Leads whose rules may flip by time within that long (ms) are the clock's. */
const clockHorizonMs = 2 * 60_000;

/**
 * Compares a shard's documents with the rules, its rows with the documents and its counts with the rows, step by step
 * from where the pass stands, and repairs, until the shard is done or time is up. Repeating it is harmless. Answers
 * whether the shard has more to do.
 */
export async function reconcileShard(
  ports: ReconciliationPorts,
  { shard, passId }: Pick<ReconciliationMessage, 'shard' | 'passId'>,
  isTimeUp: () => boolean,
): Promise<{ isFinished: boolean }> {
  let pass = await ports.passes.read(shard);
  while (pass?.passId === passId && pass.step !== 'done') {
    if (isTimeUp()) return { isFinished: false };
    const step = pass.step === 'leads' ? leadsStep : segmentsStep;
    const stepped = await unlessTimeUp(step(ports, pass, isTimeUp));
    if (!stepped) return { isFinished: false };
    const next = recorded(pass, stepped, ports.now());
    // Before it is stored: whoever dies in between publishes it twice, not never.
    if (next.step === 'done') ports.publish(next);
    // Else another delivery of this message is ahead, or a newer pass began.
    if (!(await ports.passes.advance(pass, next))) break;
    pass = next;
  }
  return { isFinished: true };
}

function recorded(before: ShardPass, pass: ShardPass, now: number): ShardPass {
  const at = new Date(now).toISOString();
  const hasDrift = driftOf(pass.figures) > driftOf(before.figures);
  return {
    ...pass,
    progressedAt: at,
    restarts: 0,
    ...(hasDrift && { lastDriftAt: at }),
    ...(pass.step === 'done' && {
      last: { startedAt: pass.startedAt, finishedAt: at, figures: pass.figures },
    }),
  };
}

/** One page of leads: the decisions about them, and their rows. */
async function leadsStep(ports: ReconciliationPorts, pass: ShardPass, isTimeUp: () => boolean): Promise<ShardPass> {
  const { shard, after } = pass;
  const { after: _after, ...rest } = pass;
  const leadsBefore = pass.leadsBefore ?? (await ports.leadTotal.readByShard()).get(shard) ?? 0;
  const { leads, next } = await ports.pages(shard, after, leadsPerStep, isTimeUp);
  // First what may have to wait: when time is up in it, nothing was repaired yet that would be in no figures.
  const stored = await readRange(ports, shard, { after, upTo: next }, isTimeUp);
  const decisions = await compareDecisions(ports, leads);
  const rows = await compareRange(ports, leads, stored);
  const stepped = {
    ...rest,
    leadsBefore,
    leads: pass.leads + leads.length,
    figures: [decisions, rows].reduce(addFigures, pass.figures),
  };
  if (next !== undefined) return { ...stepped, after: next };
  await ports.leadTotal.correct(new Map([[shard, stepped.leads]]), new Map([[shard, leadsBefore]]));
  return { ...stepped, step: 'segments' };
}

/** Evaluates leads in full, but for segments whose recalculation is not long over: what flips was not as it should be. */
async function compareDecisions(ports: ReconciliationPorts, leads: readonly LeadDocument[]): Promise<Figures> {
  const now = ports.now();
  const requestedAt = new Map((await settledSegments(ports, now)).map((segmentId) => [segmentId, 0]));
  const settled = leads.filter(
    (document) => isSettled(document, now) && (document.dueAt ?? Number.POSITIVE_INFINITY) > now + clockHorizonMs,
  );
  if (settled.length === 0) return noFigures;
  const { outcomes, failed } = await ports.evaluate(
    settled.map((document): LeadWork => {
      const accountId = document.accountLink?.[0] ?? undefined;
      return {
        leadId: document.leadId,
        document,
        recalculate: { requestedAt, isReconciliation: true },
        ...(accountId !== undefined && { accountId }),
      };
    }),
  );
  for (const [leadId, reason] of failed) ports.note('A lead could not be reconciled', { leadId, reason });
  const drifted = [...outcomes.values()].filter(({ leadId, transitions }) => {
    const repairs = transitions.filter(({ cause }) => cause.kind === 'reconciled');
    for (const { segmentId, sequence } of repairs) {
      ports.note('A document said otherwise than the rules', { leadId, segmentId, sequence });
    }
    return repairs.length > 0;
  });
  // Something is to be written that has no room: nobody but people can put it right.
  const refused = [...outcomes.values()].filter((outcome) => outcome.refused !== undefined);
  for (const { leadId, refused: reason } of refused)
    ports.note('A lead has no room for what is decided', { leadId, reason });
  const drift = { ...noFigures.drift, decisions: drifted.length + refused.length };
  return { compared: settled.length - failed.size, drift, repaired: drifted.length };
}

/** Active segments whose last recalculation has been over for five minutes. */
async function settledSegments(ports: ReconciliationPorts, now: number): Promise<string[]> {
  const over = (await ports.recalculations()).filter(
    ({ state, finishedAt }) =>
      state === 'done' && finishedAt !== undefined && Date.parse(finishedAt) <= now - settledAfterMs,
  );
  const { active } = await ports.catalog.current();
  return over.flatMap(({ segmentId }) => (active.has(segmentId) ? [segmentId] : []));
}

/** The rows of a range of leads, of every segment. */
async function readRange(
  ports: ReconciliationPorts,
  shard: string,
  { after, upTo }: { after: string | undefined; upTo: string | undefined },
  isTimeUp: () => boolean,
): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for (const group of groupsOf([...(await ports.catalog.current()).known.keys()], segmentsPerStep)) {
    const read = await Promise.all(
      group.map((segmentId) => ports.rows.between(segmentId, shard, after, upTo, isTimeUp)),
    );
    rows.push(...read.flat());
  }
  return rows;
}

/** Compares a page of documents with the rows of the same range of leads; what was decided since is not yet settled. */
async function compareRange(
  ports: ReconciliationPorts,
  leads: readonly LeadDocument[],
  rows: readonly StoredRow[],
): Promise<Figures> {
  const catalog = await ports.catalog.current();
  const uncounted = await ports.rows.notCountedYet(rows.flatMap(({ batchId }) => batchId ?? []));
  const now = ports.now();
  const { agreed, suspects } = compareRows(leads, rows, { known: new Set(catalog.known.keys()), uncounted, now });
  const documents = await ports.documents([...new Set(suspects.map(({ leadId }) => leadId))]);
  const verdicts = suspects.map((pair) => verdict(pair, documents.get(pair.leadId), now));
  const drifts = verdicts.flatMap((found) => (found.kind === 'drift' ? [found.drift] : []));
  for (const { leadId, segmentId, row, expected, isUncounted } of drifts) {
    const what = isUncounted ? 'A row was never counted' : 'A row said otherwise than its document';
    ports.note(what, { leadId, segmentId, row, expected });
  }
  const repaired = drifts.length > 0 ? await ports.repair.rows(drifts, catalog) : 0;
  const compared = agreed + verdicts.filter(({ kind }) => kind !== 'changing').length;
  return { compared, drift: { ...noFigures.drift, rows: drifts.length }, repaired };
}

/** A few segments: the counts of their members in the shard; what is left of deleted ones goes. */
async function segmentsStep(ports: ReconciliationPorts, pass: ShardPass, isTimeUp: () => boolean): Promise<ShardPass> {
  const { shard } = pass;
  const { after = '', ...rest } = pass;
  const upTo = [...(await ports.catalog.current()).known.keys()].filter((segmentId) => segmentId > after).sort()[
    segmentsPerStep - 1
  ];
  // Counts before the catalog: a segment that has one and is not known there is deleted, not new.
  const stored = await ports.rows.counts(shard, after, upTo);
  const counts = new Map(stored.map((count) => [count.segmentId, count]));
  const { known } = await ports.catalog.current();
  const all = [...new Set([...known.keys(), ...counts.keys()])].sort().filter((segmentId) => segmentId > after);
  const segmentIds = all.slice(0, segmentsPerStep);
  const found = await Promise.all(
    segmentIds.map(async (segmentId) => {
      const count = counts.get(segmentId) ?? { segmentId, members: 0, version: 0 };
      if (known.has(segmentId)) return comparePartition(ports, shard, count, isTimeUp);
      await ports.repair.deletedSegment(segmentId, shard);
      return noFigures;
    }),
  );
  const figures = found.reduce(addFigures, pass.figures);
  const last = segmentIds.at(-1);
  if (last === undefined || all.length === segmentIds.length) return { ...rest, figures, step: 'done' };
  return { ...rest, figures, after: last };
}

async function comparePartition(
  ports: ReconciliationPorts,
  shard: string,
  stored: StoredCount,
  isTimeUp: () => boolean,
): Promise<Figures> {
  const { segmentId } = stored;
  const audit = await auditPartition(ports.rows.partition(segmentId, shard, isTimeUp));
  const exclusions = audit.unlisted.length + audit.listedInVain.length;
  const isRight = exclusions === 0 && audit.members === stored.members;
  // Rows are written before they are counted and listed: what differs may be on its way, and is looked at next time.
  if (!isRight && (await ports.rows.notCountedYet([...audit.batchIds])).size > 0) return noFigures;
  let repairedExclusions = 0;
  if (exclusions > 0) {
    ports.note('The list of leads that are kept out is not right', { segmentId, shard, exclusions });
    const documents = await ports.documents(audit.unlisted.map(({ leadId }) => leadId));
    repairedExclusions = await ports.repair.exclusions(segmentId, audit, documents);
  }
  const listed: Figures = {
    compared: audit.listed + exclusions,
    drift: { ...noFigures.drift, rows: exclusions },
    repaired: repairedExclusions,
  };
  if (audit.members === stored.members) return addFigures(listed, { ...noFigures, compared: 1 });
  // All of these rows were counted: only if the count has not moved while they were read is it wrong.
  const isRepaired = await ports.repair.count(stored, shard, audit.members);
  if (!isRepaired) return listed;
  ports.note('A count said otherwise than the rows', { segmentId, shard, stored: stored.members, rows: audit.members });
  return addFigures(listed, { compared: 1, drift: { ...noFigures.drift, counts: 1 }, repaired: 1 });
}

function groupsOf<T>(entries: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let from = 0; from < entries.length; from += size) groups.push(entries.slice(from, from + size));
  return groups;
}
