import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { revisionKey, revisionsPartition } from '../aws/segments-keys.ts';
import { labelsOf, type Segment } from '../catalog/segment.ts';
import { refuseNewerFormat } from '../problem/readable-format.ts';
import type { Revision, SaveOrigin } from './revision.ts';

/** A revision with the one it was made from; undefined for the first. */
interface RevisionWithBefore {
  readonly revision: Revision;
  readonly before: Revision | undefined;
}

/** The store of revisions in that table. Each is written with its save. */
export function createRevisionStore(documents: DynamoDBDocumentClient, table: string) {
  const get = async (segmentId: string, revision: number): Promise<Revision | undefined> => {
    const Key = revisionKey(segmentId, revision);
    const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return answer.Item && storedRevisionOf(answer.Item);
  };

  /** Revisions below that number, newest first; one query of at most 1 MB, so a page may be short. */
  const page = async (
    segmentId: string,
    below: number | undefined,
    limit: number,
  ): Promise<{ revisions: RevisionWithBefore[]; next?: number }> => {
    const answer = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': revisionsPartition(segmentId) },
        ScanIndexForward: false,
        ConsistentRead: true,
        // One more than is shown: what the last of the page was made from.
        Limit: limit + 1,
        ...(below !== undefined && { ExclusiveStartKey: revisionKey(segmentId, below) }),
      }),
    );
    const read = (answer.Items ?? []).map(storedRevisionOf);
    const isEnd = answer.LastEvaluatedKey === undefined && read.length <= limit;
    const shown = isEnd ? read : read.slice(0, -1);
    const next = isEnd ? undefined : shown.at(-1)?.revision;
    return {
      revisions: shown.map((revision, index) => ({ revision, before: read[index + 1] })),
      ...(next !== undefined && { next }),
    };
  };

  return { get, page };
}

/** What is stored of a save beside the segment itself. */
export function revisionItem(segment: Segment, origin: SaveOrigin = {}) {
  const { id, revision, name, description, active, match, rules, updatedAt, updatedBy } = segment;
  const labels = labelsOf(segment);
  const content = {
    ...labels,
    revision,
    name,
    description,
    active,
    match,
    rules: JSON.stringify(rules),
    updatedAt,
    updatedBy,
  };
  return { ...revisionKey(id, revision), ...content, ...origin };
}

function storedRevisionOf(item: Record<string, unknown>): Revision {
  const { pk, sk, formatVersion, updatedAt, updatedBy, rules, ...content } = item;
  refuseNewerFormat('segment', `Revision ${String(sk)} of ${String(pk)}`, formatVersion);
  const { revision, ...rest } = content;
  const who = updatedBy === undefined ? {} : { author: updatedBy };
  return { revision, savedAt: updatedAt, ...who, ...rest, rules: JSON.parse(String(rules)) } as unknown as Revision;
}
