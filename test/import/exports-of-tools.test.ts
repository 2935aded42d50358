import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importMappingSchema } from '../../shared/import/mapping.ts';
import { createRowPlanner } from '../../shared/import/plan-rows.ts';
import { describeProblem } from '../../shared/import/problem-groups.ts';
import { suggestMapping } from '../../shared/import/suggest-mapping.ts';
import { nameOfKind } from '../../shared/table/column-kind.ts';
import { inspectFile } from '../../shared/table/inspect.ts';
import { readRows } from '../../shared/table/table-file.ts';
import { createRowPlaces } from '../../shared/table/table-layout.ts';
import { bytesReader } from '../table/bytes.ts';

const folder = fileURLToPath(new URL('../fixtures/imports', import.meta.url));
const startedAt = '2026-11-29T09:00:00.000Z';

/** What is found in a file, what is suggested, and what the suggestion makes of it. */
async function resultOf(file: string) {
  const read = bytesReader(readFileSync(`${folder}/${file}`));
  const { format, layout, columns, notices, rows } = await inspectFile(read);
  const suggestion = suggestMapping(columns);
  const mapping = importMappingSchema.parse(suggestion.mapping);
  const planner = createRowPlanner(layout.header, mapping, { startedAt });
  const placeOf = createRowPlaces(layout);
  const found = { messages: [] as object[], problems: [] as string[] };
  for await (const row of readRows(read, format)) {
    if (placeOf(row) !== 'row') continue;
    const { messages, problems } = planner.plan(row, Date.parse(startedAt));
    found.messages.push(...messages.map(({ queue, body }) => ({ queue, ...(JSON.parse(body) as object) })));
    found.problems.push(...problems.map(describeProblem));
  }
  return {
    format: format.kind === 'csv' ? `${format.encoding} ${format.separator}` : format.kind,
    headerLine: layout.headerLine,
    rows,
    notices: [...notices, ...suggestion.notices],
    id: mapping.kind === 'leads' ? mapping.leadId : mapping.accountId,
    account: mapping.kind === 'leads' ? mapping.accountId : undefined,
    events:
      mapping.kind === 'leads' ? mapping.events.map((event) => `${event.eventType} at ${event.momentColumn}`) : [],
    converted: mapping.columns.map(({ column, as }) => `${column}: ${as && nameOfKind(as)}`),
    ...found,
  };
}

type Expected = Omit<Awaited<ReturnType<typeof resultOf>>, 'messages' | 'problems' | 'notices' | 'rows'> & {
  readonly rows?: number;
  readonly notices?: readonly string[];
  readonly problems?: readonly string[];
  /** Some of the messages. */
  readonly messages: readonly object[];
};

