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

describe('a segment', () => {
  it('is created, given a rule, previewed, saved and activated, and has members then', async () => {
    await ui.open();
    await button('New segment').click();
    await ui.page.getByLabel('Name').fill('Germany');
    await button('Create segment').click();
    await ui.page.getByRole('heading', { level: 1, name: 'Germany' }).waitFor();

    await button('+ Add rule').click();
    await ui.page.keyboard.type('count');
    await ui.page.getByRole('option', { name: 'country' }).waitFor();
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Enter');
    expect(await combo('Field').inputValue()).toBe('country');
    await combo('Value').click();
    await ui.page.getByRole('option', { name: 'Germany' }).click();
    await expect.poll(() => text('preview-total'), { timeout: 60_000 }).toBe('5');
    await button('Entering 5').click();
    await ui.page.getByRole('region', { name: 'Preview' }).getByRole('link', { name: 'lead-4', exact: true }).waitFor();

    await saveRules();
    await ui.page.getByRole('switch').click();
    await expect.poll(() => text('member-count'), { timeout: 60_000 }).toBe('5');
    await ui.page.getByRole('link', { name: 'Members', exact: true }).click();
    const members = ui.page.getByRole('region', { name: 'Members', exact: true });
    await members.getByRole('link', { name: 'lead-16', exact: true }).waitFor();

    await members.getByRole('link', { name: 'lead-16', exact: true }).click();
    await ui.page.getByRole('heading', { name: 'Lead lead-16' }).waitFor();
    await ui.page
      .getByRole('region', { name: 'Segments' })
      .getByRole('link', { name: 'Germany', exact: true })
      .waitFor();
  });

  it('is created from a template with its rules', async () => {
    await ui.open();
    await button('New segment').click();
    await ui.page.getByRole('radio', { name: /^Demo Requestors/ }).check();
    await button('Create segment').click();
    await ui.page.getByRole('heading', { level: 1, name: 'Demo Requestors' }).waitFor();
    expect(await combo('Event').inputValue()).toBe('Form Submit');
    expect(await combo('Field').inputValue()).toBe('form_id');
    expect(await combo('Value').inputValue()).toBe('demo');
  });

  it('keeps event rules, groups and lists as they were built', async () => {
    const { id } = await ui.api.create({ name: 'Built' });
    await ui.open(`#/segments/${id}`);
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
    await ui.page.keyboard.press('Enter');
    await combo('Values').fill('/demo');
    await saveRules();
    const { rules: saved } = await ui.api.segment(id);
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
    const needed = await ui.api.create({ name: 'Needed', active: true, rules: [germans] });
    const needing = [{ type: 'segment', segmentId: needed.id, operator: 'in' }];
    const { id } = await ui.api.create({ name: 'Needing', active: true, rules: needing });
    await ui.open(`#/segments/${needed.id}`);
    await button('Delete').click();
    await button('Delete segment').click();
    await ui.page.getByRole('alert').getByText('"Needing"').waitFor();
    await button('Cancel').click();

    await ui.open(`#/segments/${id}`);
    await ui.page.getByRole('heading', { level: 1, name: 'Needing' }).waitFor();
    await button('Delete').click();
    await button('Delete segment').click();
    await ui.page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
    await ui.page.getByRole('link', { name: 'Needing' }).waitFor({ state: 'detached' });
  });
});

it('counts on in the background what was not counted in time, and says between what the total lies', async () => {
  const { id } = await ui.api.create({ name: 'Counted on', rules: [germans] });
  const { body: exact } = await ui.api.post('/preview', { fresh: true, rules: [germans], segmentId: id });
  // As if there were too many leads for three seconds.
  const unfinished = { previewId: 'prv_1', exact: false, progress: { done: 7, of: 32 } };
  const estimate = { ...exact, ...unfinished, total: 4, low: 3, high: 9 };
  let answer = estimate;
  await ui.answer('/preview', () => estimate);
  await ui.answer('/previews/prv_1', () => answer);
  await ui.open(`#/segments/${id}`);
  await expect.poll(() => text('preview-total')).toBe('about 4');
  expect(await text('preview-interval')).toBe('Between 3 and 9 of 20 leads, with 95 % confidence.');
  await ui.page.getByRole('progressbar', { name: 'Counting the rest' }).waitFor();
  answer = exact;
  await expect.poll(() => text('preview-total'), { timeout: 60_000 }).toBe('5');
  await ui.page.getByTestId('preview-interval').waitFor({ state: 'detached' });
});

it('warns of rules that are hardly meant, at the rule', async () => {
  const { id } = await ui.api.create({ name: 'Odd', rules: [germans, { ...germans, value: 'France' }] });
  await ui.open(`#/segments/${id}`);
  const second = rules().getByRole('listitem').nth(1);
  await second.getByText('Together with an earlier rule on the same field this can never hold').waitFor();
});

it('shows what each revision changed, and restores one after asking', async () => {
  const { id } = await ui.api.create({ name: 'Restored', rules: [germans] });
  await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
  await ui.open(`#/segments/${id}/history`);
  const revisions = ui.page.getByRole('region', { name: 'Revisions' });
  await revisions.getByText('rule removed: country is "Germany"').waitFor();
  await button('Restore revision 1').click();
  const dialog = ui.page.getByRole('dialog', { name: 'Restore revision 1?' });
  await dialog.getByText('In words: country is "Germany"').waitFor();
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await revisions.getByText('restored revision 1').waitFor();
  await ui.page.getByRole('link', { name: 'Rules', exact: true }).click();
  expect(await combo('Value').inputValue()).toBe('Germany');
});

