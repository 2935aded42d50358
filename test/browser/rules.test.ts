import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();
/** A busy machine may take long over any step. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 60_000 });
const region = (name: string) => ui.page.getByRole('region', { name, exact: true });
const rules = () => region('Rules');
const combo = (name: string) => rules().getByRole('combobox', { name, exact: true });
const button = (name: string) => ui.page.getByRole('button', { name, exact: true });
const dialog = (name: string) => ui.page.getByRole('dialog', { name });
const text = (testId: string) => ui.page.getByTestId(testId).textContent();
const focused = () =>
  ui.page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');
const press = (...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => ui.page.keyboard.press(key)), Promise.resolve());
const saved = () => ui.page.getByRole('alert').filter({ hasText: 'Rules saved' });
const inFrance = { ...germans, value: 'France' };
const isIn = (segmentId: string) => ({ type: 'segment', segmentId, operator: 'in' });

/** A menu at a rule, opened and used by keys. */
async function choose(rule: Locator, item: string): Promise<void> {
  await rule
    .getByRole('button', { name: /^More for this/ })
    .first()
    .focus();
  await press('Enter');
  await ui.page.getByRole('menuitem', { name: item }).focus();
  await press('Enter');
}

describe('rules', () => {
  it('are added by keys from one search, previewed with names, saved, and taken back', async () => {
    const { id } = await ui.api.create({ name: 'Germany' });
    await ui.open(`#/segments/${id}/rules`);
    await button('Add Rule').focus();
    await press('Enter');
    await ui.page.getByRole('option', { name: 'Engagement Level', exact: false }).first().waitFor();
    await ui.isAccessible();
    await ui.page.keyboard.type('count');
    await ui.page.getByRole('option', { name: /^country/ }).waitFor();
    // A screen reader hears which one Enter takes.
    const heard = () =>
      ui.page.evaluate(
        `document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent`,
      );
    await poll(heard).toMatch(/^country/);
    await press('Enter');
    await poll(focused).toBe('Value');
    expect(await combo('Field').inputValue()).toBe('country');
    // Nothing is called wrong before its field is left.
    expect(await combo('Value').getAttribute('aria-invalid')).not.toBe('true');
    await ui.isAccessible();
    await press('ArrowDown');
    await ui.page.getByRole('option', { name: 'Germany 5' }).waitFor();
    await ui.isAccessible();
    await ui.page.keyboard.type('ger');
    await press('ArrowDown', 'Enter');
    expect(await combo('Value').inputValue()).toBe('Germany');
    await poll(() => text('preview-total')).toBe('5');
    await region('In words').getByText('A lead is in when country is "Germany".').waitFor();
    const sample = region('Preview').getByRole('listitem').filter({ hasText: 'lead-4' });
    await sample.getByText('country Germany').waitFor();

    await button('Save Rules').click();
    await saved().waitFor();
    await ui.isAccessible();
    expect((await ui.api.segment(id)).rules).toMatchObject([germans]);
    await saved().getByRole('button', { name: 'Undo' }).click();
    await ui.page.getByText('Taken back').waitFor();
    await rules().getByText('No rules yet').waitFor();
    expect(await ui.api.segment(id)).toMatchObject({ revision: 3, rules: [] });
  });

  it('of events, in groups and with lists are built step by step, as the manual has it', async () => {
    const { id } = await ui.api.create({ name: 'Built' });
    await ui.open(`#/segments/${id}/rules`);
    await button('Add Rule').click();
    await ui.page.getByRole('option', { name: /^Group/ }).click();
    await rules().getByLabel('How the rules of this group combine').selectOption('none');
    await rules().getByLabel('Rule type').selectOption('Event Metadata');
    await combo('Event').fill('Page View');
    await rules().getByLabel('How often').selectOption('atLeast');
    await rules().getByLabel('Times at least').fill('3');
    await rules().getByLabel('In which time').selectOption('days');
    await rules().getByLabel('Days').fill('14');
    await rules().getByRole('button', { name: 'where a detail of the event …' }).click();
    await combo('Field').fill('path');
    await rules().getByLabel('Operator').selectOption('in');
    await combo('Values').fill('/pricing');
    await press('Enter');
    await combo('Values').focus();
    await ui.page.evaluate(`(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', '/demo, "Acme, Inc."');
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    })()`);
    await region('In words').getByText('none of these holds:').waitFor();
    await button('Save Rules').click();
    await saved().waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([
      {
        type: 'group',
        match: 'none',
        rules: [
          {
            type: 'event_metadata',
            eventType: 'Page View',
            field: 'path',
            operator: 'in',
            value: ['/pricing', '/demo', 'Acme, Inc.'],
            times: { atLeast: 3 },
            withinDays: 14,
          },
        ],
      },
    ]);
  });

  it('are moved, grouped, doubled and removed, and each step can be undone', async () => {
    const { id } = await ui.api.create({ name: 'Moved', rules: [germans, inFrance] });
    await ui.open(`#/segments/${id}/rules`);
    const values = () =>
      combo('Value').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
    await poll(values).toEqual(['Germany', 'France']);
    const first = rules().getByRole('listitem').first();
    await choose(first, 'Move down');
    await poll(values).toEqual(['France', 'Germany']);
    await choose(first, 'Wrap in a group');
    await rules().getByLabel('How the rules of this group combine').waitFor();
    await choose(first, 'Duplicate');
    await poll(values).toEqual(['France', 'France', 'Germany']);
    await choose(first, 'Remove group');
    await poll(values).toEqual(['France', 'Germany']);
    // The focus is not lost with what it was on.
    await poll(focused).toMatch(/^More for this (rule|group)/);
    await press('Control+z');
    await poll(values).toEqual(['France', 'France', 'Germany']);
    await press('Control+z', 'Control+z', 'Control+z', 'Control+y');
    await poll(values).toEqual(['France', 'Germany']);
  });

  it('are dragged to another place, and into a group', async () => {
    const group = { type: 'group', match: 'any', rules: [{ ...germans, value: 'Italy' }] };
    const { id } = await ui.api.create({ name: 'Dragged', rules: [germans, { ...germans, value: 'France' }, group] });
    await ui.open(`#/segments/${id}/rules`);
    // At its edges the page would scroll under what is dragged.
    await ui.page.setViewportSize({ width: 1600, height: 1200 });
    const inOrder = () =>
      rules()
        .getByRole('combobox', { name: 'Value' })
        .evaluateAll((all) => all.map((one) => (one as { value?: string }).value));
    await combo('Value').nth(2).waitFor();
    const leaf = (index: number) => rules().locator('[data-rule]:not(:has(ol))').nth(index);
    const drag = async (from: number, to: number) => {
      const [start, end] = [await leaf(from).getByRole('button').first().boundingBox(), await leaf(to).boundingBox()];
      await ui.page.mouse.move(start!.x + 8, start!.y + 8);
      await ui.page.mouse.down();
      await ui.page.mouse.move(start!.x + 12, start!.y + 20, { steps: 4 });
      await ui.page.mouse.move(end!.x + 40, end!.y + end!.height - 8, { steps: 12 });
      // What is dragged is drawn beside the place that it leaves.
      await rules().locator('[data-rule][data-target]:not(:has(ol))').waitFor();
      await ui.page.mouse.up();
    };
    await drag(0, 1);
    await poll(inOrder).toEqual(['France', 'Germany', 'Italy']);
    await drag(0, 2);
    await poll(inOrder).toEqual(['Germany', 'Italy', 'France']);
    await poll(focused).toBe('Drag this rule');
    await press('Control+z');
    await poll(inOrder).toEqual(['France', 'Germany', 'Italy']);
    await press('Control+y');
    await poll(inOrder).toEqual(['Germany', 'Italy', 'France']);
    await button('Save Rules').click();
    await saved().waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([
      germans,
      { rules: [{ value: 'Italy' }, { value: 'France' }] },
    ]);
  });

  it('are carried by keys, and put back where they were', async () => {
    const three = ['Germany', 'France', 'Italy'].map((value) => ({ ...germans, value }));
    const { id } = await ui.api.create({ name: 'Carried', rules: three });
    await ui.open(`#/segments/${id}/rules`);
    const values = () =>
      combo('Value').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
    await poll(values).toEqual(['Germany', 'France', 'Italy']);
    const handles = rules().getByRole('button', { name: 'Drag this rule' });
    const isCarried = rules().locator('[aria-grabbed="true"]');
    await handles.first().focus();
    await press('Space');
    await isCarried.first().waitFor();
    await press('ArrowDown');
    await rules().locator('[data-rule][data-target]').waitFor();
    await press('Space');
    await poll(values).toEqual(['France', 'Germany', 'Italy']);
    await poll(focused).toBe('Drag this rule');
    await press('Space');
    await isCarried.first().waitFor();
    await press('ArrowDown', 'Escape');
    await isCarried.first().waitFor({ state: 'detached' });
    expect(await values()).toEqual(['France', 'Germany', 'Italy']);
  });

  it('are text where they are far out of view, so that two hundred can be typed in', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ({ ...germans, value: `Country ${index}` }));
    const { id } = await ui.api.create({ name: 'Long', match: 'any', rules: many });
    await ui.open(`#/segments/${id}/rules`);
    await combo('Value').first().waitFor();
    expect(await combo('Value').count()).toBeLessThan(40);
    const last = rules().locator('[data-rule]').nth(119);
    await last.getByText('country is "Country 119"').waitFor();
    // Of its funnel the first steps are shown, and the others when they are asked for.
    const steps = region('Funnel by rule').getByRole('listitem');
    await poll(() => steps.count()).toBe(20);
    await button('Show all 120 steps').click();
    await poll(() => steps.count()).toBe(120);
    await last.scrollIntoViewIfNeeded();
    await last.getByRole('combobox', { name: 'Value' }).fill('Spain');
    await ui.page.keyboard.press('Control+Home');
    await button('Add Rule').focus();
    await press('Enter');
    await ui.page.keyboard.type('visits');
    await ui.page.getByRole('option', { name: /^visits/ }).waitFor();
    await press('Enter');
    await poll(focused).toBe('Value');
    await button('Save Rules').click();
    await ui.page.getByText('Complete the marked rules first').waitFor();
    await poll(focused).toBe('Value');
    await ui.page.keyboard.type('3');
    await button('Save Rules').click();
    await saved().waitFor();
    const stored = (await ui.api.segment(id)).rules;
    expect(stored).toHaveLength(121);
    expect(stored[119]).toMatchObject({ value: 'Spain' });
  });

  it('of another type keep what fits, and offer only what fits their field', async () => {
    const { id } = await ui.api.create({ name: 'Typed', rules: [germans] });
    await ui.open(`#/segments/${id}/rules`);
    const operators = () => rules().getByLabel('Operator').locator('option').allTextContents();
    await rules().getByLabel('Operator').waitFor();
    // Until the vocabulary is there, any may fit.
    await poll(operators).not.toContain('is in the last … days');
    expect(await operators()).toContain('contains');
    await rules().getByLabel('Rule type').selectOption('Account Metadata');
    expect(await combo('Field').inputValue()).toBe('country');
    expect(await combo('Value').inputValue()).toBe('Germany');
    await combo('Field').fill('contry');
    await rules().getByLabel('Rule type').selectOption('Lead Metadata');
    await rules().getByText('No field "contry" has been seen yet.').waitFor();
    await rules().getByRole('button', { name: 'country' }).click();
    await combo('Field').fill('visits');
    await rules().getByText('visits has numbers only, and "Germany" is none.').waitFor();
    await poll(operators).not.toContain('contains');
  });
});

