import { flood } from './load/flood.ts';
import { pageViewFlood } from './load/page-view-flood.ts';
import { measureLoadUnits } from './load/units.ts';
import { short, table } from './measure.ts';
import { startLocalTables } from './scan/local-tables.ts';

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** What a flood of page views in an account that runs ten functions at once leaves to a level change. */
async function benchPageViews(pageViews: number): Promise<Record<string, number>> {
  const { decidedMs, waiting, calls, refusedCalls } = await pageViewFlood(pageViews);
  const sorted = [...decidedMs].sort((a, b) => a - b);
  const figures = {
    'flood.pageViews': pageViews,
    'flood.levelChangeP50Ms': percentile(sorted, 0.5),
    'flood.levelChangeMaxMs': sorted.at(-1) ?? Number.NaN,
    'flood.waiting': waiting,
    'flood.refusedCalls': refusedCalls,
  };
  console.log(`\n${pageViews.toLocaleString('en-US')} page views queued, ten functions at once in the account`);
  const rows = [
    [
      'level change to event, p50 / longest ms',
      `${short(figures['flood.levelChangeP50Ms'])} / ${short(figures['flood.levelChangeMaxMs'])}`,
    ],
    ['messages that waited then', short(waiting)],
    [`calls of the API refused (of ${calls})`, String(refusedCalls)],
  ];
  console.log(table(['', 'measured'], rows));
  return figures;
}

/** What changes cost, and what comes of a flood of them while functions die; or, with `pageViews`, of a flood of those. */
export async function benchLoad({
  messages = 10_000,
  leads = 2_000,
  pageViews,
}: {
  messages?: number;
  leads?: number;
  pageViews?: number;
} = {}): Promise<Record<string, number>> {
  if (pageViews !== undefined) return benchPageViews(pageViews);
  const units = await measureAlone();
  const ratio = units.oneByOneMicros / units.batchedMicros;
  console.log(`\nA change in batches of 100, 100 segments; a lead's item has ${short(units.itemBytes)} bytes`);
  const unitRows = [
    ['reads of a change that flips nothing / size of its document', short(units.readsPerChange)],
    ['writes of a change that flips nothing / size of its document', short(units.writesPerChange)],
    [`writes of a transition beside its change (${short(units.transitions)})`, short(units.writesPerTransition)],
    ['  of them, what it adds to the document', short(units.documentWritesPerTransition)],
    ...[...units.writesInSmallerBatches].map(([size, writes]) => [
      `  the same, where the projector is given ${size} at once`,
      short(writes),
    ]),
    ['processor time of a change that flips nothing, µs', short(units.batchedMicros)],
    ['  the same with a GetItem and an UpdateItem a lead, µs', short(units.oneByOneMicros)],
    ['  times', `${short(ratio)}x`],
  ];
  console.log(table(['', 'measured'], unitRows));

  const shown = await flood({ messages, leads });
  const wrong = shown.wrongMembers + shown.wrongCounts + shown.wrongEvents;
  const figures: Record<string, number> = {
    'load.messages': shown.messages,
    'load.lost': shown.lost,
    'load.wrong': wrong,
    'load.changesPerSecond': shown.changesPerSecond,
    'load.p50Ms': percentile(shown.steady, 0.5),
    'load.p99Ms': percentile(shown.steady, 0.99),
    'load.floodP50Ms': percentile(shown.flood, 0.5),
    'load.floodP99Ms': percentile(shown.flood, 0.99),
    'load.cpuRatioVsOneByOne': ratio,
    'cost.readsPerChange': units.readsPerChange,
    'cost.writesPerChange': units.writesPerChange,
    'cost.writesPerTransition': units.writesPerTransition,
  };
  console.log(
    `\n${shown.messages.toLocaleString('en-US')} messages over ${leads.toLocaleString('en-US')} leads, 100 segments`,
  );
  const ms = (name: string) =>
    `${short(figures[`load.${name}P50Ms`] ?? 0)} / ${short(figures[`load.${name}P99Ms`] ?? 0)}`;
  const floodRows = [
    ['threads of functions killed', short(shown.killed)],
    ['messages lost', String(shown.lost)],
    [`members wrong (of ${short(shown.memberships)})`, String(shown.wrongMembers)],
    ['counts wrong', String(shown.wrongCounts)],
    ['events wrong', String(shown.wrongEvents)],
    ['changes a second, sustained', short(shown.changesPerSecond)],
    ['processor time a change without the database, ms', short(shown.cpuMsPerChange)],
    [
      'message to event at half that rate, p50 / p99 ms',
      `${short(figures['load.p50Ms']!)} / ${short(figures['load.p99Ms']!)}`,
    ],
    ['message to event in the flood, all sent at once, p50 / p99 ms', ms('flood')],
  ];
  console.log(table(['', 'measured'], floodRows));
  return figures;
}

async function measureAlone() {
  const tables = await startLocalTables();
  try {
    return await measureLoadUnits();
  } finally {
    await tables.stop();
  }
}
