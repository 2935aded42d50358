import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useConsole } from './console-under-test.ts';

const ui = useConsole();

const region = (name: string) => ui.page.getByRole('region', { name, exact: true });
const button = (name: string) => ui.page.getByRole('button', { name, exact: true });
const choose = (name: string, content: string) =>
  ui.page.getByLabel(/^Choose a file/).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
const drop = async (name: string, content: string) => {
  const [text, file] = [content, name].map((one) => JSON.stringify(one));
  const dataTransfer = await ui.page.evaluateHandle(
    `(() => { const dropped = new DataTransfer(); dropped.items.add(new File([${text}], ${file})); return dropped; })()`,
  );
  await ui.page.getByText('or drop it here').dispatchEvent('drop', { dataTransfer });
};

const attendees = [
  'Email;Born;Revenue;Plan',
  'Nora@x.example;03/04/1990;1.200,50;Pro',
  'otto@x.example;05/06/1991;viel;Free',
  ';07/08/1992;1,00;Free',
].join('\r\n');

describe('a file', () => {
  it('is uploaded, its columns are corrected, and its rows become leads; the others are to be downloaded', async () => {
    await ui.open('#/imports');
    await ui.page.getByText('Nothing was imported in the last 30 days').waitFor();
    await ui.isAccessible();
    await choose('attendees.csv', attendees);
    await ui.page.getByRole('heading', { level: 1, name: 'attendees.csv' }).waitFor();
    await region('File').getByRole('definition').filter({ hasText: 'Semicolon' }).waitFor();
    await region('File')
      .getByText(/"Born" can be read in two ways/)
      .waitFor();

    const table = region('Mapping').getByRole('table', { name: 'Columns of the file' });
    await table.getByLabel('Read Born as').selectOption('Date DD/MM/YYYY');
    await table.getByLabel('Read Revenue as').selectOption('Number 1.234,5');
    await table.getByLabel('Attribute of Born').fill('birthday');
    await table.getByLabel('What Plan becomes').selectOption('Not imported');
    await button('+ Attribute for all rows').click();
    await button('Start import').click();
    await expect.poll(() => ui.page.evaluate('document.activeElement.placeholder')).toBe('Attribute');
    await region('Mapping').getByLabel('Attribute for all rows').fill('source');
    await region('Mapping').getByLabel('Value of source').fill('Fair');
    await button('Start import').click();

    await region('Progress').getByText('2 rows imported, 1 refused').waitFor();
    await region('Result').getByText('no number 1.234,5; left out').waitFor();
    await ui.isAccessible();
    expect(await ui.page.evaluate('document.activeElement.textContent')).toBe('attendees.csv');
    const downloading = ui.page.waitForEvent('download');
    await button('Download these rows').click();
    const download = await downloading;
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain('no lead id');

    await ui.stack.idle();
    const { body: lead } = await ui.api.get('/leads/nora@x.example');
    expect(lead.attributes).toEqual({
      Email: 'Nora@x.example',
      birthday: '1990-04-03',
      Revenue: 1200.5,
      source: 'Fair',
    });

    await ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Imports' }).click();
    await ui.page.getByRole('row', { name: /^attendees.csv Done 3/ }).waitFor();
    await ui.isAccessible();
  });

  it('that cannot be read says so, and another one takes its place', async () => {
    await ui.open('#/imports');
    await choose('contacts.csv', '%PDF-1.7 nothing of a table');
    await ui.page.getByRole('alert').getByText(/PDF/).waitFor();
    await ui.isAccessible();
    await choose('contacts.csv', 'Name;Mail\nNora;nora@x.example\n');
    await ui.page.getByLabel('What Mail becomes').waitFor();
    expect(await ui.page.getByLabel('What Mail becomes').inputValue()).toBe('leadId');
  });

  it('of which no column is an id asks for one before it is started', async () => {
    await ui.open('#/imports');
    await choose('colours.csv', 'Colour,Shade\nred,1\nblue,2\n');
    await button('Start import').click();
    const question = region('Mapping').getByText('Choose the column that tells which lead a row is.');
    await question.first().waitFor();
    await ui.isAccessible();
    await ui.page.getByLabel('What Colour becomes').selectOption('Lead id');
    await expect.poll(() => question.count()).toBe(0);
  });

  it('can be dropped, read in another way, and its import cancelled', async () => {
    await ui.open('#/imports');
    await drop('pipes.csv', 'Mail|Amount,EUR\nnora@x.example|1,5\n');
    await region('File').getByText('Read it differently').click();
    await region('File').getByLabel('Separator').selectOption('Comma');
    await button('Read again').click();
    await ui.page.getByLabel('What EUR becomes').waitFor();
    await button('Cancel import').click();
    const question = ui.page.getByRole('dialog');
    await question.waitFor();
    await ui.isAccessible();
    await question.getByRole('button', { name: 'Cancel import' }).click();
    await ui.page.getByText('It was cancelled before anything was imported').waitFor();
    await ui.isAccessible();
    expect(await button('Start import').count()).toBe(0);
  });
});