describe('a save', () => {
  it('that moves many is asked about first, and can be done without notifying', async () => {
    const { id } = await ui.api.create({ name: 'French', active: true, rules: [inFrance] });
    await ui.api.create({ name: 'Users of it', active: true, rules: [isIn(id)] });
    await ui.open(`#/segments/${id}/rules`);
    await poll(() => text('member-count')).toBe('15');
    await combo('Value').fill('Germany');
    await button('Save Rules').click();
    const question = dialog('Save these rules?');
    await question.getByText('+5 enter, −15 leave').first().waitFor();
    await question.getByText('1 segment uses this one').waitFor();
    await question.getByText('Users of it').waitFor();
    await ui.isAccessible();
    await press('Escape');
    await question.waitFor({ state: 'detached' });
    await poll(focused).toBe('Save Rules');
    expect((await ui.api.segment(id)).rules).toMatchObject([inFrance]);
    await press('Enter');
    await question.getByRole('button', { name: 'Save without notifying' }).click();
    await saved().waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([germans]);
  });

  it('of what is not complete marks what is missing, and sends nothing', async () => {
    const { id } = await ui.api.create({ name: 'Incomplete' });
    await ui.open(`#/segments/${id}/rules`);
    await button('Add Rule').click();
    await ui.page.getByRole('option', { name: /^Lead Metadata/ }).click();
    await poll(focused).toBe('Field');
    await button('Save Rules').click();
    await rules().getByText('Choose a field.').waitFor();
    await poll(focused).toBe('Field');
    await region('Preview').getByText('Complete the rules to see who matches').waitFor();
    await ui.isAccessible();
    expect(await ui.api.segment(id)).toMatchObject({ revision: 1, rules: [] });
  });

  it('cannot make a circle: segments that use this one are offered with the reason why not', async () => {
    const first = await ui.api.create({ name: 'First' });
    const second = await ui.api.create({ name: 'Second', rules: [isIn(first.id)] });
    await ui.open(`#/segments/${first.id}/rules`);
    await button('Add Rule').click();
    await ui.page.keyboard.type('second');
    const option = ui.page.getByRole('option', { name: /^Second/ });
    await option.getByText('uses this segment: it would be a circle').waitFor();
    await ui.isAccessible();
    await press('Enter');
    await press('Escape');
    await poll(focused).toBe('Add Rule');
    // What is refused all the same is told at the rule.
    await ui.answer(`/segments/${first.id}/dependants`, () => ({ dependants: [] }));
    await ui.page.reload();
    await button('Add Rule').click();
    await ui.page.keyboard.type('second');
    await option.click();
    await button('Save Rules').click();
    await rules().getByRole('listitem').getByText('makes a cycle: First > Second > First').first().waitFor();
    await ui.page.getByText('See what is marked at the rules.').waitFor();
    expect((await ui.api.segment(second.id)).revision).toBe(1);
  });
});

