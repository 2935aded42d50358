import type { Value } from '../rule/value.ts';
import { closed, type EntryText, entryKey, entryOf, entryText, readEntries } from './entry-text.ts';
import { type AccountCopy, type LeadDocument, put } from './lead-document.ts';

/** What a document says the lead is: attributes, levels, its account and whether it is deleted. */
export type LeadFacts = Pick<
  LeadDocument,
  'attributes' | 'engagementLevel' | 'profileLevel' | 'account' | 'deletedAt' | 'isDeleted'
>;

// Names that begin with @ are ours; an attribute's own @ is doubled.
const nameOf = (attribute: string) => (attribute.startsWith('@') ? `@${attribute}` : attribute);
const accountPrefix = '@account.';

/** What the lead is, as one text: all that rules on its fields and levels read, without when each was set. */
export function leadText(document: LeadDocument): EntryText {
  const { attributes, engagementLevel, profileLevel, account, deletedAt, isDeleted } = document;
  let text = '';
  if (deletedAt !== undefined) text += entryText('@deletedAt', deletedAt);
  if (isDeleted) text += entryText('@isDeleted', isDeleted);
  if (engagementLevel) text += entryText('@engagement', engagementLevel[0]);
  if (profileLevel) text += entryText('@profile', profileLevel[0]);
  for (const name of Object.keys(attributes)) text += entryText(nameOf(name), attributes[name]);
  if (account) {
    text += entryText('@account', account.accountId) + entryText('@accountVersion', account.version);
    if (account.accountLevel !== undefined) text += entryText('@accountLevel', account.accountLevel);
    for (const name of Object.keys(account.attributes)) {
      text += entryText(`${accountPrefix}${name}`, account.attributes[name]);
    }
  }
  return closed(text);
}

/** When the levels were set (epoch ms), which is kept apart from the text. */
export interface LevelMoments {
  readonly engagementSetAt?: number;
  readonly profileSetAt?: number;
}

/** Facts in the making: one object, filled in place, since there is one for each of all leads that are read. */
type FillingFacts = { -readonly [Name in keyof LeadFacts]: LeadFacts[Name] };

/** Sets all that the text says in a document that has nothing of it yet. */
export function readLeadText(document: FillingFacts, text: EntryText, moments: LevelMoments): void {
  const attributes: Record<string, Value | null> = {};
  const accountAttributes: Record<string, Value> = {};
  readEntries<Value>(text, (name, value) => {
    if (!name.startsWith('@')) put(attributes, name, value);
    else if (name.startsWith('@@')) put(attributes, name.slice(1), value);
    else if (name.startsWith(accountPrefix)) put(accountAttributes, name.slice(accountPrefix.length), value);
  });
  document.attributes = attributes;
  fillIn(document, text, accountAttributes, moments);
}

const noMoments: LevelMoments = {};

/**
 * A reader of just those attributes, beside levels, account and deletion: several times faster than reading all. It sets
 * what the text says in a document that has nothing of it yet.
 */
export function leadTextReader(
  attributes: readonly string[],
  accountAttributes: readonly string[],
): (document: FillingFacts, text: EntryText) => void {
  const leadFields = attributes.map((name) => ({ name, key: entryKey(nameOf(name)) }));
  const accountFields = accountAttributes.map((name) => ({ name, key: entryKey(`${accountPrefix}${name}`) }));
  return (document, text) => {
    document.attributes = pick(text, leadFields);
    fillIn(document, text, pick(text, accountFields), noMoments);
  };
}

function pick(text: EntryText, fields: readonly { name: string; key: string }[]): Record<string, Value> {
  const picked: Record<string, Value> = {};
  for (const { name, key } of fields) {
    const value = entryOf<Value>(text, key);
    if (value !== undefined) put(picked, name, value);
  }
  return picked;
}

function fillIn(
  facts: FillingFacts,
  text: EntryText,
  accountAttributes: AccountCopy['attributes'],
  { engagementSetAt = 0, profileSetAt = 0 }: LevelMoments,
): void {
  const engagement = entryOf<string | null>(text, '|@engagement');
  const profile = entryOf<string | null>(text, '|@profile');
  const accountId = entryOf<string>(text, '|@account');
  if (engagement !== undefined) facts.engagementLevel = [engagement, engagementSetAt];
  if (profile !== undefined) facts.profileLevel = [profile, profileSetAt];
  if (accountId !== undefined) facts.account = accountOf(text, accountId, accountAttributes);
  if (!text.startsWith('|@deletedAt')) return;
  const deletedAt = entryOf<number>(text, '|@deletedAt');
  const isDeleted = entryOf<true>(text, '|@isDeleted');
  if (deletedAt !== undefined) facts.deletedAt = deletedAt;
  if (isDeleted) facts.isDeleted = isDeleted;
}

function accountOf(text: EntryText, accountId: string, attributes: AccountCopy['attributes']): AccountCopy {
  const accountLevel = entryOf<string>(text, '|@accountLevel');
  const version = entryOf<number>(text, '|@accountVersion') ?? 0;
  return { accountId, version, attributes, ...(accountLevel !== undefined && { accountLevel }) };
}
