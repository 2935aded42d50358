import { expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();

const region = (name: string) => ui.page.getByRole('region', { name, exact: true });
const button = (name: string) => ui.page.getByRole('button', { name });
const activeSegment = async (name: string): Promise<string> => {
  const { id } = await ui.api.create({ name, active: true, rules: [germans] });
  await ui.stack.idle();
  return id;
};

it('explains why a lead is in a segment: each rule, what it reads, and what set it off', async () => {
  await activeSegment('Explained');
  await ui.open('#/leads/lead-4');
  await region('Timeline')
    .getByRole('row', { name: /Entered Explained/ })
    .waitFor();
  await region('Segments').getByRole('link', { name: 'why it is in Explained' }).click();
  await ui.page.getByRole('heading', { name: 'Why lead-4 is in “Explained”' }).waitFor();
  await region('Standing').getByText('Set off by a save of the segment').waitFor();
  const rule = region('Rules').getByRole('listitem');
  expect(await rule.textContent()).toBe('Yescountry is "Germany"The lead has: Germany');
});

it('explains why a lead is not in a segment', async () => {
  await activeSegment('Not for lead-5');
  await ui.open('#/leads/lead-5');
  await ui.page.getByLabel('Why is it not in').selectOption('Not for lead-5');
  await button('Explain').click();
  await ui.page.getByRole('heading', { name: 'Why lead-5 is not in “Not for lead-5”' }).waitFor();
  await region('Standing').getByText('It was never in it.').waitFor();
  expect(await region('Rules').getByRole('listitem').textContent()).toBe('Nocountry is "Germany"The lead has: France');
});

it('says so when there is no such lead to explain', async () => {
  const id = await activeSegment('Without nobody');
  await ui.open(`#/leads/nobody/segments/${id}`);
  await ui.page.getByRole('alert').getByText('There is no lead nobody').waitFor();
});