const files: Readonly<Record<string, Expected>> = {
  'crm-accounts.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'account', account: undefined, events: [], converted: [] },
    messages: [
      { queue: 'account', accountId: 'acme-corporation', accountLevel: 'Target', attributes: { revenue: '1100.04' } },
      { queue: 'account', accountId: 'zoomit-sohne', attributes: { account: 'Zoomit & Söhne' } },
    ],
  },
  'eventbrite-attendees.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email', account: 'Company' },
    events: ['Ticket Ordered at Order Date'],
    converted: ['Ticket Price: number 1,234.5'],
    messages: [
      { queue: 'profile', leadId: 'ann@acme.example', attributes: { 'Ticket Price': 49 } },
      {
        ...{ queue: 'event', leadId: 'ann@acme.example', occurredAt: '2026-11-20T09:11:12.000Z' },
        metadata: { event: 'Growth Day 2026', ticket: 'Early bird', order: '9876500001' },
      },
      { queue: 'profile', leadId: 'bjorn@beta.example', attributes: { 'Ticket Price': 1099 } },
    ],
  },
  'excel-german.csv': {
    ...{ format: 'windows-1252 ;', headerLine: 2, id: 'E-Mail', account: 'Firma', events: [] },
    converted: ['Umsatz: number 1.234,5', 'Kunde seit: date DD/MM/YYYY'],
    messages: [
      { accountId: 'acme-corporation', attributes: { Umsatz: 1200.5, PLZ: '01234', 'Kunde seit': '2025-11-28' } },
      { accountId: 'zoomit-sohne', attributes: { Vorname: 'Jürgen', Umsatz: 950, 'Kunde seit': '2024-03-01' } },
      { accountId: 'cafe-s-a', attributes: { Umsatz: -12.3, Newsletter: 'ja' } },
    ],
  },
  'excel-unicode-text.txt': {
    ...{ format: 'utf-16le \t', headerLine: 1, id: 'Email', account: undefined, events: [] },
    notices: ['Left out, the header again: line 5.'],
    converted: ['Score: number 1.234,5', 'Last seen: date DD/MM/YYYY'],
    messages: [
      { attributes: { Name: 'Ann „Annie“ Example', Score: 1.5, 'Last seen': '2026-11-28' } },
      { attributes: { Name: 'Łukasz Wzór', Score: 12.25 } },
      { attributes: { Name: '見本 春樹', Score: 1100 } },
    ],
  },
  'google-contacts.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'E-mail 1 - Value', account: 'Organization Name', events: [] },
    converted: ['Labels: list :::'],
    messages: [
      { leadId: 'ann@acme.example', attributes: { Birthday: '1980-02-03', Labels: ['Clients', '* myContacts'] } },
      { leadId: 'bjorn@beta.example', attributes: { Notes: 'Two lines:\nfirst and second', Labels: ['* myContacts'] } },
      { leadId: 'chloe@gamma.example', accountId: 'cafe-s-a' },
    ],
  },
  'hubspot-contacts.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email', account: 'Associated Company' },
    events: ['Form Submit at Recent Conversion Date'],
    converted: ['Sports: list ;'],
    messages: [
      { attributes: { Sports: ['Golf', 'Sailing'], 'Phone Number': '+49 30 1234567', 'Annual Revenue': '1200000' } },
      { queue: 'event', occurredAt: '2026-11-20T14:05:00.000Z', metadata: { form: 'Pricing: Contact us' } },
    ],
  },
  'linkedin-connections.csv': {
    ...{ format: 'utf-8 ,', headerLine: 4, id: 'Email Address', account: 'Company', events: [] },
    notices: [
      'Left out in front of the header: line 1, 2, 3.',
      'Rows that would be refused, for "Email Address" is empty: 1 of 3.',
    ],
    problems: ['no lead id in "Email Address"'],
    converted: ['Connected On: date YYYY-MM-DD'],
    messages: [{ leadId: 'ann@acme.example', attributes: { 'Connected On': '2026-11-28', Position: 'CEO' } }],
  },
  'mailchimp-audience.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email Address', account: undefined },
    events: ['Newsletter Subscribed at OPTIN_TIME'],
    converted: ['TAGS: list ,'],
    messages: [
      { attributes: { TAGS: ['Customer', 'Newsletter'], LAST_CHANGED: '2026-11-01 08:00:00' } },
      { queue: 'event', eventType: 'Newsletter Subscribed', occurredAt: '2026-03-01T10:00:00.000Z' },
    ],
  },
  'odoo-contacts.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email', account: 'Company Name', events: [] },
    converted: ['Tags: list ,'],
    messages: [{ attributes: { 'External ID': '__export__.res_partner_101_0a1b2c3d', Tags: ['Customer', 'VIP'] } }],
  },
  'outlook-contacts.csv': {
    ...{ format: 'windows-1252 ,', headerLine: 1, id: 'E-mail Address', account: 'Company', events: [] },
    converted: ['Birthday: date MM/DD/YYYY', 'Categories: list ;'],
    messages: [
      { attributes: { Birthday: '1980-02-13', Categories: ['Clients', 'VIP'] } },
      { attributes: { 'Business City': 'Zürich', Categories: ['Clients'] } },
      { accountId: 'cafe-s-a', attributes: { Notes: 'Likes “quotes”' } },
    ],
  },
  'pipedrive-people.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Person - Email - Work', account: 'Person - Organization', events: [] },
    converted: [],
    messages: [{ accountId: 'acme-corporation', attributes: { 'Person - Person created': '2026-01-10 08:00:00' } }],
  },
  'salesforce-leads-report.csv': {
    ...{ format: 'windows-1252 ,', headerLine: 1, id: 'Email', account: 'Company / Account', events: [] },
    notices: ['Left out, no rows of the table: line 7, 8, 9, 10, 11, such as "Leads by source".'],
    converted: ['Annual Revenue: number 1,234.5', 'Create Date: date MM/DD/YYYY', 'Converted: boolean'],
    messages: [
      { attributes: { 'Annual Revenue': 1200000, 'Create Date': '2026-11-28', Converted: false } },
      { accountId: 'zoomit-sohne', attributes: { 'Annual Revenue': 950.5, 'Create Date': '2026-01-03' } },
      { accountId: 'cafe-s-a', attributes: { Converted: true } },
    ],
  },
  'shopify-customers.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email', account: undefined, events: [], converted: ['Tags: list ,'] },
    messages: [{ attributes: { Tags: ['newsletter', 'vip'], 'Total Spent': '1249.90' } }],
  },
  'zoho-leads.csv': {
    ...{ format: 'utf-8 ,', headerLine: 1, id: 'Email', account: 'Company', events: [] },
    converted: [
      ...['Annual Revenue: number 1.234,5', 'Email Opt Out: boolean', 'Created Time: date DD/MM/YYYY'],
      ...['Modified Time: date DD/MM/YYYY', 'Tag: list ,'],
    ],
    messages: [
      { attributes: { 'Annual Revenue': 1200000, 'Email Opt Out': false, Tag: ['Fair 2026', 'Hot'] } },
      { attributes: { 'Created Time': '2026-04-03T08:00:00.000Z', 'Email Opt Out': true } },
    ],
  },
  'zoom-webinar-attendees.csv': {
    ...{ format: 'utf-8 ,', headerLine: 12, rows: 4, id: 'Email', account: 'Company' },
    notices: [
      'Left out in front of the header: line 1, 2, 3, 4, 5, ….',
      'Left out, no rows of the table: line 17, 18, 19, such as "Other Attended".',
    ],
    events: ['Webinar Attended at Join Time', 'Webinar Registered at Registration Time'],
    converted: [...['Registration Time: date YYYY-MM-DD', 'Join Time: date YYYY-MM-DD', 'Leave Time: date YYYY-MM-DD']],
    messages: [
      { queue: 'profile', leadId: 'ann@acme.example', attributes: { 'Join Time': '2026-11-28T17:01:00.000Z' } },
      { queue: 'event', eventType: 'Webinar Attended', metadata: { minutes: '29' } },
      { queue: 'event', eventType: 'Webinar Attended', metadata: { minutes: '27' } },
      { queue: 'event', leadId: 'chloe@gamma.example', eventType: 'Webinar Registered' },
    ],
  },
};

it.each(Object.entries(files))('%s', async (file, { messages, ...expected }) => {
  const result = await resultOf(file);
  const { messages: found, ...rest } = result;
  expect(rest).toEqual({ rows: 3, notices: [], problems: [], ...expected });
  for (const message of messages) expect(found).toContainEqual(expect.objectContaining(partly(message)));
});

/** Matches nested objects by a part, too. */
function partly(content: object): object {
  return Object.fromEntries(
    Object.entries(content).map(([name, value]: [string, unknown]) => {
      const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [name, isNested ? expect.objectContaining(partly(value)) : value];
    }),
  );
}

it('looks at every file of the folder', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
});