it('tells in a dry run what an import would do, and keeps its mapping under a name', async () => {
  const nina = { type: 'lead_metadata', field: 'First Name', operator: 'equals', value: 'Nina' };
  await ui.api.create({ name: 'Ninas', active: true, rules: [nina] });
  await ui.stack.idle();
  const people = 'Mail,First Name,Visits\nnina@x.example,Nina,1\nomar@x.example,Omar,2\n,Nobody,3\n';
  await ui.open('#/imports');
  await choose('people.csv', people);
  await ui.page.getByLabel('What Visits becomes').selectOption('Not imported');
  await region('Mapping').getByText('Saved mappings').click();
  await ui.page.getByLabel('Name to save this mapping under').fill('People');
  await button('Save this mapping').click();
  await region('Mapping').getByText('Saved as People.').waitFor();

  await button('Dry run').click();
  await region('Dry run').getByText('2 rows would be imported, 1 refused.').waitFor();
  await region('Dry run').getByRole('row', { name: 'Ninas 1 lead nina@x.example –' }).waitFor();
  await ui.isAccessible();
  expect(await region('Dry run').getByRole('definition').allTextContents()).toEqual(['2', '0', '0']);
  expect((await ui.api.get('/leads/nina@x.example')).status).toBe(404);
  await ui.page.getByLabel('What Visits becomes').selectOption('Attribute');
  await region('Dry run').getByText('The mapping was changed since').waitFor();

  await ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Imports' }).click();
  await ui.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await choose('more-people.csv', people);
  await region('Mapping').getByText('Saved mappings').click();
  await ui.page.getByLabel('Saved mapping', { exact: true }).selectOption('People');
  await button('Use').click();
  await expect.poll(() => ui.page.getByLabel('What Visits becomes').inputValue()).toBe('skip');
});

it('adds all leads of a file to a segment', async () => {
  const { id } = await ui.api.create({ name: 'Guests', active: true });
  await ui.open(`#/segments/${id}/members`);
  await button('Add leads').click();
  await ui.page.getByRole('link', { name: 'Import it, and have its leads added' }).click();
  await ui.page.getByText('The leads of the file are for the segment Guests.').waitFor();
  await choose('guests.csv', 'Mail\npia@x.example\nquinn@x.example\n');
  const target = ui.page.getByRole('combobox', { name: 'Segment to add all leads to' });
  await expect.poll(() => target.inputValue(), { timeout: 60_000 }).toBe('Guests');
  await target.fill('non');
  await ui.page.getByRole('option', { name: 'None' }).click();
  await target.fill('gue');
  await ui.page.getByRole('option', { name: 'Guests' }).click();
  await ui.page.getByLabel(/^Pin them/).check();
  await button('Start import').click();
  await region('Segment').getByText('2 leads pinned.').waitFor();
  await ui.stack.idle();
  expect((await ui.api.members(id)).sort()).toEqual(['pia@x.example', 'quinn@x.example']);
});

