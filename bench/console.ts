import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { builtConsole } from '../local/built-console.ts';
import { collectingLog } from '../local/log.ts';
import { type LocalStack, startLocalStack } from '../local/stack.ts';
import { openChromium } from './console/open-chromium.ts';
import { madeAttributes, seededChance } from './lead-world.ts';
import { median, short, table } from './measure.ts';

interface Size {
  readonly leads: number;
  readonly segments: number;
  readonly loads: number;
  readonly idleSeconds: number;
}

/** The largest segment that there can be. */
const mostRules = 250;

/**
 * Measures the built console in Chromium, against a stack with so many leads and segments: what the first page loads, when a
 * page can be used, what a page asks that nobody touches, and how long a key stroke takes in the largest segment. Prints it,
 * and answers its figures.
 */
export async function benchConsole(isQuick: boolean): Promise<Record<string, number>> {
  const size = isQuick
    ? { leads: 200, segments: 50, loads: 2, idleSeconds: 10 }
    : { leads: 3_000, segments: 500, loads: 7, idleSeconds: 30 };
  const directory = mkdtempSync(join(tmpdir(), 'bench-console-'));
  const consoleDirectory = await builtConsole();
  const browser = await openChromium();
  const stack = await startLocalStack({
    stateDirectory: directory,
    consoleDirectory,
    eagerStreams: true,
    log: collectingLog(),
  });
  try {
    const segmentId = await fill(stack, size);
    const figures = {
      ...(await firstPage(browser, stack, consoleDirectory)),
      ...(await interactive(browser, stack, segmentId, size.loads)),
      ...(await idle(browser, stack, segmentId, size.idleSeconds)),
      ...(await keyStrokes(browser, stack)),
    };
    console.log(
      `\nThe console, ${short(size.leads)} leads, ${short(size.segments)} segments, medians of ${size.loads}`,
    );
    console.log(
      table(
        ['', 'measured'],
        [
          ['first page, script, KB gzipped', short(figures['console.firstPageScriptKb'])],
          ['first page, styles, KB gzipped', short(figures['console.firstPageStylesKb'])],
          ['list of segments can be used, ms', short(figures['console.listInteractiveMs'])],
          ['rules of a segment can be used, ms', short(figures['console.rulesInteractiveMs'])],
          ['preview of a segment is there, ms', short(figures['console.previewMs'])],
          [`requests of an idle page in ${size.idleSeconds} s`, short(figures['console.idleRequests'])],
          [
            `key stroke in ${mostRules} rules, median / longest ms`,
            `${short(figures['console.keyStrokeMs'])} / ${short(figures['console.keyStrokeMaxMs'])}`,
          ],
        ],
      ),
    );
    return figures;
  } finally {
    await browser.close();
    await stack.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function ask(stack: LocalStack, method: string, path: string, body: object): Promise<{ id: string }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(stack.file.apiUrl + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { id: string };
}

const rule = (index: number) => ({
  type: 'lead_metadata',
  field: 'country',
  operator: 'equals',
  value: `country ${index}`,
});

/** Sends leads and makes segments, of which one in fifty is active; answers the id of one. */
async function fill(stack: LocalStack, { leads, segments }: Size): Promise<string> {
  const chance = seededChance(11);
  const changes = Array.from({ length: leads }, (_, index) => ({
    ...{ kind: 'profile_change', leadId: `lead-${index}`, occurredAt: new Date().toISOString() },
    attributes: madeAttributes(chance, 12),
  }));
  for (let from = 0; from < leads; from += 500) {
    await ask(stack, 'POST', '/changes', { changes: changes.slice(from, from + 500) });
  }
  let first: string | undefined;
  for (let index = 0; index < segments; index++) {
    const name = `Segment ${String(index).padStart(3, '0')}`;
    const rules = [
      { ...rule(index), operator: index === 0 ? 'exists' : 'equals', value: index === 0 ? undefined : 'x' },
    ];
    const { id } = await ask(stack, 'POST', '/segments', { name, active: index % 50 === 0, rules });
    first ??= id;
  }
  const largest = Array.from({ length: mostRules }, (_, index) => rule(index));
  await ask(stack, 'POST', '/segments', { name: 'Largest', match: 'any', rules: largest });
  await stack.idle();
  return first!;
}

/** Opens a page of the console, in a browser that has never seen it. */
async function opened<Result>(browser: Browser, look: (page: Page) => Promise<Result>): Promise<Result> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  try {
    return await look(await context.newPage());
  } finally {
    await context.close();
  }
}

/** What the first page loads, as a server that compresses would send it. */
async function firstPage(browser: Browser, { file }: LocalStack, directory: string) {
  const consoleUrl = file.consoleUrl!;
  const servedFrom = new URL(consoleUrl).origin;
  const bytes = { '.js': 0, '.css': 0 };
  await opened(browser, async (page) => {
    page.on('response', (response) => {
      const { pathname, origin } = new URL(response.url());
      const kind = extname(pathname);
      if (origin !== servedFrom || (kind !== '.js' && kind !== '.css')) return;
      bytes[kind] += gzipSync(readFileSync(join(directory, pathname))).length;
    });
    await page.goto(`${consoleUrl}/#/segments`);
    await page.getByRole('link', { name: 'Segment 000' }).waitFor();
    await page.waitForLoadState('networkidle');
  });
  return { 'console.firstPageScriptKb': bytes['.js'] / 1e3, 'console.firstPageStylesKb': bytes['.css'] / 1e3 };
}

/** Milliseconds from the address to what a person came for. */
async function interactive(browser: Browser, { file }: LocalStack, segmentId: string, loads: number) {
  const taken = { list: [] as number[], rules: [] as number[], preview: [] as number[] };
  for (let load = 0; load < loads; load++) {
    await opened(browser, async (page) => {
      const start = performance.now();
      await page.goto(`${file.consoleUrl}/#/segments`);
      await page.getByRole('link', { name: 'Segment 000' }).waitFor();
      taken.list.push(performance.now() - start);
    });
    await opened(browser, async (page) => {
      const start = performance.now();
      await page.goto(`${file.consoleUrl}/#/segments/${segmentId}/rules`);
      await page.getByRole('button', { name: 'Add Rule' }).first().waitFor();
      taken.rules.push(performance.now() - start);
      await page.getByTestId('preview-total').waitFor();
      taken.preview.push(performance.now() - start);
    });
  }
  return {
    'console.listInteractiveMs': median(taken.list),
    'console.rulesInteractiveMs': median(taken.rules),
    'console.previewMs': median(taken.preview),
  };
}

/** How often a page asks the API while nobody touches it. */
async function idle(browser: Browser, { file }: LocalStack, segmentId: string, seconds: number) {
  let requests = 0;
  await opened(browser, async (page) => {
    await page.goto(`${file.consoleUrl}/#/segments/${segmentId}/rules`);
    await page.getByTestId('preview-total').waitFor();
    await page.waitForTimeout(5_000);
    page.on('request', (request) => {
      if (request.url().startsWith(file.apiUrl) && request.method() !== 'OPTIONS') requests++;
    });
    await page.waitForTimeout(seconds * 1_000);
  });
  return { 'console.idleRequests': requests };
}

/** Milliseconds from a key to the frame that shows it, as the browser itself tells it. */
async function keyStrokes(browser: Browser, stack: LocalStack) {
  const answer = await fetch(`${stack.file.apiUrl}/segments?name=Largest`);
  const { segments } = (await answer.json()) as { segments: { id: string }[] };
  const durations = await opened(browser, async (page) => {
    await page.goto(`${stack.file.consoleUrl}/#/segments/${segments[0]!.id}/rules`);
    const rule = page.locator('[data-rule]').nth(100);
    await rule.scrollIntoViewIfNeeded();
    await rule.getByRole('combobox', { name: 'Value', exact: true }).click();
    await page.evaluate(`
      window.strokes = [];
      new PerformanceObserver((list) => window.strokes.push(...list.getEntries().filter(({ name }) => name === 'keydown').map(({ duration }) => duration)))
        .observe({ type: 'event', durationThreshold: 16 });
    `);
    await page.keyboard.type('a country far away', { delay: 200 });
    await page.waitForTimeout(500);
    return (await page.evaluate('window.strokes')) as number[];
  });
  // What takes less than 16 ms is not told.
  const all = durations.length > 0 ? durations : [16];
  return { 'console.keyStrokeMs': median(all), 'console.keyStrokeMaxMs': Math.max(...all) };
}
