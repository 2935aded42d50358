import { readFileSync } from 'node:fs';
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

it('lists leads to look around among', async () => {
  await ui.open('#/leads');
  await ui.page.getByRole('table', { name: 'Leads, in no order' }).getByRole('link', { name: 'lead-7' }).click();
  await ui.page.getByRole('heading', { level: 1, name: 'Lead lead-7' }).waitFor();
});

it('explains why a lead is in a segment: each rule, what it reads, and what set it off', async () => {
  await activeSegment('Explained');
  await ui.open('#/leads/lead-4');
  await region('Timeline')
    .getByRole('row', { name: /Entered Explained/ })
    .waitFor();
  await region('Segments')
    .getByRole('link', { name: /why it is in Explained/ })
    .click();
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

it('adds pasted leads by hand and says what became of each, pins and excludes with a reason', async () => {
  const id = await activeSegment('By hand');
  await ui.open(`#/segments/${id}/members`);
  await button('Add leads').click();
  await ui.page.getByLabel('Lead ids').fill('lead-1, lead-4\nlead-1 nobody');
  await ui.page.getByLabel(/^Pin them/).check();
  await ui.page.getByLabel(/^Reason/).fill('Pilot');
  await button('Pin 3 leads').click();
  const dialog = ui.page.getByRole('dialog');
  await dialog.getByText('1 added, 1 in it already, 1 unknown.').waitFor();
  await dialog.getByRole('row', { name: 'nobody There is no such lead' }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  await region('Members').getByRole('button', { name: 'Pinned' }).click();
  await region('Members')
    .getByRole('row', { name: /^lead-1 .*Pilot/ })
    .waitFor();
  await button('Change lead-1 by hand').click();
  await dialog.getByRole('radio', { name: /^Exclude/ }).check();
  await dialog.getByLabel(/^Reason/).fill('Asked us to');
  await dialog.getByRole('button', { name: 'Exclude' }).click();
  await region('Members').getByRole('button', { name: 'Excluded' }).click();
  await region('Members').getByRole('link', { name: 'Excluded: explain lead-1' }).click();
  await region('Standing').getByText('It is excluded: it stays out, whatever the rules say.').waitFor();
  await region('Standing').getByText('“Asked us to”').waitFor();
});

it('names the id that cannot be one, and adds none of those pasted with it', async () => {
  const id = await activeSegment('Refused');
  await ui.open(`#/segments/${id}/members`);
  await button('Add leads').click();
  await ui.page.getByLabel('Lead ids').fill('lead-1 not(an)id');
  await button('Add 2 leads').click();
  await ui.page.getByRole('alert').getByText('not(an)id: must be').waitFor();
  await ui.stack.idle();
  expect(await ui.api.members(id)).not.toContain('lead-1');
});

it('exports the members as CSV', async () => {
  const id = await activeSegment('Exported at once');
  await ui.open(`#/segments/${id}/members`);
  const downloading = ui.page.waitForEvent('download');
  await button('Export CSV').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Exported-at-once.csv');
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split(/\r?\n/);
  expect(lines[0]).toBe('\ufeffleadId,since,source,engagementLevel,profileLevel,accountId,accountLevel,country,visits');
  expect(
    lines
      .slice(1)
      .map((line) => line.split(',')[0])
      .sort(),
  ).toEqual(['lead-0', 'lead-12', 'lead-16', 'lead-4', 'lead-8']);
});

it('exports the members in another format', async () => {
  const id = await activeSegment('Exported for programs');
  await ui.open(`#/segments/${id}/members`);
  await ui.page.getByLabel('Export format').selectOption('JSON lines');
  const downloading = ui.page.waitForEvent('download');
  await button('Export JSON lines').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Exported-for-programs.jsonl');
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line).leadId).sort()).toEqual([
    'lead-0',
    'lead-12',
    'lead-16',
    'lead-4',
    'lead-8',
  ]);
});

