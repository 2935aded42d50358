import { limitsOf } from './limits/limits.ts';
import { liftedReport, mostReport, sizes, usualReport } from './limits/report.ts';
import { usualDeployment } from './limits/use.ts';

/** Which limit of AWS, or of ours, comes first at which size; computed, not measured. */
export async function benchLimits(): Promise<Record<string, number>> {
  console.log(`\nas usual: -c accountConcurrency=1000\n${usualReport()}`);
  console.log(`\neverything lifted: what no quota or setting moves\n${liftedReport()}`);
  console.log(`\nthe most that fits\n${mostReport()}`);
  const largest = limitsOf(sizes.at(-1)!, usualDeployment)[0]!;
  return { 'limits.largestShare': largest.share };
}
