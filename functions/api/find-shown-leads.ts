import { leadIdSchema } from '../../shared/lead/change.ts';
import { findLeads, type LeadPosition } from '../../shared/lead/find-leads.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { isShownWith } from '../../shared/vocabulary/display.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';

/** Leads or members that a search by a text looks at by one call. */
export const maximumLooked = 5_000;

/**
 * A page of the leads that have the text in their name, e-mail address or id, however it is written; short when not all are
 * looked at in time. On the first page, without `cursor`, the lead whose id it is comes first, wherever it is stored.
 */
export async function findShownLeads(
  world: ApiWorld,
  text: string,
  cursor: LeadPosition | undefined,
  limit: number,
): Promise<{ leads: readonly LeadDocument[]; next?: LeadPosition }> {
  const { leads, display, now } = world;
  const [shownBy, named] = await Promise.all([display.fields(), cursor ? [] : leadCalled(world, text)]);
  const from = cursor ?? { shard: 0 };
  if (named.length === limit) return { leads: named, next: from };
  const isShown = isShownWith(text, shownBy);
  const select = async (_shard: string, page: readonly LeadDocument[]) =>
    page.filter((lead) => lead.leadId !== text && isShown(lead));
  const ports = { pages: leads.page, select, readsAtMost: maximumLooked, isTimeUp: answerSoon(now) };
  const page = await findLeads(ports, from, limit - named.length);
  return { ...page, leads: [...named, ...page.leads] };
}

/** The lead of exactly that id, if there is one. */
async function leadCalled({ leads }: Pick<ApiWorld, 'leads'>, text: string): Promise<LeadDocument[]> {
  // What cannot be the id of a lead may be no key for DynamoDB either.
  const { data: leadId } = leadIdSchema.safeParse(text);
  const document = leadId === text ? (await leads.read([leadId])).get(leadId) : undefined;
  return document && !document.isDeleted ? [document] : [];
}