describe('what somebody else saved meanwhile', () => {
  it('is shown beside mine, and mine is put on top of it', async () => {
    const { id } = await ui.api.create({
      name: 'Shared',
      rules: [germans, { ...germans, field: 'city', value: 'Berlin' }],
    });
    const stored = (await ui.api.segment(id)).rules as { id: string }[];
    await ui.open(`#/segments/${id}/rules`);
    await combo('Value').first().fill('Italy');
    await ui.api.put(`/segments/${id}/rules`, { rules: [stored[0], { ...stored[1], value: 'Bonn' }] });
    await button('Save Rules').click();
    const conflict = ui.page.getByRole('alert').filter({ hasText: 'changed this segment meanwhile' });
    await conflict.getByRole('row', { name: 'country is "Germany" as before country is "Italy"' }).waitFor();
    await conflict.getByRole('row', { name: 'city is "Berlin" city is "Bonn" as before' }).waitFor();
    await ui.isAccessible();
    expect((await ui.api.segment(id)).rules).toMatchObject([{ value: 'Germany' }, { value: 'Bonn' }]);
    await conflict.getByRole('button', { name: 'Put mine on top' }).click();
    await button('Save Rules').click();
    await saved().waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([{ value: 'Italy' }, { value: 'Bonn' }]);

    await combo('Value').first().fill('Spain');
    await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...stored[0], value: 'Chad' }, stored[1]] });
    await button('Save Rules').click();
    await conflict.getByText('both changed it').waitFor();
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await poll(() => combo('Value').first().inputValue()).toBe('Chad');
    // Mine is one step back.
    await rules().getByRole('button', { name: 'Undo' }).click();
    await poll(() => combo('Value').first().inputValue()).toBe('Spain');
  });

  it('is followed as long as nothing is edited', async () => {
    const { id } = await ui.api.create({ name: 'Followed', rules: [germans] });
    await ui.page.clock.install();
    await ui.open(`#/segments/${id}/rules`);
    await combo('Value').waitFor();
    await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'Spain' }] });
    await ui.page.clock.fastForward('00:15');
    await poll(() => combo('Value').inputValue()).toBe('Spain');
  });
});

