import type { Segment } from '../../shared/catalog/segment.ts';
import { leadIdSchema } from '../../shared/lead/change.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { notFound } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';

/** The segment, or 404. */
export async function segmentOr404({ segments }: Pick<ApiWorld, 'segments'>, segmentId: string): Promise<Segment> {
  const segment = isPossibleId(segmentId) ? await segments.get(segmentId) : undefined;
  if (!segment) throw notFound('segment', segmentId);
  return segment;
}

/** The lead's document, or 404. */
export async function leadOr404({ leads }: Pick<ApiWorld, 'leads'>, leadId: string): Promise<LeadDocument> {
  // What cannot be the id of a lead may be no key for DynamoDB either.
  const { data: id } = leadIdSchema.safeParse(leadId);
  const document = id === undefined ? undefined : (await leads.read([id])).get(id);
  if (!document || document.isDeleted) throw notFound('lead', leadId);
  return document;
}
