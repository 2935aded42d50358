import { MultiBar, Presets } from 'cli-progress';

/** Shows how far an import is. */
export interface ImportProgress {
  at(bytesRead: number, rows: number): void;
  /** A line that stays. */
  say(line: string): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere, a line for each tenth of the file. */
export function showProgress(fileBytes: number, { isTerminal }: { isTerminal: boolean }): ImportProgress {
  return isTerminal ? bar(fileBytes) : lines(fileBytes);
}

function bar(fileBytes: number): ImportProgress {
  const format = '{bar} {percentage} % | {rows} rows | {eta_formatted} left';
  const bars = new MultiBar({ format, clearOnComplete: false, hideCursor: true }, Presets.shades_classic);
  const one = bars.create(fileBytes, 0, { rows: 0 });
  return {
    at: (bytesRead, rows) => one.update(bytesRead, { rows }),
    say: (line) => bars.log(`${line}\n`),
    stop: () => bars.stop(),
  };
}

function lines(fileBytes: number): ImportProgress {
  let tenths = 0;
  return {
    at: (bytesRead, rows) => {
      const now = fileBytes === 0 ? 10 : Math.floor((bytesRead / fileBytes) * 10);
      if (now > tenths) console.log(`${now * 10} %: ${rows} rows`);
      tenths = Math.max(tenths, now);
    },
    say: (line) => console.error(line),
    stop: () => undefined,
  };
}
