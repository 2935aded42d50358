// The console as its users have it: the built pages in Chromium, against the whole stack.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtConsole } from '../../local/built-console.ts';
import { collectingLog } from '../../local/log.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { ApiClient } from '../journeys/api-client.ts';
import { clientsOf } from '../local/fixture/fixture-stack.ts';
import { openChromium } from './open-chromium.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const stateDirectory = mkdtempSync(join(tmpdir(), 'console-'));
let stack: LocalStack;
let api: ApiClient;
let browser: Browser;
let page: Page;
let pageErrors: string[];

const leadCount = 20;
const germans = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'Germany' };

beforeAll(async () => {
  // First, so that nothing is left running where there is no browser.
  browser = await openChromium();
  const consoleDirectory = await builtConsole();
  stack = await startLocalStack({ stateDirectory, consoleDirectory, log: collectingLog(), maxBatchingWindowMs: 50 });
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
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  pageErrors = [];
  page.on('pageerror', ({ message }) => pageErrors.push(message));
});

afterEach(async ({ task }) => {
  // What it looked like when it failed.
  if (task.result?.state === 'fail') await page.screenshot({ path: `reports/browser/${task.id}.png`, fullPage: true });
  await page.context().close();
  expect(pageErrors).toEqual([]);
});

const open = (path = '') => page.goto(`${stack.file.consoleUrl}/${path}`);
const rules = () => page.getByRole('region', { name: 'Rules' });
const combo = (name: string) => rules().getByRole('combobox', { name, exact: true });
const button = (name: string) => page.getByRole('button', { name });
const saveRules = async () => {
  await button('Save Rules').click();
  await button('Discard').waitFor({ state: 'detached' });
};
const text = (testId: string) => page.getByTestId(testId).textContent();
const widthOf = () => page.evaluate('document.documentElement.scrollWidth');

