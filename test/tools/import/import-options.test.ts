import { expect, it } from 'vitest';
import { ImportUsageError, readImportOptions } from '../../../tools/import/import-options.ts';

const startedAt = new Date('2026-11-22T09:00:00Z');
const elsewhere = ['--queue', 'profile=https://queue/p', '--queue', 'account=https://queue/a'];
const read = (...args: string[]) => readImportOptions([...args, ...elsewhere], startedAt)!;

it('reads what columns are for', () => {
  const { file, mapping } = read(
    ...['leads.csv', '--lead-id', 'Prospect ID', '--account', 'Company', '--slug-ids'],
    ...['--level', 'engagement=Score', '--level=profile=Fit', '--event', 'Form Submit=Submitted'],
    ...['--event-field', 'Form Submit:form_id=Form', '--occurred-at', 'Changed'],
    ...['--queue', 'level=https://queue/l', '--queue', 'event=https://queue/e'],
  );
  expect(file).toBe('leads.csv');
  expect(mapping).toEqual({
    kind: 'leads',
    leadId: 'Prospect ID',
    accountId: 'Company',
    engagementLevel: 'Score',
    profileLevel: 'Fit',
    events: [{ eventType: 'Form Submit', momentColumn: 'Submitted', fields: { form_id: 'Form' } }],
    occurredAt: { column: 'Changed' },
    slugIds: true,
    exactIds: false,
  });
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
  expect(mapping.occurredAt).toEqual({ moment: '2026-11-22T09:00:00.000Z' });
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
  [['a.csv'], '--lead-id COLUMN is missing'],
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
