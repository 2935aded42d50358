import { type LeadDocument, own } from '../lead/lead-document.ts';
import { leafRules, type Rule } from '../rule/rule.ts';
import type { Value } from '../rule/value.ts';

/** One lead of a preview, with what the rules mention. */
export interface PreviewLead {
  readonly leadId: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly engagementLevel?: string;
  readonly profileLevel?: string;
  readonly account?: {
    readonly accountId: string;
    readonly attributes: Readonly<Record<string, Value>>;
    readonly accountLevel?: string;
  };
}

/** The attributes that rules mention, wherever they are nested. */
export function mentionedFields(rules: readonly Rule[], type: 'lead_metadata' | 'account_metadata'): string[] {
  return [...new Set(leafRules(rules).flatMap((rule) => (rule.type === type ? [rule.field] : [])))];
}

/** Shows leads with the attributes that the rules mention. */
export function leadShower(rules: readonly Rule[]): (document: LeadDocument) => PreviewLead {
  const leadFields = mentionedFields(rules, 'lead_metadata');
  const accountFields = mentionedFields(rules, 'account_metadata');
  return ({ leadId, attributes, engagementLevel, profileLevel, account }) => ({
    leadId,
    attributes: pick(attributes, leadFields),
    ...(engagementLevel?.[0] && { engagementLevel: engagementLevel[0] }),
    ...(profileLevel?.[0] && { profileLevel: profileLevel[0] }),
    ...(account && {
      account: {
        accountId: account.accountId,
        attributes: pick(account.attributes, accountFields),
        ...(account.accountLevel !== undefined && { accountLevel: account.accountLevel }),
      },
    }),
  });
}

function pick(record: Readonly<Record<string, Value | null>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = own(record, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}
