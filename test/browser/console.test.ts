import { describe, expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();
const rules = () => ui.page.getByRole('region', { name: 'Rules' });
const combo = (name: string) => rules().getByRole('combobox', { name, exact: true });
const button = (name: string) => ui.page.getByRole('button', { name });
const saveRules = async () => {
  await button('Save Rules').click();
  await button('Discard').waitFor({ state: 'detached' });
};
const text = (testId: string) => ui.page.getByTestId(testId).textContent();
const widthOf = () => ui.page.evaluate('document.documentElement.scrollWidth');

describe.each([
  ['a desktop', 1280],
  ['a phone', 390],
])('on %s, a segment', (screen, width) => {
  /** On a phone, the figures are shown when they are asked for. */
  const figure = async (testId: string) => {
    if (width === 390) await button('Show preview').click();
    await expect.poll(() => text(testId), { timeout: 60_000 }).toBe('5');
    if (width === 390) await button('Hide preview').click();
  };

  it('is created, given a rule, previewed, saved and activated, and has members then', async () => {
    await ui.page.setViewportSize({ width, height: 860 });
    const name = `Germany on ${screen}`;
    await ui.open();
    await button('Create Segment').click();
    await ui.page.getByRole('textbox', { name: 'Name' }).fill(name);
    await button('Save').click();
    await ui.page.getByRole('heading', { level: 1, name }).waitFor();

    await button('Add Rule').click();
    await ui.page.keyboard.type('country');
    await ui.page.getByRole('option', { name: /^country/ }).click();
    await combo('Value').click();
    await ui.page.getByRole('option', { name: 'Germany' }).click();
    await figure('preview-total');

    await saveRules();
    await ui.page.getByRole('switch').press('Space');
    await figure('member-count');
    await ui.page.getByRole('link', { name: 'Members', exact: true }).click();
    const members = ui.page.getByRole('region', { name: 'Members', exact: true });
    await members.getByRole('link', { name: 'lead-16', exact: true }).waitFor();

    await members.getByRole('link', { name: 'lead-16', exact: true }).click();
    await ui.page.getByRole('heading', { level: 1, name: 'lead-16' }).waitFor();
    await ui.page.getByRole('region', { name: 'Segments' }).getByRole('link', { name, exact: true }).waitFor();
  });
});

it('says so when a lead or a segment does not exist', async () => {
  await ui.open('#/leads/nobody');
  await ui.page.getByText('There is no lead nobody').waitFor();
  await ui.isAccessible();
  await ui.open('#/segments/seg_none');
  await ui.page.getByText('There is no segment seg_none').waitFor();
  await ui.isAccessible();
});

it('says so when the API does not answer, and goes on when it does again', async () => {
  const isAtApi = (url: URL) => url.href.startsWith(ui.stack.file.apiUrl);
  await ui.page.route(isAtApi, (route) => route.abort());
  await ui.open();
  await ui.page.getByText(`The API at ${ui.stack.file.apiUrl} does not answer.`).waitFor();
  await ui.isAccessible();
  await ui.page.unroute(isAtApi);
  await button('Try again').click();
  await ui.page.getByRole('table', { name: 'Segments' }).waitFor();
});

it('fits a phone', async () => {
  const { id } = await ui.api.create({
    name: 'On a phone',
    rules: [
      germans,
      { type: 'group', match: 'any', rules: [{ type: 'event_metadata', eventType: 'Page View', operator: 'exists' }] },
    ],
  });
  await ui.page.setViewportSize({ width: 390, height: 800 });
  for (const path of [
    '',
    `#/segments/${id}`,
    `#/segments/${id}/members`,
    '#/leads/lead-4',
    `#/leads/lead-4/segments/${id}`,
  ]) {
    await ui.open(path);
    await ui.page.getByRole('heading', { level: 1 }).waitFor();
    await ui.page.waitForLoadState('networkidle');
    expect(await widthOf()).toBe(390);
  }
});
