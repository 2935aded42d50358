import { type DynamoDBClient, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { mapConcurrently } from '../batch/batch.ts';
import type { Transition } from '../lead/outbox.ts';
import { shardOf, shards } from '../lead/shard.ts';
import { type DayActivity, sumByDay } from './activity.ts';
import { daysPartition, lanes } from './row-keys.ts';
import { segmentShardOf, transitionKey } from './transition-keys.ts';
import { transitionOf } from './transition-store.ts';

/** A transition with its lead. */
export interface LeadTransition {
  readonly leadId: string;
  readonly transition: Transition;
}

/** From when and until when (epoch ms, both included); left out: without an end. */
export interface Span {
  readonly from?: number;
  readonly until?: number;
}

/** Where a list of a segment's transitions goes on: after this one. */
export interface TransitionPosition {
  /** ISO date-time of the transition. */
  readonly at: string;
  readonly leadId: string;
  readonly sequence: number;
}

const concurrency = 8;
/** The first and the last moment (epoch ms) whose texts sort as moments do. */
const firstMoment = Date.parse('0000-01-01T00:00:00.000Z');
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');
const textOfMoment = (moment: number) => new Date(Math.min(Math.max(moment, firstMoment), lastMoment)).toISOString();

/** The activity of segments, read from the tables of memberships and transitions: one query per lane, and per shard. */
export function createActivityStore(
  dynamodb: DynamoDBClient,
  tables: { readonly memberships: string; readonly transitions: string },
) {
  /** Entries and exits on each of the given days (`YYYY-MM-DD`, in order). */
  const days = async (segmentId: string, wanted: readonly string[]): Promise<DayActivity[]> => {
    const counted = await mapConcurrently(lanes, concurrency, async (lane) => {
      const found: DayActivity[] = [];
      const query = {
        TableName: tables.memberships,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': { S: daysPartition(lane) },
          ':from': { S: `${segmentId}#${wanted.at(0)}` },
          ':to': { S: `${segmentId}#${wanted.at(-1)}` },
        },
        Limit: 1_000,
      };
      for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
        for (const { sk, entered, exited } of Items) {
          const day = sk?.S?.slice(segmentId.length + 1) ?? '';
          found.push({ day, entered: Number(entered?.N ?? 0), exited: Number(exited?.N ?? 0) });
        }
      }
      return found;
    });
    return sumByDay(wanted, counted.flat());
  };

  /** The newest of one shard that come after the position in the list of all shards. */
  const ofShard = async (
    segmentId: string,
    shard: string,
    after: TransitionPosition | undefined,
    limit: number,
    { from = firstMoment, until = lastMoment }: Span,
  ) => {
    const segmentShard = { S: segmentShardOf(segmentId, shard) };
    const afterShard = after && shardOf(after.leadId);
    // Of one moment, shards follow each other by name: those before the position's have none of that moment left.
    const isBefore = afterShard !== undefined && shard < afterShard;
    const newest = after ? Date.parse(after.at) - (isBefore ? 1 : 0) : until;
    if (newest < from) return { found: [], hasMore: false };
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: tables.transitions,
        IndexName: 'bySegment',
        KeyConditionExpression: 'segmentShard = :segmentShard AND #at BETWEEN :oldest AND :newest',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: {
          ':segmentShard': segmentShard,
          ':oldest': { S: textOfMoment(from) },
          ':newest': { S: textOfMoment(newest) },
        },
        ScanIndexForward: false,
        Limit: limit,
        ...(after &&
          shard === afterShard && {
            ExclusiveStartKey: {
              segmentShard,
              at: { S: after.at },
              ...transitionKey(after.leadId, { segmentId, ...after, occurredAt: Date.parse(after.at) }),
            },
          }),
      }),
    );
    const found = (answer.Items ?? []).map(
      (item): LeadTransition => ({ leadId: item.leadId?.S ?? '', transition: transitionOf(item) }),
    );
    return { found, hasMore: answer.LastEvaluatedKey !== undefined };
  };

  /** A page of a segment's transitions of a span, newest first; those of one moment by shard, then in an order that stays. */
  const transitions = async (
    segmentId: string,
    after: TransitionPosition | undefined,
    limit: number,
    span: Span = {},
  ): Promise<{ transitions: LeadTransition[]; next?: TransitionPosition }> => {
    const read = await mapConcurrently(shards, concurrency, (shard) => ofShard(segmentId, shard, after, limit, span));
    // Sorting keeps the order of what is equal, which is that of shards and within them.
    const all = read.flatMap(({ found }) => found).sort((a, b) => b.transition.occurredAt - a.transition.occurredAt);
    const page = all.slice(0, limit);
    const last = page.at(-1);
    if (!last || (all.length <= limit && !read.some(({ hasMore }) => hasMore))) return { transitions: page };
    const { leadId, transition } = last;
    const at = new Date(transition.occurredAt).toISOString();
    return { transitions: page, next: { at, leadId, sequence: transition.sequence } };
  };

  return { days, transitions };
}
