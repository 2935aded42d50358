import type { ExportForm } from './export.ts';
import type { ExportedMember } from './exported-member.ts';
import { createTextEncoder, type MemberEncoder } from './member-encoder.ts';

/** Encodes each member as a line of JSON, with the types that values have; what is empty is left out. */
export function createJsonLinesEncoder(form: ExportForm, kept: Uint8Array = new Uint8Array()): MemberEncoder {
  const lineOf = (member: ExportedMember) => `${JSON.stringify(shownMember(member, form))}\n`;
  return createTextEncoder(kept, (members) => members.map(lineOf).join(''));
}

function shownMember(
  { attributes, memberSince, since, ...member }: ExportedMember,
  { fields, labels = fields, segments }: ExportForm,
) {
  const { leadId, ...rest } = member;
  return {
    leadId,
    since: new Date(since).toISOString(),
    ...rest,
    attributes: Object.fromEntries(labels.map((name, index) => [name, attributes[index]])),
    ...(segments && {
      segments: Object.fromEntries(segments.map(({ id }, index) => [id, shownMembership(memberSince[index])])),
    }),
  };
}

function shownMembership(since: number | undefined) {
  return since === undefined ? { member: false } : { member: true, since: new Date(since).toISOString() };
}
