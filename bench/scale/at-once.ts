import { createLeadStores, evaluateAndFollowUp, type LeadStores } from '../../functions/lead-stores.ts';
import type { Send } from '../../shared/aws/send-messages.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { shards } from '../../shared/lead/shard.ts';
import { recalculateShard } from '../../shared/recalculation/recalculate-shard.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createRunStarter } from '../../shared/recalculation/start-run.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { madeChanges } from '../lead-world.ts';
import { startLocalTables } from '../scan/local-tables.ts';
import { storeLeads } from '../scan/units.ts';

/** What creating segments took, until all of them were recalculated. */
export interface Created {
  readonly segments: number;
  readonly seconds: number;
  /** Until the last one was saved. */
  readonly savedAfterSeconds: number;
  /** How often the leads were read: leads in the pages of recalculations, for each lead there is. */
  readonly reads: number;
  readonly messages: number;
  readonly transitions: number;
  /** Leads that are not in exactly the segments whose rules they meet. */
  readonly wrong: number;
}

const workers = 2;
const savesAtOnce = 1;

/** The rule of the leads in one of so many parts of equal size, or in any of them. */
function ofPart(part: number | undefined): Rule {
  return part === undefined
    ? { type: 'lead_metadata', field: 'part', operator: 'greater_than', value: -1 }
    : { type: 'lead_metadata', field: 'part', operator: 'equals', value: part };
}

/**
 * Creates one segment that every lead enters; then so many at once, each with its part of the leads, so that as many enter.
 * By the product's own code with two workers in this process, on the DynamoDB stand-in, without the projection.
 */
export async function createAtOnce(leads: number, segments: number): Promise<{ one: Created; many: Created }> {
  const tables = await startLocalTables();
  try {
    const made = madeChanges(leads, 5).map(({ before }, index) => ({
      ...before,
      attributes: { ...before.attributes, part: index % segments },
    }));
    await storeLeads(made);
    return { one: await create(leads, [ofPart(undefined)]), many: await create(leads, partsOf(segments)) };
  } finally {
    await tables.stop();
  }
}

const partsOf = (segments: number) => Array.from({ length: segments }, (_, part) => ofPart(part));

async function create(leads: number, rules: readonly Rule[]): Promise<Created> {
  const stores = createLeadStores();
  const queue: string[] = [];
  const send: Send = async (messages) => void queue.push(...messages.map(({ body }) => body));
  const runs = createRunStore(stores.clients.documents, 'SEGMENTS_TABLE', stores.catalog);
  const starter = createRunStarter(runs, send, surroundings);
  const writer = createSegmentWriter(stores.segments, stores.catalog, starter, async () => {}, surroundings);
  const counted = { reads: 0, messages: 0 };
  const startedAt = Date.now();
  let savedAt: number | undefined;

  const save = async (rule: Rule) => {
    const content = { name: surroundings.newId('seg'), description: '', active: true, match: 'all' as const };
    return (await writer.save((context) => planCreate({ ...content, rules: [rule] }, context), 'bench'))!.id;
  };
  const isOver = async () => savedAt !== undefined && queue.length === 0 && (await runs.runs.open()).length === 0;
  const work = async (): Promise<void> => {
    const ports = portsOf(createLeadStores(), counted);
    while (!(await isOver())) {
      const body = queue.shift();
      if (body === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const message: { shard: string } = JSON.parse(body);
      const { isFinished, delaySeconds = 0 } = await recalculateShard(
        ports,
        message,
        `message ${++counted.messages}`,
        () => false,
      );
      if (!isFinished) setTimeout(() => queue.push(body), delaySeconds * 1_000);
    }
  };
  const saves = mapConcurrently(rules, savesAtOnce, save).then((ids) => {
    savedAt = Date.now();
    return ids;
  });
  const [ids] = await Promise.all([saves, ...Array.from({ length: workers }, work)]);
  const seconds = (Date.now() - startedAt) / 1000;
  return {
    segments: rules.length,
    seconds,
    savedAfterSeconds: (savedAt! - startedAt) / 1000,
    reads: counted.reads / leads,
    messages: counted.messages,
    ...(await compare(stores, ids, leads)),
  };
}

function portsOf(stores: LeadStores, counted: { reads: number }) {
  const { rounds, runs } = createRunStore(stores.clients.documents, 'SEGMENTS_TABLE', stores.catalog);
  const pages: typeof stores.leads.page = async (...of) => {
    const page = await stores.leads.page(...of);
    counted.reads += page.leads.length;
    return page;
  };
  return {
    noteFailure: (leadId: string, reason: string) => console.error(`Lead ${leadId} failed: ${reason}`),
    catalog: stores.catalog,
    now: Date.now,
    evaluate: (work: Parameters<typeof evaluateAndFollowUp>[1]) => evaluateAndFollowUp(stores, work),
    pages,
    eventsOfLeads: stores.events.ofLeads,
    runs,
    rounds,
  };
}

/** Reads all leads, and compares who is in the segments with their parts. */
async function compare(stores: LeadStores, ids: readonly string[], leads: number) {
  let [transitions, wrong, seen] = [0, 0, 0];
  for (const shard of shards) {
    for (let after: string | undefined, isLast = false; !isLast; isLast = after === undefined) {
      const page = await stores.leads.page(shard, after, 1_000);
      after = page.next;
      for (const document of page.leads) {
        const part = ids.length === 1 ? 0 : Number(document.attributes.part);
        const isRight = ids.every((id, index) => isMember(document, id) === (index === part));
        transitions += ids.filter((id) => isMember(document, id)).length;
        seen++;
        if (!isRight) wrong++;
      }
    }
  }
  return { transitions, wrong: wrong + Math.abs(leads - seen) };
}
