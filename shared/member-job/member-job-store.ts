import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { doneIfMet, nextVersion, replacing } from '../aws/conditional.ts';
import { memberJobKey, memberJobsPartition } from '../aws/segments-keys.ts';
import type { MemberJob, MemberJobChange } from './member-job.ts';

/** For people to see what was done. */
const keptSeconds = 30 * 86_400;

/** A page of a segment's jobs; `next`: the id after which the next begins. */
interface MemberJobPage {
  readonly jobs: readonly MemberJob[];
  readonly next?: string;
}

/** Manual changes of all leads that match rules, in the segments table. */
export type MemberJobStore = ReturnType<typeof createMemberJobStore>;

/** The store of those jobs in that table. */
export function createMemberJobStore(documents: DynamoDBDocumentClient, table: string) {
  const write = async (job: MemberJob, condition: object): Promise<boolean> => {
    const { question, ...rest } = job;
    const expiresAt = Math.ceil(Date.parse(job.createdAt) / 1000) + keptSeconds;
    const Item = {
      ...memberJobKey(job.segmentId, job.jobId),
      ...rest,
      question: JSON.stringify(question),
      expiresAt,
    };
    return doneIfMet(documents.send(new PutCommand({ TableName: table, Item, ...condition })));
  };
  const all = { TableName: table, ConsistentRead: true };

  return {
    get: async (segmentId: string, jobId: string): Promise<MemberJob | undefined> => {
      const { Item } = await documents.send(new GetCommand({ ...all, Key: memberJobKey(segmentId, jobId) }));
      return Item && jobOf(Item);
    },
    /** The jobs of a segment, newest first. */
    page: async (segmentId: string, limit: number, after: string | undefined): Promise<MemberJobPage> => {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          ...all,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :segment)',
          ExpressionAttributeValues: { ':pk': memberJobsPartition, ':segment': memberJobKey(segmentId, '').sk },
          ScanIndexForward: false,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: memberJobKey(segmentId, after) }),
        }),
      );
      const jobs = Items.map(jobOf);
      const last = jobs.at(-1);
      return { jobs, ...(LastEvaluatedKey && last && { next: last.jobId }) };
    },
    /** The jobs of all segments that name leads. */
    withRefusals: async (): Promise<MemberJob[]> => {
      const query = {
        ...all,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'size(refusals) > :none',
        ExpressionAttributeValues: { ':pk': memberJobsPartition, ':none': 0 },
      };
      const jobs: MemberJob[] = [];
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) jobs.push(...Items.map(jobOf));
      return jobs;
    },
    create: async (job: MemberJob): Promise<void> => {
      await write(job, {});
    },
    /** Stores a change in place of what was read; undefined when somebody else stored one meanwhile. */
    change: async (job: MemberJob, change: MemberJobChange): Promise<MemberJob | undefined> => {
      const after = nextVersion(job, change);
      return (await write(after, replacing(job))) ? after : undefined;
    },
  };
}

function jobOf({ pk: _pk, sk: _sk, expiresAt: _expires, question, ...job }: Record<string, unknown>): MemberJob {
  return { ...job, question: JSON.parse(String(question)) } as unknown as MemberJob;
}
