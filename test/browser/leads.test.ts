import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();

beforeAll(async () => {
  const names = [
    ['lead-0', 'Ada', 'Lovelace'],
    ['lead-1', 'Alan', 'Turing'],
    ['lead-4', 'Emmy', 'Noether'],
  ] as const;
  const changes = names.map(([leadId, first_name, last_name]) => ({
    kind: 'profile_change',
    leadId,
    occurredAt: new Date().toISOString(),
    attributes: { first_name, last_name, email: `${first_name.toLowerCase()}@x.example`, note: '=1+1' },
  }));
  expect((await ui.api.post('/changes', { changes })).status).toBe(202);
  await ui.stack.idle();
});

const region = (name: string) => ui.page.getByRole('region', { name, exact: true });
const button = (name: string) => ui.page.getByRole('button', { name, exact: true });
const dialog = (name?: string) => ui.page.getByRole('dialog', name === undefined ? {} : { name });
const heading = (name: string) => ui.page.getByRole('heading', { level: 1, name });
const leads = () => ui.page.getByRole('table', { name: 'Leads' }).locator('tbody tr');
const focusIsOn = (text: string) =>
  expect.poll(() => ui.page.evaluate('document.activeElement?.textContent'), { timeout: 60_000 }).toBe(text);
const germansAddress = `#/leads?rules=${encodeURIComponent(JSON.stringify([germans]))}`;
const countsTo = (count: number) => expect.poll(() => leads().count(), { timeout: 60_000 }).toBe(count);
const activeSegment = async (name: string, rules: object[] = [germans]): Promise<string> => {
  const { id } = await ui.api.create({ name, active: true, rules });
  await ui.stack.idle();
  await ui.api.get(`/segments/${id}?waitFor=revision`);
  return id;
};

it('lists leads by the names that people know, and finds them by a part of name, e-mail or id', async () => {
  await ui.open('#/leads');
  await countsTo(20);
  await ui.page.getByRole('searchbox', { name: 'Search leads' }).fill('LOVE');
  await countsTo(1);
  expect(await leads().first().getByRole('rowheader').textContent()).toBe('Ada Lovelaceada@x.example · lead-0');
  expect(ui.page.url()).toContain('q=LOVE');
  await ui.isAccessible();
  await ui.page.getByRole('link', { name: 'Ada Lovelace' }).click();
  await heading('Ada Lovelace').waitFor();
  await ui.page.goBack();
  await countsTo(1);
});

it.each([
  ['a desktop', 1280],
  ['a phone', 390],
])('walks the manual on %s: filter the leads, Add to Segment, choose the target, confirm', async (screen, width) => {
  const id = await activeSegment(`Fair on ${screen}`, [{ ...germans, value: 'Nowhere' }]);
  await ui.page.setViewportSize({ width, height: 860 });
  await ui.open(germansAddress);
  await ui.page.getByText('5 leads match').waitFor();
  await button('Add to Segment').click();
  const form = dialog('Add to Segment');
  await form.getByText('Everybody who matches the filter: 5 leads.').waitFor();
  await form.getByRole('combobox', { name: 'Segment' }).fill(`fair on ${screen}`);
  await ui.page.getByRole('option', { name: `Fair on ${screen}` }).click();
  await form.getByLabel('Reason').fill('Met there');
  await ui.isAccessible();
  await form.getByRole('button', { name: 'Add 5 leads' }).click();
  await form.getByText('5 added.').waitFor();
  await form.getByRole('button', { name: 'Close' }).last().click();
  await focusIsOn('Add to Segment');
  await ui.stack.idle();
  expect((await ui.api.members(id)).sort()).toEqual(['lead-0', 'lead-12', 'lead-16', 'lead-4', 'lead-8']);
});

it('walks the manual with the keyboard: select leads, pin them, with a result for each', async () => {
  const id = await activeSegment('Pinned here');
  await ui.open('#/leads?q=lead-1');
  await ui.page.getByRole('checkbox', { name: 'Select Alan Turing' }).focus();
  await ui.page.keyboard.press('Space');
  await ui.page.getByRole('checkbox', { name: 'Select lead-16' }).focus();
  await ui.page.keyboard.press('Space');
  await ui.page.getByText('2 leads selected').waitFor();
  await button('Add to Segment').focus();
  await ui.page.keyboard.press('Enter');
  const form = dialog('Add to Segment');
  await form.getByRole('combobox', { name: 'Segment' }).focus();
  await ui.page.keyboard.type('Pinned');
  await ui.page.getByRole('option', { name: 'Pinned here' }).waitFor();
  await ui.page.keyboard.press('ArrowDown');
  await ui.page.keyboard.press('Enter');
  await form.getByRole('radio', { name: 'Pin' }).check();
  await form.getByRole('button', { name: 'Pin 2 leads' }).press('Enter');
  await form.getByText('2 pinned.').waitFor();
  await form.getByRole('row', { name: 'lead-16 Pinned; was in it before' }).waitFor();
  await ui.isAccessible();
  await ui.page.keyboard.press('Escape');
  await focusIsOn('Add to Segment');
  await expect.poll(() => ui.api.members(id), { timeout: 60_000 }).toContain('lead-1');
});

