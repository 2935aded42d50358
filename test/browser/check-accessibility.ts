import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Result, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA, and what axe calls best practices. */
const everyRule: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};
/** What depends on the colors. */
const rulesOfColor: RunOptions = {
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  resultTypes: ['violations'],
};

/**
 * What axe finds wrong with the page as it is now, one rule and element a line; nothing where nothing is. Its colors
 * are looked at in the other color scheme, too.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const faults = await faultsBy(everyRule, page);
  const scheme: string = await page.evaluate('document.documentElement.dataset.mantineColorScheme');
  const other = scheme === 'dark' ? 'light' : 'dark';
  await show(other, page);
  const ofColor = await faultsBy(rulesOfColor, page);
  await show(scheme, page);
  return [...faults, ...ofColor.map((fault) => `${other}: ${fault}`)];
}

async function faultsBy(options: RunOptions, page: Page): Promise<string[]> {
  // What is on its way in or out is half transparent, and so of too little contrast.
  await page.evaluate(
    `Promise.all(document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished.catch(() => undefined)))`,
  );
  const violations: Result[] = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.split('\n')[1]?.trim()}`),
  );
}

const show = (scheme: string, page: Page): Promise<unknown> =>
  page.evaluate(`document.documentElement.dataset.mantineColorScheme = ${JSON.stringify(scheme)}`);
