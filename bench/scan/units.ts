import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from '../../functions/lead-stores.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { decodeOutbox, itemBytes } from '../../shared/lead/lead-item.ts';
import { shards } from '../../shared/lead/shard.ts';
import { countShard } from '../../shared/preview/count-shard.ts';
import { uncountedShard } from '../../shared/preview/shard-count.ts';
import { type RecalculationPorts, recalculateShard } from '../../shared/recalculation/recalculate-shard.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { CapacityMeter } from './capacity.ts';
import { fiveRuleQuestion } from './read-speed.ts';
import { fiveRules, usedShards } from './scan-world.ts';

type StoredItem = Record<string, AttributeValue>;

/** Units beside the least that item sizes allow. */
export interface MeasuredUnits {
  readonly units: number;
  readonly floor: number;
}

/** Stores leads as new ones. */
export async function storeLeads(leads: readonly LeadDocument[]): Promise<void> {
  const stores = createLeadStores();
  for (const group of chunk(leads, 500)) {
    const writes = group.map((after) => ({ before: unknownLead(after.leadId), after, outbox: { transitions: [] } }));
    const failed = (await stores.leads.write(writes)).filter((result) => result !== 'written');
    if (failed.length > 0) throw new Error(`${failed.length} leads were not stored: ${JSON.stringify(failed[0])}`);
  }
}

async function storedItems({ dynamodb }: Clients): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for (const shard of usedShards) {
    let from: StoredItem | undefined;
    do {
      const query = new QueryCommand({
        TableName: 'LEADS_TABLE',
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: shard } },
        Limit: 1_000,
        ...(from && { ExclusiveStartKey: from }),
      });
      const answer = await dynamodb.send(query);
      items.push(...(answer.Items ?? []));
      from = answer.LastEvaluatedKey;
    } while (from);
  }
  return items;
}

/** Mean bytes of a lead's item. */
export async function meanItemBytes(): Promise<number> {
  const items = await storedItems(createClients());
  return items.reduce((bytes, item) => bytes + itemBytes(item), 0) / items.length;
}

/** Read units of a preview of all stored leads, a thousand leads; at best, all their bytes in blocks of 4 KB. */
export async function previewUnits(): Promise<MeasuredUnits> {
  const clients = createClients();
  const stores = createLeadStores(clients);
  const items = await storedItems(clients);
  const catalog = await stores.catalog.current();
  const meter = new CapacityMeter(clients.dynamodb);
  const ports = { scan: stores.leads.scan, eventPages: stores.events.pagesFrom, catalog: stores.catalog };
  const { read } = await meter.unitsOf(async () => {
    for (const shard of usedShards)
      await countShard(ports, fiveRuleQuestion, catalog, uncountedShard(shard), () => false);
  });
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  const perThousand = 1_000 / items.length;
  return { units: read * perThousand, floor: (bytes / 4_096) * perThousand };
}

/**
 * Write units of a recalculation with its projection, a membership changed: a segment of five rules is saved, silently, so
 * that nothing is published. At best a change writes its document, its row, and its record in history with the
 * index; what many changes share comes to nothing.
 */
export async function recalculationUnits(): Promise<MeasuredUnits & { readonly changes: number }> {
  const clients = createClients();
  const stores = createLeadStores(clients);
  await startRecalculation(stores);
  const meter = new CapacityMeter(clients.dynamodb);
  const recalculated = await meter.unitsOf(() => recalculate(stores));
  const written = (await storedItems(clients)).filter((item) => decodeOutbox(item).transitions.length > 0);
  const projected = await meter.unitsOf(() => project(clients, written));
  const changes = written.reduce((sum, item) => sum + decodeOutbox(item).transitions.length, 0);
  const documents = written.reduce((sum, item) => sum + Math.ceil(itemBytes(item) / 1_024), 0);
  const rowAndHistory = 1 + 2;
  return {
    changes,
    units: (recalculated.write + projected.write) / changes,
    floor: documents / changes + rowAndHistory,
  };
}

/** Begins the recalculation of a segment: the rounds then go on for it. */
async function startRecalculation({ segments, catalog }: LeadStores): Promise<void> {
  let isStarted = false;
  const starter = {
    start: async () => {
      isStarted = true;
    },
  };
  const content = { name: 'Bench', description: '', active: true, match: 'all' as const, rules: fiveRules };
  await createSegmentWriter(segments, catalog, starter, async () => {}, surroundings).save(
    (context) => planCreate(content, context, { silent: true }),
    'bench',
  );
  if (!isStarted) throw new Error('The save started no recalculation');
}

async function recalculate(stores: LeadStores): Promise<void> {
  const { runs, rounds } = createRunStore(stores.clients.documents, 'SEGMENTS_TABLE', stores.catalog);
  const failures: string[] = [];
  const ports: RecalculationPorts = {
    noteFailure: (leadId, reason) => failures.push(`${leadId}: ${reason}`),
    catalog: stores.catalog,
    now: Date.now,
    evaluate: (work) => evaluateAndFollowUp(stores, work),
    pages: stores.leads.page,
    eventsOfLeads: stores.events.ofLeads,
    runs,
    rounds,
  };
  for (const shard of shards) await recalculateShard(ports, { shard }, 'bench', () => false);
  if (failures.length > 0) throw new Error(`Leads could not be recalculated: ${failures[0]}`);
}

/** Projects in batches of 500 writes, of all shards mixed, as the stream gives them. */
async function project(clients: Clients, written: readonly StoredItem[]): Promise<void> {
  // Its handler is made when its file is loaded, which needs the settings of the local tables.
  const { createLeadStreamWorker } = await import('../../functions/streams/project-memberships.ts');
  const worker = createLeadStreamWorker(clients);
  const mixed = [...written].sort((a, b) => (a.leadId!.S! < b.leadId!.S! ? -1 : 1));
  for (const batch of chunk(mixed, 500)) {
    const Records = batch.map((NewImage) => ({ dynamodb: { NewImage } })) as DynamoDBStreamEvent['Records'];
    await worker({ Records });
  }
}
