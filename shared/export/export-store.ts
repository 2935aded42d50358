import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { doneIfMet, nextVersion, replacing } from '../aws/conditional.ts';
import { exportKey, exportsPartition } from '../aws/segments-keys.ts';
import type { ExportJob } from './export.ts';

/** New values of some properties; undefined takes one away. */
export type ExportChange = { readonly [Key in keyof ExportJob]?: ExportJob[Key] | undefined };

const keptSeconds = 7 * 86_400;

/** An id for a new export. */
export function newExportId(): string {
  return `exp_${ulid()}`;
}

/** Exports in the segments table, kept as long as their files. */
export type ExportStore = ReturnType<typeof createExportStore>;

/** The store of exports in that table. */
export function createExportStore(documents: DynamoDBDocumentClient, table: string) {
  const write = async (job: ExportJob, condition: object): Promise<boolean> => {
    const expiresAt = Math.ceil(Date.parse(job.createdAt) / 1000) + keptSeconds;
    const Item = { ...exportKey(job.exportId), ...job, expiresAt };
    return doneIfMet(documents.send(new PutCommand({ TableName: table, Item, ...condition })));
  };

  return {
    get: async (exportId: string): Promise<ExportJob | undefined> => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: exportKey(exportId), ConsistentRead: true }),
      );
      return Item && jobOf(Item);
    },
    /** All that are kept, strongly consistent. */
    all: async (): Promise<ExportJob[]> => {
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': exportsPartition },
        ConsistentRead: true,
      };
      const jobs: ExportJob[] = [];
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) jobs.push(...Items.map(jobOf));
      return jobs;
    },
    create: async (job: ExportJob): Promise<void> => {
      await write(job, {});
    },
    /** Stores a change in place of what was read; undefined when somebody else stored one meanwhile. */
    change: async (job: ExportJob, change: ExportChange): Promise<ExportJob | undefined> => {
      const after = nextVersion(job, change);
      return (await write(after, replacing(job))) ? after : undefined;
    },
  };
}

function jobOf({ pk: _pk, sk: _sk, expiresAt: _expires, ...job }: Record<string, unknown>): ExportJob {
  return job as unknown as ExportJob;
}
