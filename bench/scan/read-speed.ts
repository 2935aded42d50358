import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { createClients } from '../../shared/aws/clients.ts';
import type { ReadPacer } from '../../shared/aws/read-pacer.ts';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import { noEvents } from '../../shared/lead/event-order.ts';
import { decodeLead } from '../../shared/lead/lead-item.ts';
import { createLeadScanStore } from '../../shared/lead/lead-scan-store.ts';
import { compileRules } from '../../shared/matcher/evaluation.ts';
import { type CountPorts, countShard, type PreviewQuestion } from '../../shared/preview/count-shard.ts';
import { uncountedShard } from '../../shared/preview/shard-count.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { median } from '../measure.ts';
import { RecordedAnswers } from './recorded-answers.ts';
import { fiveRules, storedSegmentId, usedShards } from './scan-world.ts';

const context = { levels: defaultLevels, eventRetentionDays: 400 };
const catalog = compileCatalog(0, [], context);
const unpaced: ReadPacer = (_partition, readPage) => readPage();

export const fiveRuleQuestion: PreviewQuestion = {
  match: 'all',
  rules: fiveRules,
  sampleSize: 10,
  now: Date.parse('2026-06-01T00:00:00Z'),
  context,
};

/** How fast stored leads are read in one way. */
interface ReadSpeed {
  readonly name: string;
  /** Leads a second of processor time, of all threads together. */
  readonly leadsPerSecond: number;
  readonly bodyBytesPerLead: number;
}

/** One way of reading all stored leads; answers how many there were. */
interface Way {
  readonly name: string;
  readonly answers: RecordedAnswers;
  readonly readAll: () => Promise<number>;
}

function previewWay(name: string, question: PreviewQuestion): Way {
  const { dynamodb } = createClients();
  const ports: CountPorts = {
    scan: createLeadScanStore(dynamodb, 'LEADS_TABLE', unpaced),
    catalog: { current: async () => catalog },
    async *eventPages() {},
  };
  const readAll = async () => {
    let leads = 0;
    for (const shard of usedShards)
      leads += (await countShard(ports, question, catalog, uncountedShard(shard), () => false)).leads;
    return leads;
  };
  return { name, answers: new RecordedAnswers(dynamodb), readAll };
}

/** Whole documents, as a recalculation reads them, asked the same rules. */
function wholeDocumentWay(name: string): Way {
  const { dynamodb } = createClients();
  const evaluation = compileRules('all', fiveRules, context);
  const readAll = async () => {
    let leads = 0;
    for (const shard of usedShards) {
      let from: Record<string, { S: string }> | undefined;
      do {
        const answer = await dynamodb.send(
          new QueryCommand({
            TableName: 'LEADS_TABLE',
            KeyConditionExpression: '#shard = :shard',
            ExpressionAttributeNames: { '#shard': 'shard' },
            ExpressionAttributeValues: { ':shard': { S: shard } },
            Limit: 1_500,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        for (const item of answer.Items ?? []) {
          const document = decodeLead(item);
          evaluation.holds({
            document,
            now: 0,
            events: () => noEvents,
            eventsFlipAt: () => 0,
            isMemberOf: () => false,
          });
          leads++;
        }
        from = answer.LastEvaluatedKey as typeof from;
      } while (from);
    }
    return leads;
  };
  return { name, answers: new RecordedAnswers(dynamodb), readAll };
}

/**
 * Reads the leads of the local tables once over the wire, then again and again from the bytes of those answers: the SDK's
 * deserialisation, our decoding, and the evaluation of five rules. In processor time, since machines are shared; medians
 * over rounds in which all ways take turns.
 */
export async function measureReadSpeed(rounds: number): Promise<ReadSpeed[]> {
  const ways = [
    previewWay('preview of five rules', fiveRuleQuestion),
    previewWay('with who enters and leaves', { ...fiveRuleQuestion, segmentId: storedSegmentId }),
    wholeDocumentWay('whole documents'),
  ];
  const leads = new Map<string, number>();
  for (const way of ways) {
    leads.set(way.name, await way.readAll());
    way.answers.isReplaying = true;
  }
  const times = new Map(ways.map(({ name }) => [name, [] as number[]]));
  for (let round = -3; round < rounds; round++) {
    for (const { name, readAll } of ways) {
      const before = process.cpuUsage();
      const count = await readAll();
      const { user, system } = process.cpuUsage(before);
      if (count !== leads.get(name)) throw new Error(`${name} read ${count} leads`);
      if (round >= 0) times.get(name)!.push(user + system);
    }
  }
  return ways.map(({ name, answers }) => ({
    name,
    leadsPerSecond: (leads.get(name)! / median(times.get(name)!)) * 1_000_000,
    bodyBytesPerLead: answers.bytes / leads.get(name)!,
  }));
}
