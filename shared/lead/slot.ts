import { type LeadDocument, own } from './lead-document.ts';

/**
 * One thing of a lead that rules read: `lead:NAME`, `account:NAME`, `engagement_level`, `profile_level`, `account_level`,
 * or `event:CONDITION_ID`.
 */
export type Slot = string;

/** Reads a slot's value from a document. Event slots have none: their conditions are asked of the evaluation's subject. */
export function slotReader(slot: Slot): (document: LeadDocument) => unknown {
  if (slot === 'engagement_level') return ({ engagementLevel }) => engagementLevel?.[0] ?? undefined;
  if (slot === 'profile_level') return ({ profileLevel }) => profileLevel?.[0] ?? undefined;
  if (slot === 'account_level') return ({ account }) => account?.accountLevel;
  const name = slot.slice(slot.indexOf(':') + 1);
  if (slot.startsWith('lead:')) return ({ attributes }) => own(attributes, name);
  if (slot.startsWith('account:')) return ({ account }) => account && own(account.attributes, name);
  return () => undefined;
}
