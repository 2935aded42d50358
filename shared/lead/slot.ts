import { type LeadDocument, leadFieldOf, leadIdField, own } from './lead-document.ts';

/**
 * One thing of a lead that rules read: `lead:NAME` (an attribute, or `lead:leadId`, which never changes), `account:NAME`, `engagement_level`, `profile_level`, `account_level`,
 * or `event:CONDITION_ID`.
 */
export type Slot = string;

/** Reads a slot's value from a document. Event slots have none: their conditions are asked of the evaluation's subject. */
export function slotReader(slot: Slot): (document: LeadDocument) => unknown {
  if (slot === 'engagement_level') return ({ engagementLevel }) => engagementLevel?.[0] ?? undefined;
  if (slot === 'profile_level') return ({ profileLevel }) => profileLevel?.[0] ?? undefined;
  if (slot === 'account_level') return ({ account }) => account?.accountLevel;
  const name = slot.slice(slot.indexOf(':') + 1);
  // Only a few names are inherited by every object; for all others the plain read is the same, and faster.
  const isInherited = name in Object.prototype;
  if (slot.startsWith('lead:')) {
    const isPlain = !isInherited && name !== leadIdField;
    return isPlain ? ({ attributes }) => attributes[name] : (document) => leadFieldOf(document, name);
  }
  if (slot.startsWith('account:')) {
    return isInherited
      ? ({ account }) => account && own(account.attributes, name)
      : ({ account }) => account?.attributes[name];
  }
  return () => undefined;
}
