import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readImportOptions } from '../../../tools/import/import-options.ts';
import { ImportUsageError, optionsFor } from '../../../tools/import/mapping-options.ts';

const startedAt = new Date('2026-11-22T09:00:00Z');
const elsewhere = ['--queue', 'profile=https://queue/p', '--queue', 'account=https://queue/a'];
const read = (...args: string[]) => readImportOptions([...args, ...elsewhere], startedAt)!;

it('reads what columns are for', () => {
  const args = [
    ...['leads.csv', '--lead-id', 'Prospect ID', '--account', 'Company', '--slug-ids'],
    ...['--level', 'engagement=Score', '--level=profile=Fit', '--event', 'Form Submit=Submitted'],
    ...['--event-field', 'Form Submit:form_id=Form', '--occurred-at', 'Changed'],
    ...['--as', 'Revenue=number 1.234,5', '--as', 'a=b=list ;', '--rename', 'Revenue=revenue', '--skip', 'Notes'],
    ...['--set', 'status=unsubscribed', '--event', '{Kind}=At'],
    ...['--queue', 'level=https://queue/l', '--queue', 'event=https://queue/e'],
  ];
  const { file, mapping } = read(...args);
  expect(file).toBe('leads.csv');
  expect(mapping).toEqual({
    kind: 'leads',
    leadId: 'Prospect ID',
    accountId: 'Company',
    engagementLevel: 'Score',
    profileLevel: 'Fit',
    events: [
      { eventType: 'Form Submit', momentColumn: 'Submitted', fields: { form_id: 'Form' } },
      { eventType: { column: 'Kind' }, momentColumn: 'At', fields: {} },
    ],
    columns: [
      { column: 'Notes', skip: true },
      { column: 'Revenue', attribute: 'revenue', as: { kind: 'number', decimal: ',' } },
      { column: 'a=b', as: { kind: 'list', separator: ';' } },
    ],
    constants: [{ attribute: 'status', value: 'unsubscribed' }],
    occurredAt: { column: 'Changed' },
    slugIds: true,
    exactIds: false,
  });
});

it('asks for a mapping with the options that it was read from', () => {
  const options = [
    ...['--lead-id', 'Id', '--account', 'Company', '--level', 'engagement=Score', '--event', 'Visit=At'],
    ...[
      '--event-field',
      'Visit:page=Page',
      '--slug-ids',
      '--slug-lead-ids',
      '--exact-ids',
      '--as',
      'At=date DD/MM/YYYY',
    ],
    ...['--rename', 'At=visitedAt', '--skip', 'Notes', '--set', 'a=b'],
  ];
  const { mapping } = read('leads.csv', ...options, '--occurred-at', 'At', '--dry-run');
  expect(read('leads.csv', ...optionsFor(mapping!), '--occurred-at', 'At', '--dry-run').mapping).toEqual({
    ...mapping,
    columns: expect.arrayContaining([...mapping!.columns]),
  });
});

it('reads a mapping from a file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'import-options-')), 'mapping.json');
  const { mapping } = read('a.csv', '--lead-id', 'id', '--occurred-at', 'At');
  writeFileSync(file, JSON.stringify(mapping));
  expect(read('a.csv', '--mapping', file).mapping).toEqual(mapping);
  writeFileSync(file, JSON.stringify({ ...mapping, leadId: '' }));
  expect(() => read('a.csv', '--mapping', file)).toThrow('/leadId must not be empty');
  writeFileSync(file, '{');
  expect(() => read('a.csv', '--mapping', file)).toThrow('is not JSON');
});

it('reads what is known of the file, and that nothing is to be sent', () => {
  const args = ['--encoding', 'Latin1', '--separator', 'tab', '--sheet', 'Leads', '--header-line', '3'];
  expect(readImportOptions(['a.csv', ...args], startedAt)).toMatchObject({
    known: { encoding: 'windows-1252', separator: '\t', sheet: 'Leads', headerLine: 3 },
  });
  expect(readImportOptions(['a.csv'], startedAt)).not.toHaveProperty('mapping');
  expect(readImportOptions(['a.csv', '--lead-id', 'id', '--dry-run'], startedAt)).not.toHaveProperty('target');
});

it('reads an import of accounts', () => {
  expect(read('a.csv', '--accounts', '--account-id', 'account', '--level', 'account=tier').mapping).toMatchObject({
    kind: 'accounts',
    accountId: 'account',
    accountLevel: 'tier',
  });
});

it('continues with the same moment at another line', () => {
  const { continueArguments, fromLine, mapping } = read('a.csv', '--lead-id', 'id', '--from-line', '7');
  expect(fromLine).toBe(7);
  expect(mapping).not.toHaveProperty('occurredAt');
  expect(continueArguments).toEqual([
    'a.csv',
    '--lead-id',
    'id',
    ...elsewhere,
    '--occurred-at',
    '2026-11-22T09:00:00.000Z',
  ]);
  expect(read('a.csv', '--lead-id', 'id', '--from-line=7', '--occurred-at', 'At').continueArguments).not.toContain('7');
});

it.each([
  [['--lead-id', 'id'], 'Which CSV file?'],
  [['a.csv', 'b.csv', '--lead-id', 'id'], 'One file at a time'],
  [['a.csv', '--slug-ids'], '--lead-id COLUMN is missing'],
  [['a.csv', '--lead-id', 'id', '--as', 'a=money'], '--as takes text, number 1,234.5'],
  [['a.csv', '--lead-id', 'id', '--mapping', 'm.json'], 'Either --mapping or --lead-id'],
  [['a.csv', '--encoding', 'ebcdic'], '--encoding takes utf-8'],
  [['a.csv', '--separator', 'x'], '--separator takes'],
  [['a.csv', '--header-line', 'x'], '--header-line is a line number'],
  [['a.csv', '--accounts'], '--account-id COLUMN is missing'],
  [['a.csv', '--accounts', '--account-id', 'x', '--event', 'a=b'], '--event does not go with --accounts'],
  [['a.csv', '--lead-id', 'id', '--account-id', 'x'], '--account COLUMN'],
  [['a.csv', '--lead-id', 'id', '--level', 'account=x'], '--accounts'],
  [['a.csv', '--lead-id', 'id', '--level', 'Hot'], 'is like engagement=COLUMN'],
  [['a.csv', '--lead-id', 'id', '--level', 'engagement=x'], '--queue level=URL is missing'],
  [['a.csv', '--lead-id', 'id', '--event-field', 'a:b=c'], 'no --event'],
  [['a.csv', '--lead-id', 'id', '--queue', 'leads=x'], '--queue takes profile'],
  [['a.csv', '--lead-id', 'id', '--stack', 'x'], 'not both'],
  [['a.csv', '--lead-id', 'id', '--from-line', '0'], 'line number'],
  [['a.csv', '--lead', 'id'], "Unknown option '--lead'"],
])('refuses %j', (args, message) => {
  expect(() => read(...args)).toThrow(ImportUsageError);
  expect(() => read(...args)).toThrow(message);
});

it('asks for a stack when no queue is named and none runs', () => {
  expect(() => readImportOptions(['a.csv', '--lead-id', 'id', '--stack', '/nowhere/stack.json'], startedAt)).toThrow(
    'start the stack first',
  );
});