it('goes on with more than a thousand leads in the background, and shows how far it is to who comes back', async () => {
  const id = await activeSegment('Everybody');
  await ui.answer('/preview', () => ({
    total: 2_000,
    exact: true,
    leads: 3_000,
    share: 0.67,
    size: 'broad',
    sample: [],
    warnings: [],
  }));
  await ui.open(germansAddress);
  await ui.page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
  await button('Select all 2,000 that match').click();
  await ui.page.getByText('All 2,000 leads selected').waitFor();
  await button('Add to Segment').click();
  const form = dialog('Add to Segment');
  await form.getByRole('combobox', { name: 'Segment' }).fill('everyb');
  await ui.page.getByRole('option', { name: 'Everybody' }).click();
  await form.getByRole('button', { name: 'Add 2,000 leads' }).click();
  await form.getByText('5 in it already').waitFor();
  await ui.isAccessible();
  await ui.page.reload();
  const recent = region('Recent additions');
  await recent.getByText('0 added, 5 in it already').waitFor();
  await ui.isAccessible();
  await recent.getByRole('link', { name: 'Everybody' }).click();
  await region('Members').getByText('0 added, 5 in it already').waitFor();
  expect(ui.page.url()).toContain(`/segments/${id}/members`);
  await ui.open('#/leads');
  await recent.getByRole('button', { name: 'Dismiss' }).click();
  await recent.waitFor({ state: 'detached' });
});