it('makes events of rows, whose fields may be called otherwise than their columns', async () => {
  await ui.open('#/imports');
  await choose('visits.csv', 'Mail,Joined,Minutes\nrita@x.example,2026-11-01T10:00:00Z,42\n');
  await ui.page.getByLabel('What Joined becomes').selectOption('When an event was');
  await ui.page.getByLabel('Name of the event at Joined', { exact: true }).fill('Webinar Attend');
  const fields = ui.page.getByRole('group', { name: 'Fields of the event at Joined' });
  await fields.getByLabel('Minutes', { exact: true }).check();
  await fields.getByLabel('Field of the event for Minutes').fill('duration');
  await ui.page.getByLabel('What Minutes becomes').selectOption('Not imported');
  await ui.isAccessible();
  await button('Start import').click();
  await region('Progress').getByText('1 row imported').waitFor();
  await ui.stack.idle();
  const { body } = await ui.api.get('/leads/rita@x.example/events');
  expect(body.events).toMatchObject([{ eventType: 'Webinar Attend', metadata: { duration: '42' } }]);
});

it('keeps what is typed when it is read again', async () => {
  await ui.page.clock.install();
  await ui.open('#/imports');
  await choose('typed.csv', 'Mail,Plan\nrosa@x.example,Pro\n');
  await ui.page.getByLabel('Attribute of Plan').fill('tariff');
  const readAgain = ui.page.waitForResponse((answer) => /\/imports\/imp_/.test(answer.url()));
  await ui.page.clock.fastForward(10_000);
  await ui.page.evaluate('window.dispatchEvent(new Event("visibilitychange"))');
  await readAgain;
  expect(await ui.page.getByLabel('Attribute of Plan').inputValue()).toBe('tariff');
});

describe('a running import', () => {
  it('shows how far it is until it is done', async () => {
    const base = { importId: 'imp_1', fileName: 'many.csv', author: 'ann', createdAt: new Date().toISOString() };
    const progress = { rows: 4_000, refusedRows: 2, sent: { profile: 3_998 }, bytes: 40, ofBytes: 100 };
    let job: object = {
      ...{ ...base, state: 'running', startedAt: base.createdAt },
      progress: { ...progress, rowsPerSecond: 200, secondsLeft: 150 },
    };
    let polls = 0;
    await ui.answer('/imports/imp_1', () => {
      polls++;
      return job;
    });
    await ui.page.clock.install();
    await ui.open('#/imports/imp_1');
    await region('Progress').getByText('4,000 rows read, 2 refused, 200 rows a second, about 3 min left').waitFor();
    expect(await region('Progress').getByRole('status').textContent()).toBe('40 % imported');
    await ui.isAccessible();
    job = { ...base, state: 'done', startedAt: base.createdAt, finishedAt: base.createdAt, progress };
    await ui.page.clock.fastForward(2_000);
    await region('Progress').getByText('3,998 rows imported, 2 refused').waitFor();
    const pollsUntilDone = polls;
    await ui.page.clock.fastForward(60_000);
    await ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Imports' }).click();
    await ui.page.getByRole('heading', { level: 1, name: 'Imports' }).waitFor();
    expect(polls).toBe(pollsUntilDone);
  });
});

it('says so when there is no such import', async () => {
  await ui.open('#/imports/imp_none');
  await ui.page.getByText('There is no import imp_none').waitFor();
});

it('fits a phone', async () => {
  await ui.page.setViewportSize({ width: 390, height: 800 });
  await ui.open('#/imports');
  await choose('a-file-with-a-very-long-name-that-nobody-can-read-on-a-phone-at-all.csv', attendees);
  await region('Mapping').waitFor();
  expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});
