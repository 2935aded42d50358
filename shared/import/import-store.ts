import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { doneIfMet, nextVersion, replacing } from '../aws/conditional.ts';
import { importKey, importsPartition } from '../aws/segments-keys.ts';
import type { ImportChange, ImportJob } from './import-job.ts';

/** Longer than the files, for people to see what was imported. */
const keptSeconds = 30 * 86_400;

/** An id for a new import; ids sort by age. */
export function newImportId(): string {
  return `imp_${ulid()}`;
}

/** A page of imports; `next`: the id after which the next begins. */
interface ImportPage {
  readonly imports: readonly ImportJob[];
  readonly next?: string;
}

/** Imports in the segments table. */
export type ImportStore = ReturnType<typeof createImportStore>;

/** The store of imports in that table. */
export function createImportStore(documents: DynamoDBDocumentClient, table: string, now: () => number) {
  const write = async (job: ImportJob, condition: object): Promise<boolean> => {
    const expiresAt = Math.ceil(Date.parse(job.createdAt) / 1000) + keptSeconds;
    const Item = { ...importKey(job.importId), ...job, expiresAt };
    return doneIfMet(documents.send(new PutCommand({ TableName: table, Item, ...condition })));
  };

  return {
    get: async (importId: string): Promise<ImportJob | undefined> => {
      const Key = importKey(importId);
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && jobOf(Item);
    },
    /** Imports, newest first. */
    page: async (limit: number, after: string | undefined): Promise<ImportPage> => {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': importsPartition },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: importKey(after) }),
        }),
      );
      const imports = Items.map(jobOf);
      const last = imports.at(-1);
      return { imports, ...(LastEvaluatedKey && last && { next: last.importId }) };
    },
    create: async (job: ImportJob): Promise<void> => {
      await write(job, {});
    },
    /** Stores a change in place of what was read; undefined when somebody else stored one meanwhile. */
    change: async (job: ImportJob, change: ImportChange): Promise<ImportJob | undefined> => {
      const after = nextVersion(job, { ...change, updatedAt: new Date(now()).toISOString() });
      return (await write(after, replacing(job))) ? after : undefined;
    },
  };
}

function jobOf({ pk: _pk, sk: _sk, expiresAt: _expires, ...job }: Record<string, unknown>): ImportJob {
  return job as unknown as ImportJob;
}
