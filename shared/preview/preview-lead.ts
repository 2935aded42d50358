import { type LeadDocument, leadIdField } from '../lead/lead-document.ts';
import { showProfile } from '../lead/show-lead.ts';
import { leafRules, type Rule } from '../rule/rule.ts';
import type { Value } from '../rule/value.ts';
import { type DisplayFields, displayOf, type LeadDisplay } from '../vocabulary/display.ts';

/** One lead of a preview, with what the rules mention. */
export interface PreviewLead extends LeadDisplay {
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

/** The attributes that rules mention, wherever they are nested; a lead's id is none. */
export function mentionedFields(rules: readonly Rule[], type: 'lead_metadata' | 'account_metadata'): string[] {
  const fields = new Set(leafRules(rules).flatMap((rule) => (rule.type === type ? [rule.field] : [])));
  if (type === 'lead_metadata') fields.delete(leadIdField);
  return [...fields];
}

/** Shows leads with the attributes that the rules mention, and what people know them by. */
export function leadShower(
  rules: readonly Rule[],
  display: DisplayFields = { name: [] },
): (document: LeadDocument) => PreviewLead {
  const fields = { lead: mentionedFields(rules, 'lead_metadata'), account: mentionedFields(rules, 'account_metadata') };
  return (document) => ({ ...showProfile(document, fields), ...displayOf(document.attributes, display) });
}
