import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { vocabularyKey, vocabularyPartition } from '../aws/segments-keys.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { KeyedHash } from '../privacy/keyed-hash.ts';
import { dayMs } from '../rule/value.ts';
import type { Mention, Mentions } from './mentions.ts';
import {
  forgottenAfterDays,
  noteMention,
  type SeenPlace,
  sightingOf,
  tellsTheSame,
  unseenPlace,
} from './seen-place.ts';
import type { Sightings } from './vocabulary.ts';

/** A place as it is stored; revision 0 is one that is not, or as an earlier release stored it, with values of anybody. */
interface StoredPlace {
  readonly seen: SeenPlace;
  readonly revision: number;
}

/** Places remembered in all: names made of ids would grow the vocabulary without end. */
const maximumPlaces = 3_000;
const maximumAttempts = 4;
/** How long (ms) a place waits for its next write when only more of those were seen who share a value that too few do. */
const countsEveryMs = 10_000;

/** The store of the vocabulary in that table. Remembers what it knows, so that only news costs a write. */
export function createVocabularyStore(
  documents: DynamoDBDocumentClient,
  table: string,
  hash: KeyedHash,
  now: () => number = Date.now,
) {
  let known: Map<string, StoredPlace> | undefined;
  const writtenAt = new Map<string, number>();
  const today = () => Math.floor(now() / dayMs);

  const decode = (item: Record<string, unknown>): StoredPlace => {
    if (item.doc !== undefined) return { seen: JSON.parse(String(item.doc)), revision: Number(item.revision) };
    const kinds = [...((item.kinds ?? []) as Iterable<string>)].map((kind) => [kind, today()] as const);
    return { seen: { ...unseenPlace(today()), kinds: Object.fromEntries(kinds) }, revision: 0 };
  };

  const readAll = async (): Promise<Map<string, StoredPlace>> => {
    const places = new Map<string, StoredPlace>();
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': vocabularyPartition },
    };
    for await (const page of paginateQuery({ client: documents }, query)) {
      for (const item of page.Items ?? []) {
        const place = decode(item);
        // DynamoDB deletes what expired within days, not at once.
        if (today() - place.seen.day < forgottenAfterDays) places.set(item.sk, place);
      }
    }
    return places;
  };

  const readOne = async (place: string): Promise<StoredPlace> => {
    const get = new GetCommand({ TableName: table, Key: vocabularyKey(place), ConsistentRead: true });
    const { Item } = await documents.send(get);
    return Item ? decode(Item) : { seen: unseenPlace(today()), revision: 0 };
  };

  /** Stores it unless somebody else stored another meanwhile; answers whether it did. */
  const write = (place: string, { seen, revision }: StoredPlace, before: StoredPlace): Promise<boolean> => {
    const put = new PutCommand({
      TableName: table,
      Item: {
        ...vocabularyKey(place),
        doc: JSON.stringify(seen),
        revision,
        expiresAt: ((seen.day + forgottenAfterDays) * dayMs) / 1000,
      },
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :before',
      ...(before.revision > 0 && { ExpressionAttributeValues: { ':before': before.revision } }),
    });
    return doneIfMet(documents.send(put));
  };

  const noteOne = async (place: string, mention: Mention, all: Map<string, StoredPlace>): Promise<void> => {
    let before = all.get(place);
    if (!before && all.size >= maximumPlaces) return;
    before ??= { seen: unseenPlace(today()), revision: 0 };
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      const seen = noteMention(place, before.seen, mention, today(), hash);
      const after = { seen, revision: before.revision + 1 };
      // What is not stored in this form yet is news.
      const isDone = seen === before.seen && before.revision > 0;
      const mayWait = now() - (writtenAt.get(place) ?? Number.NEGATIVE_INFINITY) < countsEveryMs;
      if (isDone || (before.revision > 0 && mayWait && tellsTheSame(before.seen, seen))) {
        all.set(place, { seen, revision: before.revision });
        return;
      }
      if (await write(place, after, before)) {
        writtenAt.set(place, now());
        all.set(place, after);
        return;
      }
      before = await readOne(place);
    }
  };

  return {
    /** What is told of all places. */
    read: async (): Promise<Sightings> =>
      new Map([...(await readAll())].map(([place, { seen }]) => [place, sightingOf(seen, today())])),

    /** Notes what is new in changes; what others note at the same time may win, and is noted with the next. */
    note: async (mentions: Mentions): Promise<void> => {
      known ??= await readAll();
      const all = known;
      // Of what an earlier release stored, values of anybody among it, no more is left than the name.
      const nothing: Mention = { kinds: new Set(), values: new Map() };
      const earlier = [...all].flatMap(([place, { revision }]) => (revision === 0 ? [[place, nothing] as const] : []));
      const due = new Map<string, Mention>([...earlier, ...mentions]);
      await mapConcurrently([...due], 4, ([place, mention]) => noteOne(place, mention, all));
    },
  };
}
