import { type BatchStatementRequest, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { UnprocessedError } from '../aws/retries.ts';
import { runStatements, type StatementResult } from '../aws/statements.ts';
import { idInKey, idOfKey } from '../id/id-in-key.ts';
import { itemBytes } from '../lead/lead-item.ts';
import type { ReadAccount } from '../lead/merge-changes.ts';
import { type Account, asReadAccount } from './account.ts';

/** Leads of an account, by their ids. */
interface RosterRange {
  readonly accountId: string;
  /** Only those after this id. */
  readonly after?: string | undefined;
  /** Only those up to this id. */
  readonly through?: string | undefined;
}

/** Sorts before every lead id in a key: the account itself. */
const beforeAll = '#account';

const accountKey = (accountId: string): Item => ({ accountId: { S: accountId }, sk: { S: beforeAll } });

/** The key of a lead in the roster of an account. */
const entryKey = ({ accountId, leadId }: Pick<RosterEntry, 'accountId' | 'leadId'>) => ({
  accountId: { S: accountId },
  sk: { S: idInKey(leadId) },
});

const leadOfEntry = ({ sk }: Item) => idOfKey(sk?.S ?? '');

/** The entries of a roster after a lead; with an end, that lead may be among them. */
function entriesOf({ accountId, after, through }: RosterRange) {
  const range = through === undefined ? 'sk > :after' : 'sk BETWEEN :after AND :through';
  return {
    KeyConditionExpression: `accountId = :accountId AND ${range}`,
    ExpressionAttributeValues: {
      ':accountId': { S: accountId },
      ':after': { S: after === undefined ? beforeAll : idInKey(after) },
      ...(through !== undefined && { ':through': { S: idInKey(through) } }),
    },
  };
}

/** A lead that links to an account from one version of its document on. */
interface RosterEntry {
  readonly accountId: string;
  readonly leadId: string;
  readonly documentVersion: number;
}

/** An entry of an account's roster as stored. */
export const rosterItem = (entry: RosterEntry): Item => ({
  ...entryKey(entry),
  documentVersion: { N: String(entry.documentVersion) },
});

const rosterId = ({ accountId, leadId }: RosterEntry) => `${accountId} ${leadId}`;
const maximumAttempts = 10;

/** The entries whose statement's condition was not met. Throws for one that the table would not take. */
function notDone(entries: readonly RosterEntry[], results: readonly StatementResult[]): RosterEntry[] {
  const failed = results.find((result) => typeof result === 'object');
  if (failed) throw new Error(`A roster entry could not be stored: ${failed.failed}`);
  return entries.filter((_, index) => results[index] === 'condition_failed');
}

/** Accounts and their rosters in DynamoDB. */
export type AccountStore = ReturnType<typeof createAccountStore>;

/** The store of accounts in that table. */
export function createAccountStore(dynamodb: DynamoDBClient, table: string) {
  const readStored = async (accountIds: readonly string[]): Promise<Map<string, Account>> => {
    const items = await readItems(dynamodb, table, accountIds.map(accountKey));
    return new Map(items.map((item) => [item.accountId!.S!, decodeAccount(item)]));
  };

  const read = async (accountIds: readonly string[]): Promise<Map<string, ReadAccount>> => {
    const stored = await readStored(accountIds);
    return new Map([...stored].map(([id, account]) => [id, asReadAccount(account)]));
  };

  /** Writes each account on condition that nobody else did since it was read. */
  const write = (writes: readonly { before: Account; after: Account }[]): Promise<StatementResult[]> =>
    runStatements(
      dynamodb,
      writes.map(({ before, after }) => conditionalWrite(table, before, after)),
    );

  /** Notes that a lead links to an account from that document version on. */
  const enterRoster = async (entries: readonly RosterEntry[]): Promise<void> => {
    let pending = entries;
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt === maximumAttempts) throw new UnprocessedError('roster entries', pending.length);
      const inserts = pending.map((entry) => ({
        Statement: `INSERT INTO "${table}" VALUE {'accountId': ?, 'sk': ?, 'documentVersion': ?}`,
        Parameters: Object.values(rosterItem(entry)),
      }));
      const present = notDone(pending, await runStatements(dynamodb, inserts));
      // An entry that is there already only ever moves forward, so that a late leaver cannot remove a newer one.
      const updates = present.map((entry) => ({
        Statement: `UPDATE "${table}" SET "documentVersion" = ? WHERE "accountId" = ? AND "sk" = ? AND "documentVersion" < ?`,
        Parameters: [{ N: String(entry.documentVersion) }, ...Object.values(rosterItem(entry))],
      }));
      const unmoved = notDone(present, await runStatements(dynamodb, updates));
      // Either it is as new already, or a leaver removed it between the two statements: then it is entered again.
      const versions = await rosterVersions(unmoved);
      pending = unmoved.filter((entry) => (versions.get(rosterId(entry)) ?? 0) < entry.documentVersion);
    }
  };

  const rosterVersions = async (entries: readonly RosterEntry[]): Promise<Map<string, number>> => {
    const items = await readItems(dynamodb, table, entries.map(entryKey));
    return new Map(items.map((item) => [`${item.accountId?.S} ${leadOfEntry(item)}`, Number(item.documentVersion?.N)]));
  };

  /** Removes entries older than the document version that left the account. */
  const leaveRoster = async (entries: readonly RosterEntry[]): Promise<void> => {
    const deletes = entries.map((entry) => ({
      Statement: `DELETE FROM "${table}" WHERE "accountId" = ? AND "sk" = ? AND "documentVersion" < ?`,
      Parameters: Object.values(rosterItem(entry)),
    }));
    const results = await runStatements(dynamodb, deletes);
    // An entry that stays is harmless: whoever fans out looks at the lead's document.
    const failed = results.find((result) => typeof result === 'object');
    if (failed) console.warn(`Roster entries stay behind: ${failed.failed}`);
  };

  /** A page of the leads after an id, up to another, that link to the account, or did, sorted by id. */
  const roster = async (
    range: RosterRange,
    limit: number,
  ): Promise<{ leadIds: string[]; next: string | undefined }> => {
    const entries = entriesOf(range);
    const answer = await dynamodb.send(
      new QueryCommand({ TableName: table, ...entries, ConsistentRead: true, Limit: limit }),
    );
    const after = entries.ExpressionAttributeValues[':after'].S;
    return {
      leadIds: (answer.Items ?? []).filter(({ sk }) => sk?.S !== after).map(leadOfEntry),
      next: answer.LastEvaluatedKey && leadOfEntry(answer.LastEvaluatedKey),
    };
  };

  /**
   * The ids that cut an account's roster into ranges of so many leads, sorted; none when one range has them all. Ranges go
   * from id to id: whoever joins or leaves meanwhile is in one of them all the same.
   */
  const rosterCuts = async (accountId: string, leadsPerRange: number): Promise<string[]> => {
    const cuts: string[] = [];
    for (;;) {
      const range = entriesOf({ accountId, after: cuts.at(-1) });
      const page = new QueryCommand({ TableName: table, ...range, Select: 'COUNT', Limit: leadsPerRange });
      const end = (await dynamodb.send(page)).LastEvaluatedKey;
      if (end === undefined) return cuts;
      cuts.push(leadOfEntry(end));
    }
  };

  return { readStored, read, write, enterRoster, leaveRoster, roster, rosterCuts };
}

