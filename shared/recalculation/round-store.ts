import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import {
  roundKey,
  roundLeaseKey,
  roundLeasesPartition,
  roundsAskedForKey,
  roundsPartition,
} from '../aws/segments-keys.ts';
import type { RecalculationPorts, RoundLease } from './recalculate-shard.ts';
import type { Round } from './round.ts';

/** How long (ms) a round is held by whoever does not say that it still is: enough for a page. */
const leaseMs = 60_000;
/** How long (ms) a message is relied on that nobody has taken up. */
const messageMs = 60_000;

/** The rounds over shards, and who works on them, in DynamoDB. */
export type RoundStore = ReturnType<typeof createRoundStore>;

/** What is known of a shard's round without reading it. */
interface Turn {
  /** How often the round was taken up. */
  readonly term: number;
  readonly isHeld: boolean;
  /** The message for it that is on its way and that nobody has taken up, if there is one. */
  readonly message?: AskedFor[string];
}

/** The store of rounds in the segments table. `now`: epoch ms. */
export function createRoundStore(documents: DynamoDBDocumentClient, table: string, now: () => number = Date.now) {
  /** When (epoch ms) the lease that a process holds ends. */
  const heldUntil = new WeakMap<RoundLease, number>();

  const ofTerm = ({ shard, term }: RoundLease) => ({
    TableName: table,
    Key: roundLeaseKey(shard),
    ConditionExpression: 'term = :term',
    ExpressionAttributeValues: { ':term': term },
  });

  const rounds: RecalculationPorts['rounds'] = {
    take: async (shard, holder) => {
      const takenAt = now();
      let lease: RoundLease | undefined;
      await doneIfMet(
        documents
          .send(
            new UpdateCommand({
              TableName: table,
              Key: roundLeaseKey(shard),
              UpdateExpression: 'SET holder = :holder, heldUntil = :until ADD term :one',
              ConditionExpression: 'attribute_not_exists(heldUntil) OR heldUntil <= :now OR holder = :holder',
              ExpressionAttributeValues: {
                ':holder': holder,
                ':until': takenAt + leaseMs,
                ':now': takenAt,
                ':one': 1,
              },
              ReturnValues: 'ALL_NEW',
            }),
          )
          .then(({ Attributes }) => {
            lease = { shard, term: Number(Attributes?.term) };
            heldUntil.set(lease, takenAt + leaseMs);
          }),
      );
      return lease;
    },

    keep: async (lease) => {
      const until = now() + leaseMs;
      if ((heldUntil.get(lease) ?? 0) > until - leaseMs / 2) return true;
      const { ExpressionAttributeValues, ...request } = ofTerm(lease);
      const isKept = await doneIfMet(
        documents.send(
          new UpdateCommand({
            ...request,
            UpdateExpression: 'SET heldUntil = :until',
            ExpressionAttributeValues: { ...ExpressionAttributeValues, ':until': until },
          }),
        ),
      );
      if (isKept) heldUntil.set(lease, until);
      return isKept;
    },

    letGo: (lease, comesAt = 0) => {
      const { ExpressionAttributeValues, ...request } = ofTerm(lease);
      const message: AskedFor[string] = { term: lease.term, at: comesAt };
      return doneIfMet(
        documents.send(
          new UpdateCommand({
            ...request,
            UpdateExpression: 'SET message = :message REMOVE holder, heldUntil',
            ExpressionAttributeValues: { ...ExpressionAttributeValues, ':message': message },
          }),
        ),
      );
    },

    read: async (shard) => {
      const Key = roundKey(shard);
      const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return roundOf(answer.Item ?? { ...Key });
    },

    store: (round) => {
      const isNew = round.version === 1;
      return doneIfMet(
        documents.send(
          new PutCommand({
            TableName: table,
            Item: { ...roundKey(round.shard), ...round },
            // It has no version yet where all that was noted is a problem.
            ConditionExpression: isNew ? 'attribute_not_exists(version)' : 'version = :before',
            ...(!isNew && { ExpressionAttributeValues: { ':before': round.version - 1 } }),
          }),
        ),
      );
    },
  };

  return {
    rounds,

    /** All rounds that were ever gone, strongly consistent. */
    allRounds: async (): Promise<Round[]> => {
      const all: Round[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': roundsPartition },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) all.push(...Items.map(roundOf));
      return all;
    },

    /** Notes what a shard's round failed with, until it gets on. */
    noteProblem: async (shard: string, reason: string): Promise<void> => {
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: roundKey(shard),
          UpdateExpression: 'SET problem = :problem',
          ExpressionAttributeValues: { ':problem': reason.slice(0, 200) },
        }),
      );
    },

    /** Who works on which round now, and which ones are about to be taken up, by shard; in one read. */
    turns: async (): Promise<(shard: string) => Turn> => {
      const answer = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': roundLeasesPartition },
          ConsistentRead: true,
        }),
      );
      const readAt = now();
      const items = new Map((answer.Items ?? []).map((item) => [String(item.sk), item]));
      const asked: AskedFor = items.get(roundsAskedForKey.sk)?.shards ?? {};
      return (shard) => {
        const { term = 0, heldUntil: until = 0, message: ofLease } = items.get(shard) ?? {};
        const sent: (AskedFor[string] | undefined)[] = [ofLease, asked[shard]];
        const message = sent.find(
          (entry) => entry !== undefined && entry.term === term && entry.at > readAt - messageMs,
        );
        return { term, isHeld: until > readAt, ...(message && { message }) };
      };
    },

    /**
     * Notes that messages were sent for rounds, by the term that each was at before. A message counts until the round is
     * taken up, so that one that was taken up in the meantime does not count.
     */
    noteAskedFor: async (shards: AskedFor): Promise<void> => {
      await documents.send(new PutCommand({ TableName: table, Item: { ...roundsAskedForKey, shards } }));
    },
  };
}

/** The messages sent, by shard: at which term of its round, and when (epoch ms). */
export type AskedFor = Readonly<Record<string, { readonly term: number; readonly at: number }>>;

function roundOf({ pk: _pk, sk, ...round }: Record<string, unknown>): Round {
  return { shard: String(sk), version: 0, waiting: [], failures: [], ...round };
}
