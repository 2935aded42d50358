import type { BatchStatementRequest, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { pauseWithJitter, UnprocessedError } from '../aws/retries.ts';
import { runStatements } from '../aws/statements.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { type MembershipRow, type RowChange, rowExpiresAt } from './membership-row.ts';
import { countersOf, counterUpdate, sumOf } from './move-counts.ts';
import { createRowBatchStore } from './row-batch-store.ts';
import { excludedKey, lanes, memberKey } from './row-keys.ts';
import { addMoves, movesOf, noMoves, type RowMoves } from './row-moves.ts';

const maximumTransactionItems = 100;
const maximumAttempts = 10;
/** So often a batch tries to count its rows before it is given up, and its rows are written anew. */
const maximumCounts = 4;

/** Brings rows of memberships, their counts and the day counters up to date. */
export function createRowStore(dynamodb: DynamoDBClient, table: string, retentionDays: number) {
  const batches = createRowBatchStore(dynamodb, table);

  /** Writes rows and counts them; answers false if that cannot be known of each of them: then none is counted. */
  const writeBatch = async (steps: readonly RowStep[]): Promise<boolean> => {
    const batchId = batches.begin();
    const results = await runStatements(
      dynamodb,
      steps.map((step) => rowStatement(table, step, batchId)),
    );
    const failed = results.find((result) => typeof result === 'object');
    if (failed) throw new Error(`A row of a membership could not be written: ${failed.failed}`);
    // Of a write whose answer was lost the next try fails, although the row is there.
    if (!results.every((result) => result === 'done')) return false;
    const listings = steps.flatMap((step) => listingWrites(table, step));
    // Who moves the same counter at the same time is not met again in another lane.
    for (let attempt = 1; ; attempt++) {
      const lane = lanes[Math.floor(Math.random() * lanes.length)]!;
      const counters = sumOf(steps.flatMap(({ change, moves }) => countersOf(change.row, moves, lane)));
      const updates = counters.map((counter) => counterUpdate(table, counter, retentionDays));
      const outcome = await batches.count(batchId, [...listings, ...updates]);
      if (outcome !== 'conflict' || attempt === maximumCounts) return outcome === 'counted';
      await pauseWithJitter(attempt);
    }
  };

  /** Older or repeated changes do nothing: a row moves only forward in the document's version. */
  return async (changes: readonly RowChange[]): Promise<void> => {
    let pending = changes;
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt === maximumAttempts) throw new UnprocessedError('memberships', pending.length);
      if (attempt > 0) await pauseWithJitter(attempt);
      const stored = await readRows(dynamodb, table, pending);
      const uncounted = await batches.uncounted([...stored.values()].flatMap(({ batchId }) => batchId ?? []));
      const steps = pending.flatMap((change) => stepOf(change, stored.get(rowId(change.row)) ?? noRow, uncounted));
      const outcomes = await mapConcurrently(packed(steps), 2, async (group) =>
        (await writeBatch(group)) ? [] : group.map(({ change }) => change),
      );
      pending = outcomes.flat();
    }
  };
}

/** A row before it is brought up to date. */
interface StoredRow {
  readonly version: number;
  readonly sequence: number;
  readonly isExcluded: boolean;
  /** The batch that last wrote it, and what that is to be counted as. */
  readonly batchId?: string;
  readonly moves: RowMoves;
  readonly item: Item;
}

const noRow: StoredRow = { version: 0, sequence: 0, isExcluded: false, moves: noMoves, item: {} };

/** One write of a row, with what is to be counted then. */
interface RowStep {
  readonly change: RowChange;
  readonly stored: StoredRow;
  /** The row as it is then; the same as stored if it only has to be counted. */
  readonly attributes: Item;
  readonly isNewer: boolean;
  readonly moves: RowMoves;
}

const rowId = ({ segmentId, leadId }: Pick<MembershipRow, 'segmentId' | 'leadId'>) => `${segmentId} ${leadId}`;
const keyText = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;

async function readRows(
  dynamodb: DynamoDBClient,
  table: string,
  changes: readonly RowChange[],
): Promise<Map<string, StoredRow>> {
  const byKey = new Map(changes.map(({ row }) => [keyText(memberKey(row.segmentId, row.leadId)), rowId(row)]));
  const keys = changes.map(({ row }) => memberKey(row.segmentId, row.leadId));
  const items = await readItems(dynamodb, table, keys);
  return new Map(items.map((item) => [byKey.get(keyText(item)) ?? '', storedRow(item)]));
}

function storedRow(item: Item): StoredRow {
  return {
    version: Number(item.version?.N),
    sequence: Number(item.sequence?.N),
    isExcluded: item.excludedAt?.N !== undefined,
    ...(item.batchId?.S !== undefined && { batchId: item.batchId.S }),
    moves: item.moves?.S ? JSON.parse(item.moves.S) : noMoves,
    item,
  };
}

