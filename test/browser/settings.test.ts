import { expect, it } from 'vitest';
import { useConsole } from './console-under-test.ts';

const ui = useConsole();
const region = (name: string) => ui.page.getByRole('region', { name, exact: true });
const focused = () => ui.page.evaluate('document.activeElement?.textContent || document.activeElement?.ariaLabel');

it('orders, names and removes levels, and says what that does before it is done', async () => {
  await ui.api.create({ name: 'Warm ones', rules: [{ type: 'engagement_level', operator: 'equals', value: 'Warm' }] });
  await ui.open('#/levels');
  const card = region('Engagement Levels');
  await card.getByLabel('Level 2').fill('Lukewarm');
  await card.getByRole('button', { name: 'Move Lukewarm down' }).press('Enter');
  await expect.poll(() => card.getByLabel('Level 3').inputValue()).toBe('Lukewarm');
  expect(await focused()).toBe('Move Lukewarm down');
  await card.getByRole('button', { name: 'Remove Very Hot' }).click();
  await card.getByRole('button', { name: 'Add level' }).click();
  await card.getByRole('button', { name: 'Save Levels' }).click();
  await card.getByText('Enter a name.').waitFor();
  await card.getByLabel('Level 4').fill('Boiling');
  await card.getByRole('button', { name: 'Save Levels' }).click();
  const question = ui.page.getByRole('dialog', { name: 'Save these levels?' });
  await question.getByText('“Warm” becomes “Lukewarm” here, not on leads').waitFor();
  await question.getByText('“Very Hot” is removed').waitFor();
  await question.getByRole('link', { name: 'Warm ones' }).waitFor();
  await ui.isAccessible();
  await question.getByRole('button', { name: 'Save Levels' }).click();
  await question.waitFor({ state: 'detached' });
  expect((await ui.api.get('/vocabulary')).body.levels.engagement).toEqual(['Cold', 'Hot', 'Lukewarm', 'Boiling']);
  await expect.poll(focused).toBe('Save Levels');
});

it('shows leads by the fields that somebody chose', async () => {
  await ui.open('#/settings/vocabulary');
  const card = region('How leads are shown');
  await card.getByText('This is guessed').waitFor();
  await card.getByLabel('Name: up to three fields').first().fill('count');
  await ui.page.getByRole('option', { name: 'country' }).click();
  await ui.page.keyboard.press('Escape');
  // Somebody else is quicker: nothing of it is lost, and the next save takes their place knowingly.
  await ui.api.put('/vocabulary/display', { name: ['visits'] });
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('Somebody else has saved the settings meanwhile.').waitFor();
  await ui.isAccessible();
  await card.getByRole('button', { name: 'Save' }).click();
  await expect.poll(async () => (await ui.api.get('/vocabulary')).body.display).toEqual({ name: ['country'] });
  await card.getByText('Lists of leads show this name').waitFor();
});

it('takes a field out of the menus, and back', async () => {
  await ui.open('#/settings/vocabulary');
  const card = region('Fields and events');
  await card.getByLabel('Search fields and events').fill('visi');
  const offered = card.getByRole('switch', { name: 'Offer visits of Lead' });
  await offered.click();
  await expect.poll(async () => (await ui.api.get('/vocabulary')).body.hidden).toEqual(['lead:visits']);
  await ui.isAccessible();
  await expect.poll(() => offered.isChecked()).toBe(false);
  await offered.click();
  await expect.poll(async () => (await ui.api.get('/vocabulary')).body.hidden).toEqual([]);
});

it('says how fresh everything is, and what needs a person', async () => {
  const { body: health } = await ui.api.get('/health');
  await ui.open('#/settings/health');
  await ui.page.getByText('Everything works').waitFor();
  await region('Queues')
    .getByRole('row', { name: /^Changes of leads/ })
    .waitFor();
  await region('What needs a person').getByText('Nothing waits for anybody.').waitFor();
  await ui.isAccessible();

  const profileChanges = { waiting: 12, deadLetters: 3, oldestUnprocessedSeconds: 700 };
  await ui.answer('/health', () => ({ ...health, status: 'late', queues: { ...health.queues, profileChanges } }));
  const reasons = [{ reason: '/occurredAt: must be a date', messages: 2 }, { messages: 1 }];
  const queue = { queue: 'profileChanges', deadLetters: 3, looked: 3, oldestSentAt: new Date().toISOString(), reasons };
  await ui.answer('/health/dead-letters', () => ({ queues: [queue] }));
  await ui.page.reload();
  await ui.page.getByText('Changes wait').waitFor();
  const given = region('Why messages were given up');
  await given.getByRole('row', { name: /^Changes of leads .* must be a date 2/ }).waitFor();
  await given.getByRole('row', { name: /carries no reason/ }).waitFor();
  await ui.isAccessible();
  await region('Queues').getByRole('row', { name: 'Changes of leads 12 12 min 3' }).waitFor();
  await region('What needs a person').getByText('npm run redrive -- list').waitFor();
  // On a phone, too, the state has room in the header.
  await ui.page.setViewportSize({ width: 390, height: 800 });
  expect((await ui.page.locator('header output').boundingBox())!.height).toBeLessThan(48);
});

it('says where the API is and who may call it', async () => {
  await ui.open('#/settings/access');
  await region('The API').getByText(ui.stack.file.apiUrl).waitFor();
  await ui.isAccessible();
});

it('fits a phone', async () => {
  await ui.page.setViewportSize({ width: 390, height: 800 });
  for (const path of ['#/levels', '#/settings/health', '#/settings/vocabulary', '#/settings/access']) {
    await ui.open(path);
    await ui.page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  }
});
