import { createMemberEncoder } from '../../shared/export/create-encoder.ts';
import type { ExportForm } from '../../shared/export/export.ts';
import { exportColumns } from '../../shared/export/export-columns.ts';
import { type ExportedMember, exportedMember } from '../../shared/export/exported-member.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';

export const since = Date.parse('2026-03-10T12:00:00.000Z');
export const moment = new Date(since).toISOString();
const cause = { kind: 'profile_change', occurredAt: moment } as const;

/** A membership that began then. */
export const asMember = { sequence: 1, since, source: 'rules', reason: 'rules', cause, revision: 1 } as const;

/** A member of `seg_a`. */
export function leadWith(more: Partial<LeadDocument> = {}): LeadDocument {
  return { ...unknownLead('l1'), memberships: { seg_a: asMember }, ...more };
}

/** Those of the leads that are members of `seg_a`, where all segments are active. */
export function exportedMembers(documents: readonly LeadDocument[], form: ExportForm): ExportedMember[] {
  return documents.flatMap((document) => exportedMember(document, 'seg_a', form, () => true) ?? []);
}

/** The cells of a lead's row; undefined when it has none. */
export function cellsOf(document: LeadDocument, form: ExportForm) {
  const [member] = exportedMembers([document], form);
  return member && exportColumns(form).map(({ cell }) => cell(member));
}

/** The whole file of the leads that are members of `seg_a`. */
export function fileOf(documents: readonly LeadDocument[], form: ExportForm): Buffer {
  const encoder = createMemberEncoder(form);
  encoder.add(exportedMembers(documents, form));
  const { content, footer } = encoder.end();
  return Buffer.concat([content, footer]);
}
