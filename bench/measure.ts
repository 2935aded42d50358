import { performance } from 'node:perf_hooks';

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Something to measure: `run` does `count` pieces of work. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  readonly run: () => void | Promise<void>;
}

/**
 * Microseconds a piece of work of each contender takes: medians over rounds in which all take turns, so that a noisy
 * moment of the machine hits them alike; after rounds that do not count, in which the engine compiles them.
 */
export async function compare(
  contenders: readonly Contender[],
  rounds = 15,
  warmUps = 3,
): Promise<Map<string, number>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const { name, count, run } of contenders) {
      const start = performance.now();
      await run();
      const took = ((performance.now() - start) * 1000) / count;
      if (round >= 0) times.get(name)!.push(took);
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

/** Rows as a text table: the first column left, the others right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return cells.map(line).join('\n');
}

/** A number for people: three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
