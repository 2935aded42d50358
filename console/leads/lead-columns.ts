import type { AnswerTo, Lead } from '../api/answers.ts';
import { formatAttribute, formatMoment } from '../words/format.ts';

/** A column of the list of leads, beside their names. */
export interface LeadColumn {
  /** What is kept of the choice: `engagementLevel`, `attribute:country`, `account:industry`. */
  readonly key: string;
  readonly label: string;
  /** What a lead has there, as people read it; undefined where it has nothing. */
  readonly textOf: (lead: Lead) => string | undefined;
}

const fixedColumns: readonly LeadColumn[] = [
  { key: 'engagementLevel', label: 'Engagement Level', textOf: ({ engagementLevel }) => engagementLevel },
  { key: 'profileLevel', label: 'Profile Level', textOf: ({ profileLevel }) => profileLevel },
  { key: 'accountLevel', label: 'Account Level', textOf: ({ account }) => account?.accountLevel },
  { key: 'accountId', label: 'Account', textOf: ({ account }) => account?.accountId },
  { key: 'updatedAt', label: 'Last change', textOf: ({ updatedAt }) => formatMoment(updatedAt) },
];

/** The columns of who has chosen none. */
export const usualColumns: readonly string[] = ['engagementLevel', 'profileLevel', 'accountId', 'updatedAt'];

/** Every column there can be: levels, the account, and each field that leads and accounts were seen with. */
export function offeredColumns(
  vocabulary: Pick<AnswerTo<'GET /vocabulary'>, 'lead' | 'account'> | undefined,
): LeadColumn[] {
  const keys = [
    // The id stands below the name.
    ...(vocabulary?.lead.fields ?? []).filter(({ name }) => name !== 'leadId').map(({ name }) => `attribute:${name}`),
    ...(vocabulary?.account.fields ?? []).map(({ name }) => `account:${name}`),
  ];
  return [...fixedColumns, ...keys.flatMap((key) => columnOf(key) ?? [])];
}

/** The column of a key that was kept; undefined where it means nothing any more. */
export function columnOf(key: string): LeadColumn | undefined {
  const [, place, field] = /^(attribute|account):(.+)$/s.exec(key) ?? [];
  if (field === undefined) return fixedColumns.find((column) => column.key === key);
  return place === 'account'
    ? { key, label: `Account: ${field}`, textOf: ({ account }) => textOf(account?.attributes[field]) }
    : { key, label: field, textOf: ({ attributes }) => textOf(attributes[field]) };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : formatAttribute(value);
}
