import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

const ui = useConsole();

beforeAll(async () => {
  const attributes = { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@x.example' };
  const change = { kind: 'profile_change', leadId: 'lead-0', occurredAt: new Date().toISOString(), attributes };
  expect((await ui.api.post('/changes', { changes: [change] })).status).toBe(202);
  await ui.stack.idle();
});

const members = () => ui.page.getByRole('region', { name: 'Members', exact: true });
const rows = () => members().getByRole('table', { name: 'Members' }).locator('tbody tr');
const button = (name: string) => ui.page.getByRole('button', { name, exact: true });
const dialog = () => ui.page.getByRole('dialog').last();
const countsTo = (count: number) => expect.poll(() => rows().count(), { timeout: 60_000 }).toBe(count);
const focusIsOn = (text: string) =>
  expect.poll(() => ui.page.evaluate('document.activeElement?.textContent'), { timeout: 60_000 }).toBe(text);
const choose = async (name: string, option: string) => {
  await ui.page.getByRole('combobox', { name }).click();
  await ui.page.getByRole('option', { name: option, exact: true }).click();
};
const activeSegment = async (name: string): Promise<string> => {
  const { id } = await ui.api.create({ name, active: true, rules: [germans] });
  await ui.stack.idle();
  await ui.api.get(`/segments/${id}?waitFor=revision`);
  return id;
};

it('lists members by name, finds them, and shows who enters first of all', async () => {
  const id = await activeSegment('Listed');
  await ui.open(`#/segments/${id}/members`);
  await countsTo(5);
  await members()
    .getByRole('row', { name: /Ada Lovelace.*ada@x\.example/ })
    .waitFor();
  await ui.isAccessible();
  const change = {
    kind: 'profile_change',
    leadId: 'lead-3',
    occurredAt: new Date().toISOString(),
    attributes: { country: 'Germany' },
  };
  expect((await ui.api.post('/changes', { changes: [change] })).status).toBe(202);
  await countsTo(6);
  expect(await rows().first().getByRole('rowheader').textContent()).toBe('lead-3');
  await ui.page.getByRole('searchbox', { name: 'Search members' }).fill('love');
  await countsTo(1);
  expect(ui.page.url()).toContain('q=love');
});

it('adds leads that are searched for and pasted, and says what became of each', async () => {
  const id = await activeSegment('Added to');
  await ui.open(`#/segments/${id}/members`);
  await button('Add leads').click();
  await dialog().getByRole('combobox', { name: 'Find leads' }).fill('lovel');
  await ui.page.getByRole('option', { name: /Ada Lovelace/ }).click();
  await dialog().getByRole('textbox', { name: 'Lead ids' }).fill('lead-1, lead-4\nlead-1 nobody');
  await dialog().getByRole('radio', { name: 'Pin' }).check();
  await dialog().getByLabel('Reason').fill('Pilot');
  await ui.isAccessible();
  await dialog().getByRole('button', { name: 'Pin 4 leads' }).click();
  await dialog().getByText('3 pinned, 1 unknown.').waitFor();
  await dialog().getByRole('row', { name: 'nobody There is no such lead' }).waitFor();
  await ui.isAccessible();
  await dialog().getByRole('button', { name: 'Close' }).last().click();
  await focusIsOn('Add leads');
  await choose('Which members', 'Pinned');
  await countsTo(3);
  await members()
    .getByRole('row', { name: /lead-1 .*Pilot/ })
    .waitFor();
});

it('asks before Esc drops what was pasted, and names the id that cannot be one', async () => {
  const id = await activeSegment('Refused');
  await ui.open(`#/segments/${id}/members`);
  await button('Add leads').click();
  const ids = ui.page.getByRole('textbox', { name: 'Lead ids' });
  await ids.fill('lead-1 not(an)id');
  await ui.page.keyboard.press('Escape');
  await button('Keep editing').click();
  expect(await ids.inputValue()).toBe('lead-1 not(an)id');
  await ui.page.getByRole('button', { name: 'Add 2 leads' }).click();
  await ui.page.getByRole('alert').getByText('not(an)id: must be').waitFor();
  await ui.isAccessible();
  await ui.stack.idle();
  expect(await ui.api.members(id)).not.toContain('lead-1');
  await ui.page.getByRole('button', { name: 'Cancel' }).click();
  await button('Discard').click();
  await focusIsOn('Add leads');
});

it('excludes those that are selected, with a reason, and lets the rules decide again', async () => {
  const id = await activeSegment('Sorted out');
  await ui.open(`#/segments/${id}/members`);
  await ui.page.getByRole('checkbox', { name: 'Select Ada Lovelace' }).check();
  await ui.page.getByRole('checkbox', { name: 'Select lead-4' }).check();
  await members().getByText('2 leads selected').waitFor();
  await button('Change manually').click();
  await dialog().getByRole('radio', { name: 'Exclude' }).check();
  await dialog().getByLabel('Reason').fill('Asked us to');
  await ui.isAccessible();
  await dialog().getByRole('button', { name: 'Exclude 2 leads' }).click();
  await dialog().getByText('2 excluded.').waitFor();
  await ui.isAccessible();
  await ui.page.keyboard.press('Escape');
  await choose('Which members', 'Excluded');
  await countsTo(2);
  await button('Change lead-4 manually').click();
  await dialog().getByRole('radio', { name: 'Let the rules decide' }).check();
  await dialog().getByRole('button', { name: 'Let the rules decide about 1 lead' }).click();
  await dialog().getByText('1 left to the rules.').waitFor();
  await ui.page.keyboard.press('Escape');
  await countsTo(1);
  await ui.stack.idle();
  const inIt = await ui.api.members(id);
  expect(inIt).toContain('lead-4');
  expect(inIt).not.toContain('lead-0');
});

it('says that members are still coming instead of "nobody", and finds out why any lead is not in it', async () => {
  const id = await activeSegment('Filling');
  const segment = (await ui.api.get(`/segments/${id}`)).body;
  const recalculation = { ...segment.recalculation, state: 'running', finishedAt: undefined };
  await ui.answer(`/segments/${id}`, () => ({ ...segment, memberCount: 0, recalculation }));
  await ui.answer(`/segments/${id}/members`, () => ({ members: [] }));
  await ui.open(`#/segments/${id}/members`);
  await members().getByText('Leads are being evaluated').waitFor();
  await ui.isAccessible();
  await ui.page.getByRole('combobox', { name: 'Why is a lead in it, or not?' }).fill('lead-5');
  await ui.page.getByRole('option', { name: 'lead-5' }).click();
  await ui.page.getByRole('heading', { level: 1, name: 'Why lead-5 is not in “Filling”' }).waitFor();
});

it('exports the members, under the name of the segment in any script', async () => {
  const id = await activeSegment('عملاء Gold');
  await ui.open(`#/segments/${id}/members`);
  const exportAs = async (format: string) => {
    await button('Export').click();
    const downloading = ui.page.waitForEvent('download');
    await ui.page.getByRole('menuitem', { name: `Export ${format}` }).click();
    // On a busy machine it may take so long that it is written to a file.
    const isDone = downloading.then(() => true);
    const link = members().getByRole('link', { name: /^Download/ });
    const isLinked = link.waitFor().then(
      () => false,
      () => true,
    );
    if (!(await Promise.race([isDone, isLinked]))) await link.click();
    return downloading;
  };
  const csv = await exportAs('CSV');
  expect(csv.suggestedFilename()).toBe('عملاء-Gold.csv');
  const [head, ...lines] = readFileSync(await csv.path(), 'utf8')
    .trimEnd()
    .split(/\r?\n/);
  expect(head).toMatch(/^\ufeffleadId,since,source,/);
  expect(lines.map((line) => line.split(',')[0]).sort()).toEqual((await ui.api.members(id)).sort());
  const lead = await exportAs('JSON lines');
  expect(lead.suggestedFilename()).toBe('عملاء-Gold.jsonl');
});

it('waits for the file of a long export, and says why there is none', async () => {
  const id = await activeSegment('Exported to a file');
  let job: object = { state: 'running', rows: 12 };
  await ui.answer(`/segments/${id}/export`, () => ({ exportId: 'exp_1', state: 'queued' }), 202);
  await ui.answer('/exports/exp_1', () => job);
  await ui.open(`#/segments/${id}/members`);
  const exportCsv = async () => {
    await button('Export').click();
    await ui.page.getByRole('menuitem', { name: 'Export CSV' }).click();
  };
  await exportCsv();
  await members().getByText('a file is being written, 12 so far').waitFor();
  await ui.isAccessible();
  job = { state: 'done', rows: 1_234, url: 'https://files.example/members.csv' };
  const link = members().getByRole('link', { name: 'Download 1,234 leads' });
  expect(await link.getAttribute('href')).toBe('https://files.example/members.csv');
  job = { state: 'failed', rows: 12, reason: 'the segment was deactivated' };
  await ui.page.reload();
  await exportCsv();
  await ui.page.getByRole('alert').getByText('the segment was deactivated').waitFor();
  await ui.isAccessible();
});
