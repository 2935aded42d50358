import { isMember, type LeadDocument, type MembershipSource, own } from '../lead/lead-document.ts';
import { unlessEmpty } from '../lead/present-attributes.ts';
import type { Value } from '../rule/value.ts';
import type { ExportForm } from './export.ts';

/** A member as every format tells it; what is empty is undefined, moments are epoch ms. */
export interface ExportedMember {
  readonly leadId: string;
  readonly since: number;
  readonly source: MembershipSource;
  readonly engagementLevel: string | undefined;
  readonly profileLevel: string | undefined;
  readonly accountId: string | undefined;
  readonly accountLevel: string | undefined;
  /** In the order of the form's fields. */
  readonly attributes: readonly (Value | undefined)[];
  /** Since when it is in each of the form's segments, in their order; undefined: it is not. */
  readonly memberSince: readonly (number | undefined)[];
}

/**
 * What an export tells of a lead; undefined when it is no member of the segment. An inactive segment is frozen: nobody is
 * told to be in it.
 */
export function exportedMember(
  document: LeadDocument,
  segmentId: string,
  { fields, segments = [] }: Pick<ExportForm, 'fields' | 'segments'>,
  isActive: (segmentId: string) => boolean,
): ExportedMember | undefined {
  const membership = own(document.memberships, segmentId);
  if (!membership || !isMember(document, segmentId)) return undefined;
  const { leadId, engagementLevel, profileLevel, account, attributes, memberships } = document;
  return {
    leadId,
    since: membership.since,
    source: membership.source,
    engagementLevel: unlessEmpty(engagementLevel?.[0]),
    profileLevel: unlessEmpty(profileLevel?.[0]),
    accountId: account?.accountId,
    accountLevel: unlessEmpty(account?.accountLevel),
    attributes: fields.map((field) => unlessEmpty(own(attributes, field))),
    memberSince: segments.map(({ id }) =>
      isActive(id) && isMember(document, id) ? own(memberships, id)?.since : undefined,
    ),
  };
}
