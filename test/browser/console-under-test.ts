// The console as its users have it: the built pages in Chromium, against the whole stack.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { openChromium } from '../../bench/console/open-chromium.ts';
import { builtConsole } from '../../local/built-console.ts';
import { collectingLog } from '../../local/log.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { ApiClient } from '../api-client.ts';
import { placeEmptyDatabase } from '../empty-database.ts';
import { clientsOf } from '../local/fixture/fixture-stack.ts';
import { accessibilityFaults } from './check-accessibility.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const leadCount = 20;

/** A rule that holds for lead-0, lead-4, lead-8, lead-12 and lead-16 of the twenty leads that `useConsole` sends. */
export const germans = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'Germany' };

/** What a test of the console has. */
export interface ConsoleUnderTest {
  readonly api: ApiClient;
  readonly page: Page;
  readonly stack: LocalStack;
  /** Opens an address after the console's own, such as `#/leads`. */
  open(path?: string): Promise<unknown>;
  /** Answers what the page asks at a path in place of the API. */
  answer(path: string, body: () => object, status?: number): Promise<unknown>;
  /** Fails where axe finds anything wrong with the page as it is now, in light or dark colors. */
  isAccessible(): Promise<void>;
}

/** Starts the stack with twenty leads once for all tests of a file, and gives each test a page of its own. */
export function useConsole(): ConsoleUnderTest {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'console-'));
  let stack: LocalStack;
  let api: ApiClient;
  let browser: Browser;
  let page: Page;
  let pageErrors: string[];

  beforeAll(async () => {
    // First, so that nothing is left running where there is no browser.
    browser = await openChromium();
    const consoleDirectory = await builtConsole();
    placeEmptyDatabase(join(stateDirectory, 'dynamodb'));
    stack = await startLocalStack({
      stateDirectory,
      assembly: inject('assembly'),
      consoleDirectory,
      eagerStreams: true,
      log: collectingLog(),
    });
    api = new ApiClient(stack.file.apiUrl);
    const leads = Array.from({ length: leadCount }, (_, index) => ({
      leadId: `lead-${index}`,
      occurredAt: new Date().toISOString(),
      attributes: { country: index % 4 === 0 ? 'Germany' : 'France', visits: index },
    }));
    await clientsOf(stack.file).send(stack.file.queues.profileChanges?.url, leads);
    await stack.idle();
    await stack.warm();
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    // Reduced motion: what moves would only be waited for.
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1280, height: 860 } });
    // It ends only what hangs: a busy machine may take long over any step.
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    pageErrors = [];
    page.on('pageerror', ({ message }) => pageErrors.push(message));
  });

  afterEach(async ({ task }) => {
    // What it looked like when it failed.
    if (task.result?.state === 'fail') {
      await page.screenshot({ path: `reports/browser/${task.id}.png`, fullPage: true });
    }
    await page.context().close();
    expect(pageErrors).toEqual([]);
  });

  return {
    get api() {
      return api;
    },
    get page() {
      return page;
    },
    get stack() {
      return stack;
    },
    open: (path = '') => page.goto(`${stack.file.consoleUrl}/${path}`),
    answer: (path, body, status = 200) =>
      page.route(
        ({ pathname }) => pathname === path,
        (route) => route.fulfill({ status, headers: { 'access-control-allow-origin': '*' }, json: body() }),
      ),
    async isAccessible() {
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  };
}
