import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { idInKey } from '../id/id-in-key.ts';
import type { MembershipSource } from '../lead/lead-document.ts';
import { shards } from '../lead/shard.ts';
import { excludedPrefix, leadOfRow, memberBounds, memberKey, membersPartition } from './row-keys.ts';

/** A member of a segment, or a lead that is kept out of it, as lists show it. */
export interface Member {
  readonly leadId: string;
  /** ISO date-time. */
  readonly since: string;
  readonly source: MembershipSource | 'excluded';
  /** Who made the manual change, and why. */
  readonly author?: string;
  readonly reason?: string;
}

/** Where a list of members goes on: in which shard, after which lead. */
export interface MemberPosition {
  readonly shard: number;
  readonly after?: string;
}

/** Which members are listed: of a source, with ids that begin with a text, who entered in a span (epoch ms, `before` excluded). */
export interface MemberFilter {
  readonly source?: Member['source'] | undefined;
  readonly prefix?: string | undefined;
  readonly since?: number | undefined;
  readonly before?: number | undefined;
}

/** A page of a source that hardly any member has ends after as many queries, however short it is. */
const maximumQueries = 64;

/** Memberships by segment in DynamoDB: a projection of the lead documents. */
export type MemberListStore = ReturnType<typeof createMemberListStore>;

/** The store of memberships in that table, for reading. */
export function createMemberListStore(dynamodb: DynamoDBClient, table: string) {
  const rows = async (
    segmentId: string,
    shard: string,
    after: string | undefined,
    { source, prefix: idPrefix = '' }: MemberFilter,
    limit: number,
  ) => {
    const isExcluded = source === 'excluded';
    const prefix = isExcluded ? excludedPrefix : '';
    const first = `${prefix}${idInKey(idPrefix)}`;
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': { S: membersPartition(segmentId, shard) },
          ':from': { S: first || memberBounds.from },
          ':to': { S: `${first}${memberBounds.to}` },
        },
        // What is said to be listed (`unlisted.ts`) must be found here.
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && {
          ExclusiveStartKey: { pk: { S: membersPartition(segmentId, shard) }, sk: { S: `${prefix}${idInKey(after)}` } },
        }),
      }),
    );
    return { items: answer.Items ?? [], isLast: answer.LastEvaluatedKey === undefined };
  };

  /**
   * A page of members, or of the leads that are kept out (`source`: excluded); shard by shard and sorted by lead
   * within each. It may be short although more follow.
   */
  const members = async (
    segmentId: string,
    from: MemberPosition,
    limit: number,
    filter: MemberFilter = {},
  ): Promise<{ members: Member[]; next: MemberPosition | undefined }> => {
    const { source, since = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = filter;
    const found: Member[] = [];
    let { shard, after } = from;
    for (let queries = 0; shard < shards.length && found.length < limit && queries < maximumQueries; queries++) {
      const page = await rows(segmentId, shards[shard]!, after, filter, limit - found.length + 20);
      let read = 0;
      for (const item of page.items) {
        if (found.length === limit) break;
        read++;
        const member = memberOf(item);
        after = member.leadId;
        const isIn = source === 'excluded' || Number(item.sequence?.N) % 2 === 1;
        const enteredAt = Number(item.since?.N);
        const isInSpan = enteredAt >= since && enteredAt < before;
        if (!isIn || !isInSpan) continue;
        if (source === undefined || source === member.source) found.push(member);
      }
      if (page.isLast && read === page.items.length) {
        shard++;
        after = undefined;
      }
    }
    const next = shard < shards.length ? { shard, ...(after !== undefined && { after }) } : undefined;
    return { members: found, next };
  };

  /** Those of the leads that are members of the segment now, each with the sequence that its entry has. */
  const membersAmong = async (
    segmentId: string,
    leadIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly member: Member; readonly sequence: number }>> => {
    const keys = leadIds.map((leadId) => memberKey(segmentId, leadId));
    const items = await readItems(dynamodb, table, keys);
    const found = items.map((item) => ({ member: memberOf(item), sequence: Number(item.sequence?.N) }));
    return new Map(found.filter(({ sequence }) => sequence % 2 === 1).map((one) => [one.member.leadId, one]));
  };

  return { members, membersAmong };
}

function memberOf(item: Item): Member {
  const { leadId, isExcluded } = leadOfRow(item);
  return {
    leadId,
    since: new Date(Number(item.since?.N)).toISOString(),
    source: isExcluded ? 'excluded' : (item.source?.S as MembershipSource),
    ...(item.author?.S !== undefined && { author: item.author.S }),
    ...(item.reason?.S !== undefined && { reason: item.reason.S }),
  };
}
