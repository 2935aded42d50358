import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { vocabularyKey, vocabularyPartition } from '../aws/segments-keys.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { ValueKind } from '../rule/value.ts';
import { joinSightings, newSightings, type SeenField, type Sightings } from './vocabulary.ts';

/** The store of the vocabulary in that table. Remembers what it knows, so that only news costs a write. */
export function createVocabularyStore(documents: DynamoDBDocumentClient, table: string) {
  let known: Sightings | undefined;

  const read = async (): Promise<Sightings> => {
    const seen = new Map<string, SeenField>();
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': vocabularyPartition },
    };
    for await (const page of paginateQuery({ client: documents }, query)) {
      for (const item of page.Items ?? []) {
        seen.set(item.sk, { kinds: new Set(item.kinds as ValueKind[]), values: new Set(item.seen as string[]) });
      }
    }
    return seen;
  };

  /** Notes what was seen for the first time. */
  const note = async (seen: Sightings): Promise<void> => {
    known ??= await read();
    const fresh = newSightings(seen, known);
    await mapConcurrently([...fresh], 4, async ([place, { kinds, values }]) => {
      const additions = [
        ...(kinds.size > 0 ? [['kinds', kinds] as const] : []),
        ...(values.size > 0 ? [['seen', values] as const] : []),
      ];
      const adds = additions.map(([name]) => `${name} :${name}`).join(', ');
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: vocabularyKey(place),
          ...(adds && {
            UpdateExpression: `ADD ${adds}`,
            ExpressionAttributeValues: Object.fromEntries(additions.map(([name, set]) => [`:${name}`, set])),
          }),
        }),
      );
    });
    known = joinSightings(known, fresh);
  };

  return { read, note };
}