/** A change that makes an account's item larger than this (bytes) is refused. DynamoDB's limit is 400 KB. */
const maximumAccountItemBytes = 350_000;

/** The bytes of the account's item after a change, where they are more than it may have, and more than before. */
export function tooLargeAccountBytes(before: Account, after: Account): number | undefined {
  const bytes = itemBytes(encodeAccount(after));
  if (bytes <= maximumAccountItemBytes) return undefined;
  return bytes <= itemBytes(encodeAccount(before)) ? undefined : bytes;
}

function encodeAccount({ accountId, version, ...rest }: Account): Item {
  return { ...accountKey(accountId), version: { N: String(version) }, doc: { S: JSON.stringify(rest) } };
}

function decodeAccount(item: Item): Account {
  return { ...JSON.parse(item.doc?.S ?? '{}'), accountId: item.accountId?.S, version: Number(item.version?.N) };
}

function conditionalWrite(table: string, before: Account, after: Account): BatchStatementRequest {
  const { accountId, sk, version, doc } = encodeAccount(after);
  if (before.version === 0) {
    return {
      Statement: `INSERT INTO "${table}" VALUE {'accountId': ?, 'sk': ?, 'version': ?, 'doc': ?}`,
      Parameters: [accountId!, sk!, version!, doc!],
    };
  }
  return {
    Statement: `UPDATE "${table}" SET "version" = ?, "doc" = ? WHERE "accountId" = ? AND "sk" = ? AND "version" = ?`,
    Parameters: [version!, doc!, accountId!, sk!, { N: String(before.version) }],
  };
}
