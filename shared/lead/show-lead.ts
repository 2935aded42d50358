import { presentAttributes } from '../membership/membership-events.ts';
import type { LeadDocument } from './lead-document.ts';

/** A lead as the API answers it. */
export function showLead(document: LeadDocument) {
  const { leadId, engagementLevel, profileLevel, account, updatedAt } = document;
  return {
    leadId,
    attributes: presentAttributes(document),
    ...(engagementLevel?.[0] && { engagementLevel: engagementLevel[0] }),
    ...(profileLevel?.[0] && { profileLevel: profileLevel[0] }),
    ...(account && {
      account: {
        accountId: account.accountId,
        attributes: account.attributes,
        ...(account.accountLevel !== undefined && { accountLevel: account.accountLevel }),
      },
    }),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