it('keeps what is not saved: over other tabs and a reload, and asks before it is left', async () => {
  const { id } = await ui.api.create({ name: 'Unsaved', rules: [germans] });
  await ui.open(`#/segments/${id}/rules`);
  await combo('Value').fill('Italy');
  const places = ui.page.getByRole('navigation', { name: 'Pages' });
  await places.getByRole('link', { name: 'Imports' }).click();
  const question = dialog('Leave without saving?');
  await question.getByText('The rules have changes that are not saved.').waitFor();
  await ui.isAccessible();
  await question.getByRole('button', { name: 'Stay' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await combo('Value').inputValue()).toBe('Italy');
  // The other tabs of the same segment lose nothing.
  await ui.page.getByRole('link', { name: 'Members', exact: true }).click();
  await ui.page.getByRole('link', { name: 'Rules', exact: true }).click();
  expect(await combo('Value').inputValue()).toBe('Italy');
  ui.page.on('dialog', (leaving) => leaving.accept());
  await ui.page.reload();
  await rules().getByText('Your unsaved changes are here again').waitFor();
  expect(await combo('Value').inputValue()).toBe('Italy');
  await ui.isAccessible();
  await button('Discard').click();
  await button('Discard').waitFor({ state: 'detached' });
  expect(await combo('Value').inputValue()).toBe('Germany');
  await ui.page.reload();
  await poll(() => combo('Value').inputValue()).toBe('Germany');
});

it('asks once, and leaves the history as it was: Back goes where one came from', async () => {
  const { id, name } = await ui.api.create({ name: 'Asked once', rules: [germans] });
  const address = () => new URL(ui.page.url()).hash;
  await ui.open('#/segments?q=asked');
  await ui.page.getByRole('link', { name, exact: true }).click();
  await combo('Value').fill('Italy');
  await ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' }).click();
  await dialog('Leave without saving?').getByRole('button', { name: 'Stay' }).click();
  // The same for an address that is typed.
  await ui.page.evaluate("location.hash = '#/imports'");
  await dialog('Leave without saving?').getByRole('button', { name: 'Stay' }).click();
  await poll(address).toBe(`#/segments/${id}/rules`);
  await button('Discard').click();
  await ui.page.goBack();
  await poll(address).toBe('#/segments?q=asked');
});

describe('the preview', () => {
  it('counts on in the background, and says between what the total lies and which rule cuts most', async () => {
    const two = [germans, { ...germans, field: 'visits', operator: 'greater_than', value: 4 }];
    const { id } = await ui.api.create({ name: 'Counted on', rules: two });
    const { body: exact } = await ui.api.post('/preview', { fresh: true, rules: two, segmentId: id });
    // As if there were too many leads for three seconds.
    const unfinished = { previewId: 'prv_1', exact: false, progress: { done: 7, of: 32 } };
    const estimate = { ...exact, ...unfinished, total: 4, low: 3, high: 9 };
    let answer = estimate;
    await ui.answer('/preview', () => estimate);
    await ui.answer('/previews/prv_1', () => answer);
    await ui.open(`#/segments/${id}/rules`);
    await poll(() => text('preview-total')).toBe('about 4');
    expect(await text('preview-interval')).toBe('Between 3 and 9 of 20 leads, with 95 % confidence.');
    await ui.page.getByRole('progressbar', { name: 'Counting the rest' }).waitFor();
    await ui.isAccessible();
    answer = exact;
    await poll(() => text('preview-total')).toBe('3');
    await ui.page.getByTestId('preview-interval').waitFor({ state: 'detached' });
    const steps = region('Funnel by rule').getByRole('listitem');
    await expect
      .poll(() => steps.allTextContents())
      .toEqual(['country is "Germany"5Cuts most: −15', 'visits is greater than 43']);
  });

  it('comes back by itself after an outage', async () => {
    const { id } = await ui.api.create({ name: 'Out', rules: [germans] });
    const isPreview = (url: URL) => url.pathname === '/preview';
    await ui.page.clock.install();
    await ui.page.route(isPreview, (route) => route.abort());
    await ui.open(`#/segments/${id}/rules`);
    await region('Preview').getByText('No preview').waitFor();
    await ui.isAccessible();
    await ui.page.unroute(isPreview);
    await ui.page.clock.fastForward('00:30');
    await poll(() => text('preview-total').catch(() => '')).toBe('5');
  });

  it('and the size say nothing that is not so while leads are being evaluated', async () => {
    const segment = await ui.api.create({ name: 'Running', active: true, rules: [germans] });
    const recalculation = { ...segment.recalculation, state: 'running', done: 3, of: 20 };
    const { finishedAt: _, ...running } = recalculation;
    await ui.answer(`/segments/${segment.id}`, () => ({
      ...segment,
      memberCount: 0,
      size: 'none',
      recalculation: running,
    }));
    await ui.open(`#/segments/${segment.id}/rules`);
    const now = region('Members now');
    await now.getByText('Members so far: they are being brought up to date.').waitFor();
    await now.getByRole('progressbar', { name: 'Recalculation' }).waitFor();
    await ui.isAccessible();
    await poll(() => text('preview-total')).toBe('5');
    expect(await now.getByText('No lead is in it').count()).toBe(0);
    expect(await region('Preview').getByText('Entering').count()).toBe(0);
  });

  it('warns of rules that are hardly meant, at the rule', async () => {
    const { id } = await ui.api.create({ name: 'Odd', rules: [germans, inFrance] });
    await ui.open(`#/segments/${id}/rules`);
    const second = rules().getByRole('listitem').nth(1);
    await second.getByText('Together with an earlier rule on the same field this can never hold').waitFor();
    await ui.isAccessible();
  });

  it('says which leads a recalculation could not evaluate, and why', async () => {
    const segment = await ui.api.create({ name: 'Failed', active: true, rules: [germans] });
    const failures = [{ leadId: 'lead-3', reason: 'too large' }];
    const recalculation = { ...segment.recalculation, state: 'failed', failed: 1, failures };
    await ui.answer(`/segments/${segment.id}`, () => ({ ...segment, recalculation }));
    await ui.open(`#/segments/${segment.id}/rules`);
    const now = region('Members now');
    await now.getByText('Recalculation failed').waitFor();
    await now.getByText('1 lead could not be evaluated').waitFor();
    await now.getByRole('listitem').getByText('lead-3: too large').waitFor();
    await ui.isAccessible();
  });
});

it('is all there on a phone, where lists open within the window', async () => {
  const group = {
    type: 'group',
    match: 'any',
    rules: [{ type: 'event_metadata', eventType: 'Page View', operator: 'exists' }],
  };
  const { id } = await ui.api.create({ name: 'On a phone', rules: [germans, group] });
  await ui.page.setViewportSize({ width: 390, height: 700 });
  await ui.open(`#/segments/${id}/rules`);
  await ui.page.getByText('0 of 20 match').waitFor();
  expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await ui.isAccessible();
  await combo('Event').click();
  const list = ui.page.getByRole('listbox');
  if ((await list.count()) > 0) {
    const { y, height } = (await list.boundingBox())!;
    expect(y).toBeGreaterThan(0);
    expect(y + height).toBeLessThanOrEqual(700);
  }
  await button('Show preview').click();
  await region('Preview').getByText('of 20 leads.').waitFor();
  await ui.isAccessible();
});
