import { performance } from 'node:perf_hooks';
import { parse } from 'csv-parse';
import { createRowPlanner } from '../shared/import/plan-rows.ts';
import { suggestMapping } from '../shared/import/suggest-mapping.ts';
import { csvOptions } from '../shared/table/csv-rows.ts';
import { inspectFile } from '../shared/table/inspect.ts';
import { type ReadBytes, readRows } from '../shared/table/table-file.ts';
import { short, table } from './measure.ts';

const header = 'Email,First Name,Company,Country,City,Phone,Score,Revenue,Created,Opt-in,Interests,Notes';
const startedAt = '2026-11-29T09:00:00.000Z';

function rowOf(index: number): string {
  const company = `Acme Corporation ${index % 1_000}`;
  const day = String((index % 28) + 1).padStart(2, '0');
  const notes = '"Met at a fair, wants a call. He said ""yes"", and then something else"';
  const interests = ['Golf;Sailing', 'Golf', 'Tennis;Golf'][index % 3];
  const values = `${index % 100},"1.200,${index % 10}0 €",${day}/11/2026,yes,${interests},${notes}`;
  return `person${index}@example.com,Ann,${company},Germany,Berlin,+49 30 ${index},${values}`;
}

/** A file of that many rows, which is in no memory at once. */
function fileOf(rows: number): ReadBytes {
  return async function* () {
    for (let from = 0; from < rows; from += 1_000) {
      const lines = Array.from({ length: Math.min(1_000, rows - from) }, (_, index) => rowOf(from + index));
      yield Buffer.from(`${from === 0 ? `${header}\n` : ''}${lines.join('\n')}\n`);
    }
  };
}

/** What a way through a file costs: seconds of CPU, and heap in use after the first and the last tenth of it. */
interface Cost {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  readonly firstHeap: number;
  readonly lastHeap: number;
}

async function measure(name: string, rows: number, way: (seen: () => void) => Promise<void>): Promise<Cost> {
  let seen = 0;
  let firstHeap = 0;
  const start = process.cpuUsage();
  await way(() => {
    seen++;
    if (seen === Math.ceil(rows / 10)) firstHeap = heapInUse();
  });
  const { user, system } = process.cpuUsage(start);
  return { name, rows: seen, seconds: (user + system) / 1e6, firstHeap, lastHeap: heapInUse() };
}

function heapInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The speed of reading and of planning an import beside that of the bare parser, and that memory does not grow. */
export async function benchImport(rows: number): Promise<Record<string, number>> {
  const read = fileOf(rows);
  const started = performance.now();
  const inspection = await inspectFile(read);
  const { mapping } = suggestMapping(inspection.columns);
  const inspectSeconds = (performance.now() - started) / 1000;
  const planner = createRowPlanner(inspection.layout.header, mapping!, { startedAt });
  const costs = [
    await measure('bare csv-parse', rows, async (seen) => {
      const onRecord = () => {
        seen();
        return null;
      };
      const parser = parse({ ...csvOptions, on_record: onRecord });
      for await (const chunk of read(0)) await new Promise((resolve) => parser.write(chunk, resolve));
      await new Promise((resolve) => parser.end(resolve));
    }),
    await measure('rows', rows, async (seen) => {
      for await (const _row of readRows(read, inspection.format)) seen();
    }),
    await measure('rows and their messages', rows, async (seen) => {
      for await (const row of readRows(read, inspection.format)) {
        if (row.line > 1) planner.plan(row, Date.parse(startedAt));
        seen();
      }
    }),
  ];
  console.log(`\n${rows.toLocaleString('en-US')} rows of 12 columns, found out in ${short(inspectSeconds)} s`);
  console.log(
    table(
      ['', 'rows/s of CPU', 'heap, first tenth', 'heap, end'],
      costs.map(({ name, rows: seen, seconds, firstHeap, lastHeap }) => [
        name,
        short(seen / seconds),
        `${short(firstHeap / 1e6)} MB`,
        `${short(lastHeap / 1e6)} MB`,
      ]),
    ),
  );
  const planned = costs.at(-1)!;
  return {
    'import.rowsPerSecond': planned.rows / planned.seconds,
    'import.heapGrowthMb': (planned.lastHeap - planned.firstHeap) / 1e6,
  };
}
