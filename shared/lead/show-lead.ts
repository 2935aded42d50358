import type { LeadDocument } from './lead-document.ts';
import { presentAttributes, unlessEmpty } from './present-attributes.ts';

/** Names of the attributes to show of a lead and of its account; without them, all. */
interface ShownFields {
  readonly lead: readonly string[];
  readonly account: readonly string[];
}

/** What is known of a lead, without what is empty. */
export function showProfile(document: LeadDocument, fields?: ShownFields) {
  const { leadId, account } = document;
  const engagementLevel = unlessEmpty(document.engagementLevel?.[0]);
  const profileLevel = unlessEmpty(document.profileLevel?.[0]);
  const accountLevel = unlessEmpty(account?.accountLevel);
  return {
    leadId,
    attributes: presentAttributes(document.attributes, fields?.lead),
    ...(engagementLevel !== undefined && { engagementLevel }),
    ...(profileLevel !== undefined && { profileLevel }),
    ...(account && {
      account: {
        accountId: account.accountId,
        attributes: presentAttributes(account.attributes, fields?.account),
        ...(accountLevel !== undefined && { accountLevel }),
      },
    }),
  };
}

/** A lead as the API answers it: its levels with the moment of the latest change that said so. */
export function showLead(document: LeadDocument) {
  const profile = showProfile(document);
  const { engagementLevel, profileLevel, updatedAt } = document;
  return {
    ...profile,
    ...(profile.engagementLevel !== undefined && { engagementLevelAsOf: isoOf(engagementLevel?.[1]) }),
    ...(profile.profileLevel !== undefined && { profileLevelAsOf: isoOf(profileLevel?.[1]) }),
    updatedAt: isoOf(updatedAt),
  };
}

const isoOf = (epochMs = 0) => new Date(epochMs).toISOString();
