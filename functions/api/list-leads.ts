import { cursorOf, pageRequest, shardPositionSchema } from '../../shared/http/pages.ts';
import { findLeads, type LeadPosition } from '../../shared/lead/find-leads.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { showLead } from '../../shared/lead/show-lead.ts';
import { leads } from './context.ts';
import type { ApiResponse, Route } from './route.ts';

/** API Gateway stops waiting after 30 seconds; a page may be short. */
const budgetMs = 5_000;

/** A clock that says when a list has to answer with what it found. */
export function answerSoon(): () => boolean {
  const startedAt = Date.now();
  return () => Date.now() - startedAt > budgetMs;
}

/** A page of leads, each as `GET /leads/{leadId}` answers it. */
export function leadPage(page: { leads: readonly LeadDocument[]; next?: LeadPosition }): ApiResponse {
  const cursor = page.next && { cursor: cursorOf(page.next) };
  return { status: 200, body: { leads: page.leads.map(showLead), ...cursor } };
}

/** `GET /leads` */
export const listLeads: Route = async ({ query }) => {
  const { limit, position: { shard = 0, after } = {} } = pageRequest(query, shardPositionSchema);
  const from = { shard, ...(after !== undefined && { after }) };
  return leadPage(await findLeads({ pages: leads.page, isTimeUp: answerSoon() }, from, limit));
};