/** What there is to write: a newer row; also the same one, if nobody has counted it. */
function stepOf(change: RowChange, stored: StoredRow, uncounted: ReadonlySet<string>): RowStep[] {
  const isNewer = change.row.version > stored.version;
  const isUncounted = stored.batchId !== undefined && uncounted.has(stored.batchId);
  if (!isNewer && !isUncounted) return [];
  const owed = isUncounted ? stored.moves : noMoves;
  const moves = isNewer ? addMoves(owed, movesOf(change, stored)) : owed;
  return [{ change, stored, attributes: isNewer ? rowAttributes(change.row) : stored.item, isNewer, moves }];
}

/** The attributes that a row may have or not. */
export const optionalAttributes = ['author', 'reason', 'excludedAt', 'expiresAt'] as const;

/** A row's attributes but for its key. */
export function rowAttributes(row: MembershipRow): Item {
  const { version, sequence, since, source, manual, isExcluded } = row;
  const expiresAt = rowExpiresAt(row);
  return {
    version: { N: String(version) },
    sequence: { N: String(sequence) },
    since: { N: String(since) },
    source: { S: source },
    ...manualAttributes(manual),
    ...(isExcluded && { excludedAt: { N: String(manual?.at ?? since) } }),
    ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
  };
}

/** Who made the manual change and why, as attributes. */
export function manualAttributes(
  manual: Pick<NonNullable<MembershipRow['manual']>, 'author' | 'reason'> | undefined,
): Item {
  return manual
    ? { author: { S: manual.author }, ...(manual.reason !== undefined && { reason: { S: manual.reason } }) }
    : {};
}

/** A statement that writes a row if it is still as it was read. */
function rowStatement(table: string, step: RowStep, batchId: string): BatchStatementRequest {
  const { change, stored, attributes, isNewer, moves } = step;
  const key = memberKey(change.row.segmentId, change.row.leadId);
  const batch: Item = { batchId: { S: batchId }, moves: { S: JSON.stringify(moves) } };
  if (stored.version === 0) {
    const item = { ...key, ...attributes, ...batch };
    const fields = Object.keys(item).map((name) => `'${name}': ?`);
    return { Statement: `INSERT INTO "${table}" VALUE {${fields.join(', ')}}`, Parameters: Object.values(item) };
  }
  // NULL rather than removed: a statement may remove only one attribute on every stand-in.
  const nothing = Object.fromEntries(optionalAttributes.map((name) => [name, { NULL: true }]));
  const set: Item = isNewer ? { ...nothing, ...attributes, ...batch } : batch;
  const asRead: Item = {
    ...key,
    version: { N: String(stored.version) },
    ...(stored.batchId !== undefined && { batchId: { S: stored.batchId } }),
  };
  const assignments = Object.keys(set).map((name) => `"${name}" = ?`);
  const conditions = Object.keys(asRead).map((name) => `"${name}" = ?`);
  return {
    Statement: `UPDATE "${table}" SET ${assignments.join(', ')} WHERE ${conditions.join(' AND ')}`,
    Parameters: [...Object.values(set), ...Object.values(asRead)],
  };
}

/** Who is kept out is listed by rows of its own. */
function listingWrites(table: string, { change: { row }, attributes, moves }: RowStep): TransactWriteItem[] {
  if (!moves.isListingMoved) return [];
  const key = excludedKey(row.segmentId, row.leadId);
  const { excludedAt, author, reason } = attributes;
  if (excludedAt?.N === undefined) return [{ Delete: { TableName: table, Key: key } }];
  const Item = { ...key, since: excludedAt, ...(author?.S && { author }), ...(reason?.S && { reason }) };
  return [{ Put: { TableName: table, Item } }];
}

/** As many rows as can be counted in one transaction, those of one segment together. */
function packed(steps: readonly RowStep[]): RowStep[][] {
  const sorted = [...steps].sort((a, b) => (a.change.row.segmentId < b.change.row.segmentId ? -1 : 1));
  const groups: RowStep[][] = [];
  let keys = new Set<string>();
  for (const step of sorted) {
    const own = [
      ...countersOf(step.change.row, step.moves, '').map(({ key }) => keyText(key)),
      ...(step.moves.isListingMoved ? [rowId(step.change.row)] : []),
    ];
    // The mark of the batch is one more.
    if (groups.length === 0 || new Set([...keys, ...own]).size >= maximumTransactionItems) {
      groups.push([]);
      keys = new Set();
    }
    for (const key of own) keys.add(key);
    groups.at(-1)!.push(step);
  }
  return groups;
}
