import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { short, table } from './measure.ts';
import { intervalCoverage } from './preview-trials.ts';
import { startLocalTables } from './scan/local-tables.ts';
import { measureReadSpeed } from './scan/read-speed.ts';
import { storedLeads } from './scan/scan-world.ts';
import { type MeasuredUnits, meanItemBytes, previewUnits, recalculationUnits, storeLeads } from './scan/units.ts';

/** What it costs to read all leads: time, memory, capacity units; and how honest an early answer is. */
export async function benchScan(isQuick: boolean): Promise<Record<string, number>> {
  const leads = storedLeads(isQuick ? 1_000 : 4_000);
  const tables = await startLocalTables();
  try {
    await storeLeads(leads);
    const bytes = await meanItemBytes();
    console.log(`\n${leads.length.toLocaleString('en-US')} leads of ${short(bytes)} bytes`);
    const speeds = await measureReadSpeed(isQuick ? 5 : 15);
    console.log(
      table(
        ['read from answers of DynamoDB', 'bytes/lead', 'leads/s and core'],
        speeds.map(({ name, bodyBytesPerLead, leadsPerSecond }) => [
          name,
          short(bodyBytesPerLead),
          short(leadsPerSecond),
        ]),
      ),
    );
    const reads = await previewUnits();
    const writes = await recalculationUnits();
    console.log('');
    console.log(
      table(
        ['capacity units', 'measured', 'at best', 'above'],
        [
          ['reads of a preview / 1,000 leads', ...columns(reads)],
          [`writes of a recalculation / membership changed (${short(writes.changes)})`, ...columns(writes)],
        ],
      ),
    );
    const coverage = intervalCoverage(isQuick ? 200 : 1_000, 1);
    const heap = [10_000, 100_000].map((count) => ({ count, bytes: heapOfJoin(count) }));
    console.log('');
    for (const { count, bytes } of heap) {
      console.log(
        `heap of a merge join of ${short(count)} leads with ${short(count * 3)} events: ${short(bytes / 1e6)} MB`,
      );
    }
    console.log(`true total inside the interval of an early answer: ${short(coverage * 100)} % of trials`);
    return {
      'scan.leadsPerSecondPerCore': speeds[0]!.leadsPerSecond,
      'scan.readUnitsPerThousandLeads': reads.units,
      'recalculation.writeUnitsPerChange': writes.units,
      'preview.intervalCoverage': coverage,
    };
  } finally {
    await tables.stop();
  }
}

function columns({ units, floor }: MeasuredUnits): string[] {
  return [short(units), short(floor), `${short((units / floor - 1) * 100)} %`];
}

function heapOfJoin(leads: number): number {
  const script = fileURLToPath(new URL('scan/heap-of-join.ts', import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', script, String(leads)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The process that joins ${leads} leads failed: ${stderr}`);
  return Number(stdout);
}