it('says which leads a recalculation could not evaluate, and why', async () => {
  const segment = await ui.api.create({ name: 'Failed', active: true, rules: [germans] });
  const failures = [{ leadId: 'lead-3', reason: 'too large' }];
  const recalculation = { ...segment.recalculation, state: 'failed', failed: 1, failures };
  await ui.answer(`/segments/${segment.id}`, () => ({ ...segment, recalculation }));
  await ui.open(`#/segments/${segment.id}`);
  const now = ui.page.getByRole('region', { name: 'Members now' });
  await now.getByText('Recalculation failed').waitFor();
  await now.getByText('1 lead could not be evaluated').waitFor();
  await now.getByRole('listitem').getByText('lead-3: too large').waitFor();
});

describe('what is refused', () => {
  it('is marked where it is missing, before anything is sent', async () => {
    const { id } = await ui.api.create({ name: 'Incomplete' });
    await ui.open(`#/segments/${id}`);
    await button('+ Add rule').click();
    await button('Save Rules').click();
    await rules().getByText('Choose a field.').waitFor();
    expect(await combo('Field').getAttribute('aria-invalid')).toBe('true');
    await ui.page.getByText('Complete the marked rules to see who matches.').waitFor();
    expect(await ui.api.segment(id)).toMatchObject({ revision: 1, rules: [] });
  });

  it('is shown at the rule that the API names', async () => {
    const first = await ui.api.create({ name: 'First' });
    const back = [{ type: 'segment', segmentId: first.id, operator: 'in' }];
    const second = await ui.api.create({ name: 'Second', rules: back });
    await ui.open(`#/segments/${first.id}`);
    await button('+ Add rule').click();
    await rules().getByLabel('What the rule looks at').selectOption('segment');
    await rules().getByLabel('Segment', { exact: true }).selectOption(second.id);
    await button('Save Rules').click();
    await rules().getByRole('listitem').getByText('makes a cycle: First > Second > First').waitFor();
    await ui.page.getByText('The rules were not saved').waitFor();
  });

  it('leaves alone what somebody else has changed meanwhile, and offers to reload it', async () => {
    const { id } = await ui.api.create({ name: 'Shared', rules: [germans] });
    await ui.open(`#/segments/${id}`);
    await combo('Value').fill('Italy');
    await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
    await button('Save Rules').click();
    await ui.page.getByText('Somebody else changed this segment').waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([{ value: 'Spain' }]);
    await button('Reload').click();
    await expect.poll(() => combo('Value').inputValue()).toBe('Spain');
    await combo('Value').fill('Italy');
    await saveRules();
    expect((await ui.api.segment(id)).rules).toMatchObject([{ value: 'Italy' }]);
  });

  it('is a name that is taken', async () => {
    await ui.api.create({ name: 'Taken' });
    await ui.open();
    await button('New segment').click();
    await ui.page.getByLabel('Name').fill('TAKEN');
    await button('Create segment').click();
    await ui.page.getByRole('alert').getByText('The name "Taken" is taken').waitFor();
  });
});

it('asks before changes that are not saved are left', async () => {
  const { id } = await ui.api.create({ name: 'Unsaved', rules: [germans] });
  await ui.open(`#/segments/${id}`);
  await combo('Value').fill('Italy');
  const places = ui.page.getByRole('navigation', { name: 'Pages' });
  await places.getByRole('link', { name: 'Leads' }).click();
  const question = ui.page.getByRole('dialog', { name: 'Leave without saving?' });
  await question.getByText('The rules have changes that are not saved.').waitFor();
  await question.getByRole('button', { name: 'Stay' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await combo('Value').inputValue()).toBe('Italy');
  // The other tabs of the same segment lose nothing.
  await ui.page.getByRole('link', { name: 'Members', exact: true }).click();
  await ui.page.getByRole('link', { name: 'Rules', exact: true }).click();
  expect(await combo('Value').inputValue()).toBe('Italy');
  await places.getByRole('link', { name: 'Leads' }).click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await ui.page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
});

it('follows what others save as long as nothing is edited', async () => {
  const { id } = await ui.api.create({ name: 'Followed', rules: [germans] });
  await ui.open(`#/segments/${id}`);
  await combo('Value').waitFor();
  await ui.api.patch(`/segments/${id}`, { name: 'Renamed' });
  await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
  await ui.page.getByRole('heading', { level: 1, name: 'Renamed' }).waitFor();
  await expect.poll(() => combo('Value').inputValue(), { timeout: 60_000 }).toBe('Spain');
});

it('says so when a lead or a segment does not exist', async () => {
  await ui.open('#/leads');
  await ui.page.getByLabel('Lead id').fill('nobody');
  await button('Look up').click();
  await ui.page.getByText('There is no lead nobody').waitFor();
  await ui.open('#/segments/seg_none');
  await ui.page.getByText('There is no segment seg_none').waitFor();
});

it('says so when the API does not answer, and goes on when it does again', async () => {
  const isAtApi = (url: URL) => url.href.startsWith(ui.stack.file.apiUrl);
  await ui.page.route(isAtApi, (route) => route.abort());
  await ui.open();
  await ui.page.getByText(`The API at ${ui.stack.file.apiUrl} does not answer.`).waitFor();
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