it('saves the rules of the filter as a segment, in one dialog', async () => {
  await ui.open(germansAddress);
  await button('Save as segment').click();
  const form = dialog('Save as segment');
  await form.getByText('country is "Germany"').waitFor();
  await form.getByRole('textbox', { name: 'Name' }).fill('Saved from leads');
  await ui.isAccessible();
  // What was typed is not lost unasked.
  await ui.page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Keep editing' }).click();
  expect(await form.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Saved from leads');
  await ui.page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Discard' }).click();
  await focusIsOn('Save as segment');
  await button('Save as segment').click();
  await form.getByRole('textbox', { name: 'Name' }).fill('Saved from leads');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await heading('Saved from leads').waitFor();
  await ui.stack.idle();
  const { segments } = (await ui.api.get('/segments?name=Saved+from+leads')).body;
  expect(segments).toMatchObject([{ active: true, memberCount: 5 }]);
});

it('keeps the filter in the address: a chip takes it away, Back brings it back', async () => {
  await ui.open('#/leads');
  await heading('Leads').waitFor();
  await ui.open(germansAddress);
  await countsTo(5);
  await button('Take away: country is "Germany"').click();
  await countsTo(20);
  expect(ui.page.url()).not.toContain('rules');
});

it('shows the columns that are chosen, and exports the selected leads with them', async () => {
  await ui.open('#/leads?q=x.example');
  await button('Columns').click();
  await ui.page.getByRole('checkbox', { name: 'note' }).check();
  await ui.isAccessible();
  await ui.page.keyboard.press('Escape');
  await focusIsOn('Columns');
  await ui.page.reload();
  await ui.page.getByRole('columnheader', { name: 'note' }).waitFor();
  await ui.page.getByRole('checkbox', { name: 'Select Ada Lovelace' }).check();
  const downloading = ui.page.waitForEvent('download');
  await button('Export CSV').click();
  const [head, ada, ...others] = readFileSync(await (await downloading).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(head).toBe('\ufeff"leadId","name","e-mail","Engagement Level","Profile Level","Account","Last change","note"');
  expect(ada).toMatch(/^"lead-0","Ada Lovelace","ada@x\.example",.*,"'=1\+1"$/);
  expect(others).toEqual([]);
});

it('explains why a lead is in a segment: each rule, what it reads, and what set it off', async () => {
  const id = await activeSegment('Explained');
  await ui.open('#/leads/lead-4');
  await region('Timeline')
    .getByRole('row', { name: /Entered Explained/ })
    .waitFor();
  await region('Segments')
    .getByRole('link', { name: /why it is in Explained/ })
    .click();
  await heading('Why Emmy Noether is in “Explained”').waitFor();
  await region('Standing').getByText('Set off by a save of the segment').waitFor();
  const rule = region('The rules hold').getByRole('listitem');
  expect(await rule.textContent()).toBe('Yescountry is "Germany"The lead has: Germany');
  await ui.isAccessible();
  await button('Change manually').click();
  await dialog().getByRole('radio', { name: 'Exclude' }).check();
  await dialog().getByLabel('Reason').fill('Asked us to');
  await dialog().getByRole('button', { name: 'Exclude 1 lead' }).click();
  await dialog().getByText('1 excluded.').waitFor();
  await ui.page.keyboard.press('Escape');
  await focusIsOn('Change manually');
  await region('Standing').getByText('It is excluded: it stays out, whatever the rules say.').waitFor();
  await region('Standing').getByText('“Asked us to”').waitFor();
  // In the segment's activity it has its name, too.
  await ui.open(`#/segments/${id}/activity`);
  await region('Entries and exits').getByRole('link', { name: 'Emmy Noether' }).first().waitFor();
});

it('tells what speaks against a lead within "none of these" as what it is', async () => {
  const isFrench = { ...germans, value: 'France' };
  const id = await activeSegment('Not French', [{ type: 'group', match: 'none', rules: [isFrench] }]);
  await ui.open(`#/leads/lead-5/segments/${id}`);
  await heading('Why lead-5 is not in “Not French”').waitFor();
  const inner = () => region('The rules do not hold').getByRole('listitem').getByRole('listitem').textContent();
  await ui.isAccessible();
  expect(await inner()).toBe('Matchescountry is "France"The lead has: France: a reason to be out');
  await ui.open(`#/leads/lead-4/segments/${id}`);
  await heading('Why Emmy Noether is in “Not French”').waitFor();
  expect(await region('The rules hold').getByRole('listitem').getByRole('listitem').textContent()).toBe(
    'No matchcountry is "France"The lead has: Germany',
  );
});

it('explains why a lead is not in a segment, and says so when there is no such lead to explain', async () => {
  const id = await activeSegment('Not for lead-5');
  await ui.open('#/leads/lead-5');
  await region('Segments').getByRole('combobox', { name: 'Why is it not in' }).fill('not for');
  await ui.page.getByRole('option', { name: 'Not for lead-5' }).click();
  await heading('Why lead-5 is not in “Not for lead-5”').waitFor();
  await region('Standing').getByText('It was never in it.').waitFor();
  await ui.open(`#/leads/nobody/segments/${id}`);
  await ui.page.getByRole('alert').getByText('There is no lead nobody').waitFor();
  await ui.isAccessible();
});

it('shows what a lead did, newest first, all of it or of one type', async () => {
  const event = (eventId: string, eventType: string, path: string) => ({
    kind: 'lead_event',
    leadId: 'lead-1',
    eventId,
    eventType,
    occurredAt: new Date().toISOString(),
    metadata: { path },
  });
  const changes = [event('e-1', 'Page View', '/pricing'), event('e-2', 'Email Open', '/mail')];
  expect((await ui.api.post('/changes', { changes })).status).toBe(202);
  await ui.stack.idle();
  await ui.open('#/leads/lead-1');
  const rows = region('Events').getByRole('row');
  await region('Events').getByText('/pricing').waitFor();
  expect(await rows.count()).toBe(3);
  await region('Events').getByRole('combobox', { name: 'Type of event' }).click();
  await ui.page.getByRole('option', { name: 'Email Open' }).click();
  await region('Events').getByText('/pricing').waitFor({ state: 'detached' });
  expect(await rows.count()).toBe(2);
  await ui.page.setViewportSize({ width: 390, height: 800 });
  await ui.isAccessible();
  expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
});

it('deletes a lead after a question', async () => {
  await ui.open('#/leads/lead-19');
  await button('Delete lead').click();
  const question = dialog('Delete lead-19?');
  await question.waitFor();
  await ui.isAccessible();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await focusIsOn('Delete lead');
  await button('Delete lead').click();
  await question.getByRole('button', { name: 'Delete lead' }).click();
  await heading('Leads').waitFor();
  expect((await ui.api.get('/leads/lead-19')).status).toBe(404);
});

it('finds a lead whose id has what parts addresses, and links to it', async () => {
  const leadId = "o'neil!#x/y?z%2f@x.example";
  const change = { kind: 'profile_change', leadId, occurredAt: new Date().toISOString(), attributes: { city: 'Cork' } };
  expect((await ui.api.post('/changes', { changes: [change] })).status).toBe(202);
  await ui.stack.idle();
  await activeSegment('With parts');
  await ui.open('#/leads');
  await ui.page.getByRole('searchbox', { name: 'Search leads' }).fill(leadId);
  await ui.page.getByRole('link', { name: leadId }).click();
  await heading(leadId).waitFor();
  await ui.page.getByText('Cork').waitFor();
  await region('Segments').getByRole('combobox', { name: 'Why is it not in' }).fill('With');
  await ui.page.getByRole('option', { name: 'With parts' }).click();
  await heading(`Why ${leadId} is not in “With parts”`).waitFor();
  await ui.page.getByRole('link', { name: leadId }).click();
  await heading(leadId).waitFor();
});
