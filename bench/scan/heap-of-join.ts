import { compileCatalog } from '../../shared/catalog/catalog.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { type CountPorts, countShard } from '../../shared/preview/count-shard.ts';
import { uncountedShard } from '../../shared/preview/shard-count.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

/**
 * A process of its own: `heap-of-join.ts LEADS` counts one shard of so many leads and three times as many events for an
 * event rule that no segment has, and prints the most heap (bytes) that was in use after a collection at the end of a page.
 */
const leadCount = Number(process.argv[2]);
const eventsPerLead = 3;
const idOf = (index: number) => `lead-${String(index).padStart(8, '0')}`;
const context = { levels: defaultLevels, eventRetentionDays: 400 };
const catalog = compileCatalog(0, [], context);
const now = Date.parse('2026-06-01T00:00:00Z');
let mostHeap = 0;

function noteHeap(): void {
  globalThis.gc?.();
  mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed);
}

const ports: CountPorts = {
  catalog: { current: async () => catalog },
  // Made as they are asked for, so that the only leads and events in memory are those that counting holds.
  scan: () => async (_shard, after, limit) => {
    noteHeap();
    const from = after === undefined ? 0 : Number(after.slice('lead-'.length)) + 1;
    const until = Math.min(from + limit, leadCount);
    const leads = Array.from({ length: until - from }, (_, index) => unknownLead(idOf(from + index)));
    return { leads, ...(until < leadCount && { next: idOf(until - 1) }) };
  },
  async *eventPages(_eventType, _shard, fromLeadId) {
    for (let index = Number(fromLeadId.slice('lead-'.length)); index < leadCount; index += 300) {
      const ids = Array.from({ length: Math.min(300, leadCount - index) }, (_, offset) => idOf(index + offset));
      yield ids.flatMap((leadId, offset) =>
        Array.from({ length: eventsPerLead }, (_, serial) => ({
          leadId,
          eventId: `${leadId}-${serial}`,
          occurredAt: now - (eventsPerLead - serial) * 60_000,
          metadata: { path: (index + offset) % 3 === 0 ? '/pricing' : '/home', form_id: 'demo' },
        })),
      );
    }
  },
};

const count = await countShard(
  ports,
  {
    match: 'all',
    rules: [
      {
        type: 'event_metadata',
        eventType: 'Page View',
        field: 'path',
        operator: 'contains',
        value: '/pricing',
        times: { atLeast: 2 },
      },
    ],
    sampleSize: 10,
    now,
    context,
  },
  catalog,
  uncountedShard('00'),
  () => false,
);
if (count.matching.total !== Math.ceil(leadCount / 3)) throw new Error(`Counted ${count.matching.total}`);
noteHeap();
process.stdout.write(`${mostHeap}\n`);
