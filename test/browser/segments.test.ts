import { describe, expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();
const button = (name: string | RegExp) => ui.page.getByRole('button', { name, exact: typeof name === 'string' });
const dialog = (name: string | RegExp) => ui.page.getByRole('dialog', { name });
const heading = (name: string) => ui.page.getByRole('heading', { level: 1, name });
/** A busy machine may take long over any step. */
const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 60_000, interval: 200 });
const widthOf = () => ui.page.evaluate('document.documentElement.scrollWidth');
const focused = () =>
  ui.page.evaluate('(document.activeElement?.ariaLabel || document.activeElement?.textContent)?.trim()');
const rowOf = (name: string) => ui.page.getByRole('row', { name });
const addressed = () => ui.page.evaluate('location.hash');

describe('Configure > Segments', () => {
  it('offers the templates of the manual with live counts as long as there are no segments', async () => {
    await ui.answer('/segments', () => ({ segments: [], total: 0 }));
    await ui.open('#/segments');
    await ui.page.getByText('There are no segments yet').waitFor();
    const cards = ui.page.getByRole('listitem').filter({ has: button(/^Use template/) });
    await poll(() => cards.count()).toBe(12);
    await cards.filter({ hasText: 'Hot Leads' }).getByText('0 leads now').waitFor();
    await ui.isAccessible();
    await button('Use template Demo Requestors').click();
    expect(await ui.page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Demo Requestors');
    await ui.page.unrouteAll();
    await button('Save').click();
    await heading('Demo Requestors').waitFor();
    const { body } = await ui.api.get('/segments?name=Demo%20Requestors');
    expect((await ui.api.segment(body.segments[0].id)).rules).toMatchObject([{ field: 'form_id', value: 'demo' }]);
  });

  it('makes a segment from a name, a description and Active in one dialog, and loses nothing that was typed', async () => {
    await ui.open('#/leads');
    await ui.page.getByRole('region', { name: 'Configure' }).getByRole('link', { name: 'Segments' }).click();
    expect(await ui.page.getByRole('link', { name: 'Lead Segments', exact: true }).getAttribute('aria-current')).toBe(
      'page',
    );
    await button('Create Segment').click();
    const name = ui.page.getByRole('textbox', { name: 'Name' });
    await name.fill('Walked');
    await ui.isAccessible();
    await ui.page.keyboard.press('Escape');
    await ui.page.getByRole('alertdialog').waitFor();
    expect(await focused()).toBe('Keep editing');
    await ui.isAccessible();
    await ui.page.keyboard.press('Enter');
    expect(await name.inputValue()).toBe('Walked');
    // Back would lose it, too.
    await ui.page.goBack();
    await dialog('Leave without saving?').getByRole('button', { name: 'Stay' }).click();
    await ui.page.getByRole('textbox', { name: 'Description' }).fill('All who walk');
    await ui.page.getByRole('switch', { name: /^Active/ }).press('Space');
    await button('Save').click();
    await heading('Walked').waitFor();
    await poll(focused).toBe('Walked');
    const { body } = await ui.api.get('/segments?name=Walked');
    expect(body.segments).toMatchObject([{ description: 'All who walk', active: true }]);
  });

  it('does not take back who left while it was being created', async () => {
    await ui.open('#/leads');
    await ui.page.getByRole('region', { name: 'Configure' }).getByRole('link', { name: 'Segments' }).click();
    await button('Create Segment').click();
    await ui.page.getByRole('textbox', { name: 'Name' }).fill('Made meanwhile');
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await ui.page.route(
      ({ pathname }) => pathname === '/segments',
      async (route) => {
        if (route.request().method() === 'POST') await held;
        await route.continue();
      },
    );
    const answered = ui.page.waitForResponse((answer) => answer.request().method() === 'POST');
    await button('Save').click();
    await ui.page.goBack();
    await dialog('Leave without saving?').getByRole('button', { name: 'Leave' }).click();
    await heading('Leads').waitFor();
    letGo();
    await answered;
    await ui.page.getByText('Made meanwhile is created.').waitFor({ state: 'attached' });
    expect(await addressed()).toBe('#/leads');
  });

  it('names the segment that has the name already, with a link', async () => {
    const { id } = await ui.api.create({ name: 'Taken' });
    await ui.open('#/segments');
    await button('Create Segment').click();
    await ui.page.getByRole('textbox', { name: 'Name' }).fill('TAKEN');
    await button('Save').click();
    const refusal = ui.page.getByRole('alert').filter({ hasText: 'Another segment has this name.' });
    await refusal.waitFor();
    // It is where one has clicked, and not below a long form.
    const { y, height } = (await refusal.boundingBox())!;
    expect(y + height).toBeLessThan(ui.page.viewportSize()!.height);
    await ui.isAccessible();
    await ui.page.getByRole('link', { name: 'Open “Taken”' }).click();
    await dialog('Leave without saving?').getByRole('button', { name: 'Leave' }).click();
    await heading('Taken').waitFor();
    expect(await addressed()).toBe(`#/segments/${id}/rules`);
  });

  it('keeps search, filters and order in the address, and so after Back', async () => {
    const name = 'Kept by Back';
    await ui.api.create({ name, description: 'first' });
    await ui.api.create({ name: `${name}, too`, active: true, rules: [germans] });
    await ui.open('#/segments');
    await ui.page.getByRole('searchbox', { name: 'Search segments' }).fill(name);
    await ui.page.getByText('2 segments', { exact: true }).waitFor();
    await ui.page.getByRole('combobox', { name: 'Status' }).click();
    await ui.page.getByRole('option', { name: 'Inactive' }).click();
    await ui.page.getByText('1 segment', { exact: true }).waitFor();
    await button('Updated').click();
    await poll(addressed).toContain('sort=-updatedAt');
    await ui.page.getByRole('link', { name, exact: true }).click();
    await heading(name).waitFor();
    await ui.page.goBack();
    await ui.page.getByText('1 segment', { exact: true }).waitFor();
    expect(await ui.page.getByRole('searchbox').inputValue()).toBe(name);
    expect(await ui.page.getByRole('columnheader', { name: 'Updated' }).getAttribute('aria-sort')).toBe('descending');
    await ui.isAccessible();
  });

  it('asks before a segment with members is deactivated or deleted, says who uses it, and gives the focus back', async () => {
    const used = await ui.api.create({ name: 'Used', active: true, rules: [germans] });
    await ui.api.create({
      name: 'Using',
      active: true,
      rules: [{ type: 'segment', segmentId: used.id, operator: 'in' }],
    });
    const { id } = await ui.api.create({ name: 'Alone', active: true, rules: [germans] });
    await ui.stack.idle();
    await ui.open('#/segments?q=us');
    await rowOf('Used').getByRole('cell', { name: '1', exact: true }).waitFor();
    await rowOf('Used').getByRole('switch').press('Space');
    await dialog('“Used” is in use').getByRole('link', { name: 'Using' }).waitFor();
    await ui.isAccessible();
    await ui.page.keyboard.press('Escape');
    await poll(focused).toBe('Used is active');

    await ui.open('#/segments?q=alone');
    await rowOf('Alone').getByRole('cell', { name: '5', exact: true }).waitFor();
    await button('More for Alone').click();
    await ui.page.getByRole('menuitem', { name: 'Deactivate' }).click();
    await dialog('Deactivate “Alone”?').getByText('5 are in it now').waitFor();
    await ui.isAccessible();
    await button('Cancel').click();
    await poll(focused).toBe('More for Alone');
    await button('More for Alone').click();
    await ui.page.getByRole('menuitem', { name: 'Delete' }).click();
    await button('Delete segment').click();
    await ui.page.getByText('This is not the name of the segment.').waitFor();
    await ui.page.getByRole('textbox', { name: 'Type “Alone” to confirm' }).fill('Alone');
    await ui.page.keyboard.press('Enter');
    await ui.page.getByText('No segment fits this search').waitFor();
    expect((await ui.api.get(`/segments/${id}`)).status).toBe(404);
  });

  it('activates several at once, and tells of each that was refused', async () => {
    const inactive = await ui.api.create({ name: 'Bulk needed' });
    await ui.api.create({ name: 'Bulk a', rules: [germans] });
    await ui.api.create({ name: 'Bulk b', rules: [{ type: 'segment', segmentId: inactive.id, operator: 'in' }] });
    await ui.open('#/segments?q=bulk');
    await ui.page.getByRole('checkbox', { name: 'Select Bulk a' }).check();
    await ui.page.getByRole('checkbox', { name: 'Select Bulk b' }).check();
    await ui.page.getByRole('toolbar').getByRole('button', { name: 'Activate', exact: true }).click();
    await dialog('Activate 2 segments?').getByText('Bulk a: +5 enter, −0 leave').waitFor();
    await dialog('Activate 2 segments?').getByText('Bulk b: it cannot be said who would enter').waitFor();
    await ui.isAccessible();
    await dialog('Activate 2 segments?').getByRole('button', { name: 'Activate', exact: true }).click();
    await dialog(/^Activate/)
      .getByText('1 segment activated, 1 refused.')
      .waitFor();
    await dialog(/^Activate/)
      .getByRole('listitem')
      .getByText('Bulk b')
      .waitFor();
    await ui.isAccessible();
    await button('Close').last().click();
    await rowOf('Bulk a').getByRole('switch', { checked: true }).waitFor();
  });

  it('draws of 150 segments only those in view, as a table or, on a phone, as cards; long words break', async () => {
    await ui.api.create({ name: 'One of many' });
    const segment = (await ui.api.get('/segments?limit=1')).body.segments[0];
    const long = 'x'.repeat(1_500);
    const all = Array.from({ length: 150 }, (_, n) => ({
      ...segment,
      id: `seg_${n}`,
      name: `Segment ${n}`,
      description: n < 2 ? long : '',
    }));
    await ui.page.route(
      ({ pathname }) => pathname === '/segments',
      (route) => {
        const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
        const cursor = from + 50 < all.length ? { cursor: String(from + 50) } : {};
        const json = { segments: all.slice(from, from + 50), total: all.length, ...cursor };
        return route.fulfill({ headers: { 'access-control-allow-origin': '*' }, json });
      },
    );
    await ui.open('#/segments');
    await ui.page.getByText('150 segments').waitFor();
    expect(await ui.page.getByRole('table').getAttribute('aria-rowcount')).toBe('151');
    expect(await widthOf()).toBe(1280);
    // It reads on once its end comes near.
    const isAtEnd = async () => {
      await ui.page.evaluate('scrollTo(0, document.body.scrollHeight)');
      return ui.page.getByRole('link', { name: 'Segment 149', exact: true }).isVisible();
    };
    await poll(isAtEnd).toBe(true);
    expect(await ui.page.getByRole('row').count()).toBeLessThan(80);
    await ui.page.setViewportSize({ width: 390, height: 800 });
    await ui.page.evaluate('scrollTo(0, 0)');
    await ui.page
      .getByRole('list', { name: 'Segments' })
      .getByRole('link', { name: 'Segment 1', exact: true })
      .waitFor();
    expect(await widthOf()).toBe(390);
    await ui.isAccessible();
  });

  it('says plainly when it is not the API that answers', async () => {
    await ui.page.route(
      ({ pathname }) => pathname === '/segments',
      (route) =>
        route.fulfill({
          headers: { 'access-control-allow-origin': '*' },
          contentType: 'text/html',
          body: '<html>Sign in</html>',
        }),
    );
    await ui.open('#/segments');
    await ui.page.getByText('Something else than the API answered, such as a proxy or a sign-in page.').waitFor();
    await ui.isAccessible();
  });
});

describe('a segment', () => {
  it('has its name and description edited in a dialog that loses nothing, and its state after a question', async () => {
    const { id } = await ui.api.create({ name: 'Headed', rules: [germans] });
    await ui.open(`#/segments/${id}/used-by`);
    await button('Edit').click();
    const description = ui.page.getByRole('textbox', { name: 'Description' });
    await description.fill('Typed');
    await ui.isAccessible();
    await ui.page.keyboard.press('Escape');
    await button('Keep editing').click();
    await poll(() => description.inputValue()).toBe('Typed');
    await poll(() => ui.page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
    await button('Save').click();
    await ui.page.getByText('Typed', { exact: true }).waitFor();
    await poll(focused).toBe('Edit');
    await ui.page.getByRole('switch', { name: 'Active' }).press('Space');
    await poll(async () => (await ui.api.segment(id)).active).toBe(true);
    await ui.stack.idle();
    await ui.page.reload();
    await ui.page.getByText('No segment refers to this one').waitFor();
    await ui.page.getByRole('switch', { name: 'Active' }).press('Space');
    await dialog('Deactivate “Headed”?').getByText('5 are in it now').waitFor();
    await ui.page.keyboard.press('Escape');
    await poll(() => ui.page.evaluate('document.activeElement?.role')).toBe('switch');
    await ui.isAccessible();
  });

  it('is copied without losing rules that are not saved', async () => {
    const { id } = await ui.api.create({ name: 'Original', rules: [germans] });
    await ui.open(`#/segments/${id}`);
    await ui.page.getByRole('combobox', { name: 'Value', exact: true }).fill('Italy');
    await button('Copy').click();
    const question = dialog('Copy what is saved?');
    await question.waitFor();
    await ui.isAccessible();
    await question.getByRole('button', { name: 'Copy what is saved' }).click();
    await ui.page.getByRole('link', { name: 'Open “Original (copy)”' }).waitFor();
    expect(await ui.page.getByRole('combobox', { name: 'Value', exact: true }).inputValue()).toBe('Italy');
  });

  it('tells who uses it, before it is deleted too', async () => {
    const { id } = await ui.api.create({ name: 'Depended on', active: true, rules: [germans] });
    const rules = [{ type: 'segment', segmentId: id, operator: 'in' }];
    await ui.api.create({ name: 'Depending', active: true, rules });
    await ui.open(`#/segments/${id}/used-by`);
    await ui.page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Depending' }).waitFor();
    await button('More').click();
    await ui.page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog('Delete “Depended on”?').getByRole('link', { name: 'Depending' }).waitFor();
    await ui.isAccessible();
    await ui.page.keyboard.press('Escape');
    await poll(focused).toBe('More');
  });

  it('shows what a revision would change side by side, and who would leave, before it is restored', async () => {
    const { id } = await ui.api.create({ name: 'Restored', active: true, rules: [germans] });
    await ui.api.put(`/segments/${id}/rules`, { rules: [{ ...germans, value: 'France' }] });
    await ui.stack.idle();
    await ui.open(`#/segments/${id}/history`);
    await button('Compare with now: revision 1').click();
    const sides = ui.page.getByRole('table', { name: 'Revision 1 and As it is now' });
    await sides.getByRole('cell', { name: 'removed: country is "Germany"' }).waitFor();
    await sides.getByRole('cell', { name: 'added: country is "France"' }).waitFor();
    await ui.isAccessible();
    await button('Restore revision 1').click();
    const question = dialog('Restore revision 1?');
    await question.getByText('+5 enter').waitFor();
    await question.getByText('−15 leave').waitFor();
    await ui.isAccessible();
    await question.getByRole('button', { name: 'Restore', exact: true }).click();
    await ui.page.getByRole('article', { name: 'Revision 3' }).getByText('restored revision 1').waitFor();
    expect((await ui.api.segment(id)).rules).toMatchObject([{ value: 'Germany' }]);
  });

  it('is compared with others, each combination with a link to its leads', async () => {
    const here = await ui.api.create({ name: 'Here', active: true, rules: [germans] });
    const there = await ui.api.create({
      name: 'There',
      active: true,
      rules: [{ ...germans, operator: 'is_not_empty', value: undefined }],
    });
    await ui.stack.idle();
    await ui.open(`#/segments/${here.id}/overlap`);
    await ui.page.getByRole('combobox', { name: 'Compare with up to three segments' }).click();
    await ui.page.keyboard.type('There');
    await ui.page.getByRole('option', { name: 'There' }).click();
    await ui.page.getByRole('link', { name: '5 leads: In Here and There' }).waitFor();
    const only = ui.page.getByRole('link', { name: '15 leads: Only in There' });
    expect(await only.getAttribute('href')).toContain(encodeURIComponent(there.id));
    expect(await addressed()).toBe(`#/segments/${here.id}/overlap?ids=${there.id}`);
    await ui.open(`#/compare?ids=${here.id}%2C${there.id}`);
    await only.waitFor();
    await ui.isAccessible();
    await ui.page.setViewportSize({ width: 390, height: 800 });
    expect(await widthOf()).toBe(390);
  });

  it('shows its activity as a chart and in figures, and who entered on a day of UTC', async () => {
    const { id } = await ui.api.create({ name: 'Busy', active: true, rules: [germans] });
    await ui.stack.idle();
    await ui.open(`#/segments/${id}/activity`);
    const activity = ui.page.getByRole('region', { name: 'Activity' });
    await activity.getByText('Members at the end of each day (UTC)').waitFor();
    await activity.locator('.recharts-brush').waitFor();
    await ui.isAccessible();
    await activity.getByRole('radio', { name: 'Table' }).press('Space');
    const today = activity.getByRole('row').nth(1);
    await poll(() => today.getByRole('cell').allTextContents()).toEqual(['5', '0', '5']);
    await today.getByRole('button').click();
    const who = ui.page.getByRole('region', { name: 'Entries and exits' });
    await who.getByRole('link', { name: 'lead-16', exact: true }).waitFor();
    await who.getByLabel('Only on this day (UTC)').fill('2026-01-01');
    await who.getByText('Nobody entered or left.').waitFor();
    await ui.isAccessible();
  });
});