it('waits for the file of a long export, and says why there is none', async () => {
  const id = await activeSegment('Exported to a file');
  let job: object = { state: 'running', rows: 12 };
  await ui.answer(`/segments/${id}/export`, () => ({ exportId: 'exp_1', state: 'queued' }), 202);
  await ui.answer('/exports/exp_1', () => job);
  await ui.open(`#/segments/${id}/members`);
  await button('Export CSV').click();
  await region('Members').getByText('a file is being written, 12 so far').waitFor();
  job = { state: 'done', rows: 1_234, url: 'https://files.example/members.csv' };
  const link = region('Members').getByRole('link', { name: 'Download 1,234 leads' });
  expect(await link.getAttribute('href')).toBe('https://files.example/members.csv');

  job = { state: 'failed', rows: 12, reason: 'the segment was deactivated' };
  await ui.page.reload();
  await button('Export CSV').click();
  await ui.page.getByRole('alert').getByText('the segment was deactivated').waitFor();
});

it('counts what two segments have in common', async () => {
  const here = await activeSegment('Here');
  const visits = { type: 'lead_metadata', field: 'visits', operator: 'less_than', value: 6 };
  await ui.api.create({ name: 'There', active: true, rules: [visits] });
  await ui.stack.idle();
  await ui.open(`#/segments/${here}/overlap`);
  await region('Overlap').getByLabel('Compare with').selectOption('There');
  await region('Overlap').getByText('Only in There').waitFor();
  expect(await region('Overlap').getByRole('definition').allTextContents()).toEqual(['3 (33%)', '2 (22%)', '4 (44%)']);
});

it('says so when the segment to compare with is gone', async () => {
  const here = await activeSegment('Still here');
  const { id } = await ui.api.create({ name: 'Gone', active: true });
  await ui.open(`#/segments/${here}/overlap`);
  await region('Overlap').getByRole('option', { name: 'Gone' }).waitFor({ state: 'attached' });
  // The list of segments is not read again, as if the other one were deleted this very moment.
  await ui.page.route(
    (url) => url.pathname === '/segments',
    (route) => route.abort(),
  );
  await ui.api.delete(`/segments/${id}`);
  await region('Overlap').getByLabel('Compare with').selectOption('Gone');
  await region('Overlap').getByText(`There is no segment ${id}`).waitFor();
});

it('deletes a lead once its id is typed', async () => {
  await ui.open('#/leads/lead-19');
  await button('Delete lead').click();
  const dialog = ui.page.getByRole('dialog', { name: 'Delete lead lead-19?' });
  const confirm = dialog.getByRole('button', { name: 'Delete lead' });
  await dialog.getByLabel('Type lead-19 to confirm').fill('lead-1');
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type lead-19 to confirm').fill('lead-19');
  await confirm.click();
  await ui.page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
  expect((await ui.api.get('/leads/lead-19')).status).toBe(404);
});

it('finds a lead whose id has what parts addresses, and links to it', async () => {
  const leadId = "o'neil!#x/y?z%2f@x.example";
  const change = { kind: 'profile_change', leadId, occurredAt: new Date().toISOString(), attributes: { city: 'Cork' } };
  expect((await ui.api.post('/changes', { changes: [change] })).status).toBe(202);
  await ui.stack.idle();
  await activeSegment('With parts');
  await ui.open('#/leads');
  await ui.page.getByLabel('Lead id').fill(leadId);
  await button('Look up').click();
  await ui.page.getByRole('heading', { level: 1, name: `Lead ${leadId}` }).waitFor();
  await ui.page.getByText('Cork').waitFor();
  await ui.page.getByLabel('Why is it not in').selectOption('With parts');
  await button('Explain').click();
  await ui.page.getByRole('heading', { name: `Why ${leadId} is not in “With parts”` }).waitFor();
  await ui.page.getByRole('link', { name: leadId }).click();
  await ui.page.getByRole('heading', { level: 1, name: `Lead ${leadId}` }).waitFor();
});