describe('a segment', () => {
  it('is created, given a rule, previewed, saved and activated, and has members then', async () => {
    await open();
    await button('New segment').click();
    await page.getByLabel('Name').fill('Germany');
    await button('Create segment').click();
    await page.getByRole('heading', { level: 1, name: 'Germany' }).waitFor();

    await button('+ Add rule').click();
    await page.keyboard.type('count');
    await page.getByRole('option', { name: 'country' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await combo('Field').inputValue()).toBe('country');
    await combo('Value').click();
    await page.getByRole('option', { name: 'Germany' }).click();
    await expect.poll(() => text('preview-total'), { timeout: 60_000 }).toBe('5');
    await button('Entering 5').click();
    await page.getByRole('region', { name: 'Preview' }).getByRole('link', { name: 'lead-4', exact: true }).waitFor();

    await saveRules();
    await page.getByRole('switch').click();
    const members = page.getByRole('region', { name: 'Members', exact: true });
    await members.getByRole('link', { name: 'lead-16' }).waitFor();
    await expect.poll(() => text('member-count'), { timeout: 60_000 }).toBe('5');

    await members.getByRole('link', { name: 'lead-16' }).click();
    await page.getByRole('heading', { name: 'Lead lead-16' }).waitFor();
    await page.getByRole('region', { name: 'Segments' }).getByRole('link', { name: 'Germany' }).waitFor();
  });

  it('is created from a template with its rules', async () => {
    await open();
    await button('New segment').click();
    await page.getByRole('radio', { name: /^Demo Requestors/ }).check();
    await button('Create segment').click();
    await page.getByRole('heading', { level: 1, name: 'Demo Requestors' }).waitFor();
    expect(await combo('Event').inputValue()).toBe('Form Submit');
    expect(await combo('Field').inputValue()).toBe('form_id');
    expect(await combo('Value').inputValue()).toBe('demo');
  });

  it('keeps event rules, groups and lists as they were built', async () => {
    const { id } = await api.create({ name: 'Built' });
    await open(`#/segments/${id}`);
    await button('+ Add group').click();
    await rules().getByLabel('How the rules of this group combine').selectOption('none');
    await rules().getByLabel('What the rule looks at').selectOption('event_metadata');
    await combo('Event').fill('Page View');
    await rules().getByLabel('How often').selectOption('atLeast');
    await rules().getByLabel('Times at least').fill('3');
    await rules().getByLabel('In which time').selectOption('days');
    await rules().getByLabel('Days').fill('14');
    await button('+ where a detail').click();
    await combo('Field').fill('path');
    await rules().getByLabel('Operator').selectOption('in');
    await combo('Values').fill('/pricing');
    await page.keyboard.press('Enter');
    await combo('Values').fill('/demo');
    await saveRules();
    const { rules: saved } = await api.segment(id);
    expect(saved).toMatchObject([
      {
        type: 'group',
        match: 'none',
        rules: [
          {
            type: 'event_metadata',
            eventType: 'Page View',
            field: 'path',
            operator: 'in',
            value: ['/pricing', '/demo'],
            times: { atLeast: 3 },
            withinDays: 14,
          },
        ],
      },
    ]);
  });

  it('is not deleted without a question, and not while another needs it', async () => {
    const needed = await api.create({ name: 'Needed', active: true, rules: [germans] });
    const needing = [{ type: 'segment', segmentId: needed.id, operator: 'in' }];
    const { id } = await api.create({ name: 'Needing', active: true, rules: needing });
    await open(`#/segments/${needed.id}`);
    await button('Delete').click();
    await button('Delete segment').click();
    await page.getByRole('alert').getByText('"Needing"').waitFor();
    await button('Cancel').click();

    await open(`#/segments/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Needing' }).waitFor();
    await button('Delete').click();
    await button('Delete segment').click();
    await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
    await page.getByRole('link', { name: 'Needing' }).waitFor({ state: 'detached' });
  });
});

describe('what is refused', () => {
  it('is marked where it is missing, before anything is sent', async () => {
    const { id } = await api.create({ name: 'Incomplete' });
    await open(`#/segments/${id}`);
    await button('+ Add rule').click();
    await button('Save Rules').click();
    await rules().getByText('Choose a field.').waitFor();
    expect(await combo('Field').getAttribute('aria-invalid')).toBe('true');
    await page.getByText('Complete the marked rules to see who matches.').waitFor();
    expect(await api.segment(id)).toMatchObject({ revision: 1, rules: [] });
  });

  it('is shown at the rule that the API names', async () => {
    const first = await api.create({ name: 'First' });
    const back = [{ type: 'segment', segmentId: first.id, operator: 'in' }];
    const second = await api.create({ name: 'Second', rules: back });
    await open(`#/segments/${first.id}`);
    await button('+ Add rule').click();
    await rules().getByLabel('What the rule looks at').selectOption('segment');
    await rules().getByLabel('Segment', { exact: true }).selectOption(second.id);
    await button('Save Rules').click();
    await rules().getByRole('listitem').getByText('makes a cycle: First > Second > First').waitFor();
    await page.getByText('The rules were not saved').waitFor();
  });

  it('leaves alone what somebody else has changed meanwhile, and offers to reload it', async () => {
    const { id } = await api.create({ name: 'Shared', rules: [germans] });
    await open(`#/segments/${id}`);
    await combo('Value').fill('Italy');
    await api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
    await button('Save Rules').click();
    await page.getByText('Somebody else changed this segment').waitFor();
    expect((await api.segment(id)).rules).toMatchObject([{ value: 'Spain' }]);
    await button('Reload').click();
    await expect.poll(() => combo('Value').inputValue()).toBe('Spain');
    await combo('Value').fill('Italy');
    await saveRules();
    expect((await api.segment(id)).rules).toMatchObject([{ value: 'Italy' }]);
  });

  it('is a name that is taken', async () => {
    await api.create({ name: 'Taken' });
    await open();
    await button('New segment').click();
    await page.getByLabel('Name').fill('TAKEN');
    await button('Create segment').click();
    await page.getByRole('alert').getByText('The name "Taken" is taken').waitFor();
  });
});

it('asks before changes that are not saved are left', async () => {
  const { id } = await api.create({ name: 'Unsaved', rules: [germans] });
  await open(`#/segments/${id}`);
  await combo('Value').fill('Italy');
  const questions: string[] = [];
  page.once('dialog', (dialog) => {
    questions.push(dialog.message());
    void dialog.dismiss();
  });
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' }).click();
  await expect.poll(() => questions).toEqual(['The rules have changes that are not saved. Leave and lose them?']);
  expect(await combo('Value').inputValue()).toBe('Italy');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' }).click();
  await page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
});

it('follows what others save as long as nothing is edited', async () => {
  const { id } = await api.create({ name: 'Followed', rules: [germans] });
  await open(`#/segments/${id}`);
  await combo('Value').waitFor();
  await api.patch(`/segments/${id}`, { name: 'Renamed' });
  await api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
  await page.getByRole('heading', { level: 1, name: 'Renamed' }).waitFor();
  await expect.poll(() => combo('Value').inputValue(), { timeout: 60_000 }).toBe('Spain');
});

it('says so when a lead or a segment does not exist', async () => {
  await open('#/leads');
  await page.getByLabel('Lead id').fill('nobody');
  await button('Look up').click();
  await page.getByText('There is no lead nobody').waitFor();
  await open('#/segments/seg_none');
  await page.getByText('There is no segment seg_none').waitFor();
});

it('says so when the API does not answer, and goes on when it does again', async () => {
  const isAtApi = (url: URL) => url.href.startsWith(stack.file.apiUrl);
  await page.route(isAtApi, (route) => route.abort());
  await open();
  await page.getByText(`The API at ${stack.file.apiUrl} does not answer.`).waitFor();
  await page.unroute(isAtApi);
  await button('Try again').click();
  await page.getByRole('table', { name: 'Segments' }).waitFor();
});

it('fits a phone', async () => {
  const { id } = await api.create({
    name: 'On a phone',
    rules: [
      germans,
      { type: 'group', match: 'any', rules: [{ type: 'event_metadata', eventType: 'Page View', operator: 'exists' }] },
    ],
  });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of ['', `#/segments/${id}`, '#/leads/lead-4']) {
    await open(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await widthOf()).toBe(390);
  }
});
