import { short, table } from '../measure.ts';
import { type Limit, limitsOf } from './limits.ts';
import { type Deployment, largeDeployment, type Use, usualDeployment } from './use.ts';

const leadCounts = [10_000, 1_000_000, 100_000_000];
const changeRates = [10, 1_000, 50_000];
const segments = 1_000;

/** Every size that docs/scale.md answers for. */
export const sizes: readonly Use[] = leadCounts.flatMap((leads) =>
  changeRates.map((changesPerSecond) => ({ leads, changesPerSecond, segments })),
);

const percent = (share: number) => `${short(share * 100)} %`;
const at = ({ name, share }: Limit) => [name, percent(share)];

/** For each size, which limit comes first as it is usually deployed, and what lifts it. */
export function usualReport(): string {
  const rows = sizes.map((use) => {
    const [first, second] = limitsOf(use, usualDeployment);
    return [short(use.leads), short(use.changesPerSecond), ...at(first!), first!.liftedBy, ...at(second!)];
  });
  return aligned(['leads', 'changes/s', 'first limit', 'at', 'lifted by', 'second limit', 'at'], rows);
}

/** The same where every setting is chosen for size, and AWS has raised every quota: what is left. */
export function liftedReport(): string {
  const rows = sizes.map((use) => {
    const [first, second] = limitsOf(use, largeDeployment).filter(({ kind }) => kind !== 'quota');
    return [short(use.leads), short(use.changesPerSecond), ...at(first!), ...at(second!)];
  });
  return aligned(['leads', 'changes/s', 'first limit', 'at', 'second limit', 'at'], rows);
}

/** The most changes a second that fit, for each number of leads. */
export function mostReport(): string {
  const mostOf = (leads: number, deployment: Deployment, kinds: readonly Limit['kind'][]) => {
    const [most, limit] = mostChanges({ leads, segments }, deployment, kinds);
    return [short(most), limit];
  };
  const all = ['quota', 'setting', 'design'] as const;
  const rows = leadCounts.flatMap((leads) => [
    [short(leads), 'a new account', ...mostOf(leads, { ...usualDeployment, accountConcurrency: 10 }, all)],
    [short(leads), 'as usual', ...mostOf(leads, usualDeployment, all)],
    [short(leads), 'everything lifted', ...mostOf(leads, largeDeployment, ['setting', 'design'])],
  ]);
  return aligned(['leads', 'deployed', 'changes/s', 'then'], rows);
}

/** The most changes a second that no limit of these kinds refuses, and the limit that comes then. */
export function mostChanges(
  use: Omit<Use, 'changesPerSecond'>,
  deployment: Deployment,
  kinds: readonly Limit['kind'][],
): [number, string] {
  const firstAt = (changesPerSecond: number) =>
    limitsOf({ ...use, changesPerSecond }, deployment).find(({ kind }) => kinds.includes(kind))!;
  let [fits, tooMuch] = [0, 10_000_000];
  while (tooMuch - fits > tooMuch / 1_000) {
    const between = (fits + tooMuch) / 2;
    if (firstAt(between).share <= 1) fits = between;
    else tooMuch = between;
  }
  return [Number(fits.toPrecision(2)), firstAt(tooMuch).name];
}

/** A text table in which words are on the left and numbers on the right. */
function aligned(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const isWords = header.map((_, column) => rows.every((row) => !/^[\d.,]+( %)?$/.test(row[column]!)));
  const padded = (row: readonly string[]) =>
    row.map((cell, column) => (isWords[column] ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)));
  return table(padded(header), rows.map(padded))
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
