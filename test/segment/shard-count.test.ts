import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { catalogKey } from '../../shared/aws/segments-keys.ts';
import { shardCount } from '../../shared/lead/shard.ts';
import { createSegmentStore } from '../../shared/segment/segment-store.ts';
import { createLoneClients } from '../races/lone-clients.ts';

const foundWith = async (stored: Record<string, number> | undefined) => {
  const { documents } = createLoneClients();
  const store = createSegmentStore(documents, 'Segments');
  for (const [name, value] of Object.entries(stored ?? {})) {
    await documents.send(
      new UpdateCommand({
        TableName: 'Segments',
        Key: catalogKey,
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  }
  return store;
};

test('the first to read the catalog notes into how many shards leads go', async () => {
  const store = await foundWith(undefined);
  expect((await store.catalogState()).version).toBe(0);
  expect((await store.catalogState()).version).toBe(0);
  const elsewhere = await foundWith({ shardCount });
  expect((await elsewhere.catalogState()).version).toBe(0);
});

test('data in another number of shards is not touched', async () => {
  const store = await foundWith({ version: 7, shardCount: shardCount * 2 });
  await expect(store.catalogState()).rejects.toThrow(`deploy with -c shardCount=${shardCount * 2}, not ${shardCount}`);
});

test('data from before the count could be chosen is in 32 shards', async () => {
  const store = await foundWith({ version: 7 });
  await expect(store.catalogState()).rejects.toThrow('The leads are in 32 shards');
});
