import { cursorOf, fromPosition } from '../../shared/http/pages.ts';
import type { leadRoutes } from '../../shared/http/routes/lead-routes.ts';
import { leadIdSchema } from '../../shared/lead/change.ts';
import { findLeads, type LeadPosition } from '../../shared/lead/find-leads.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { showLead } from '../../shared/lead/show-lead.ts';
import { explain } from '../../shared/membership/explanation.ts';
import { segmentsOfLead } from '../../shared/membership/lead-segments.ts';
import { eventsToRead } from '../../shared/membership/stored-subject.ts';
import { leadMatcher } from '../../shared/preview/lead-matcher.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { displayOf, isShownWith } from '../../shared/vocabulary/display.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';
import { evaluateOrRefuse, refuseWithoutRoom } from './change-memberships.ts';
import { findShownLeads } from './find-shown-leads.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { listLeadEvents } from './list-lead-events.ts';
import { refuseUnknownSegments } from './refuse-unknown-segments.ts';
import { leadOr404 } from './stored-or-404.ts';

/** What answers the routes of leads. */
export function leadHandlers(world: ApiWorld): HandlersOf<typeof leadRoutes> {
  const { leads, catalog, events, transitions, display, now } = world;
  const shower = async () => {
    const shownBy = await display.fields();
    return (document: LeadDocument) => ({ ...showLead(document), ...displayOf(document.attributes, shownBy) });
  };
  /** A page of leads, each as `GET /leads/{leadId}` answers it. */
  const leadPage = async (page: { leads: readonly LeadDocument[]; next?: LeadPosition }) => {
    const cursor = page.next && { cursor: cursorOf(page.next) };
    return { status: 200 as const, body: { leads: page.leads.map(await shower()), ...cursor } };
  };

  return {
    listLeads: async ({ query }) => {
      const { limit, cursor, q } = query();
      if (q !== undefined) return leadPage(await findShownLeads(world, q, cursor && fromPosition(cursor), limit));
      return leadPage(await findLeads({ pages: leads.page, isTimeUp: answerSoon(now) }, fromPosition(cursor), limit));
    },

    searchLeads: async ({ body }) => {
      const { match, rules, q, limit, cursor } = body();
      const current = await catalog.current();
      refuseUnknownSegments(rules, current.known);
      if (rules.length === 0) return leadPage({ leads: [] });
      const question = { match, rules, now: now(), context: current.context };
      const { select } = leadMatcher({ catalog, eventPages: events.pagesFrom }, question, current);
      const isShown = q === undefined ? () => true : isShownWith(q, await display.fields());
      const ports = {
        pages: leads.page,
        select: (shard: string, page: readonly LeadDocument[]) => select(shard, page.filter(isShown)),
        isTimeUp: answerSoon(now),
      };
      return leadPage(await findLeads(ports, fromPosition(cursor), limit));
    },

    getLead: async ({ part }) => {
      const [document, show] = await Promise.all([leadOr404(world, part('leadId')), shower()]);
      return { status: 200, body: show(document) };
    },

    deleteLead: async ({ part, query }) => {
      const { keepOut: keepsOut } = query();
      const { data: possibleId } = leadIdSchema.safeParse(part('leadId'));
      // Whoever is to be kept out, or no more, need not be there.
      const mustBeThere = keepsOut === undefined || possibleId === undefined;
      const leadId = mustBeThere ? (await leadOr404(world, part('leadId'))).leadId : possibleId;
      const outcomes = await evaluateOrRefuse(world, [{ leadId, deletes: true, keepsOut }]);
      refuseWithoutRoom(outcomes.get(leadId));
      return { status: 204 };
    },

    listLeadSegments: async ({ part }) => {
      const [document, current] = await Promise.all([leadOr404(world, part('leadId')), catalog.current()]);
      return { status: 200, body: { segments: segmentsOfLead(document, current) } };
    },

    explainMembership: async ({ part }) => {
      const segmentId = part('segmentId');
      const [document, current] = await Promise.all([leadOr404(world, part('leadId')), catalog.current()]);
      const segment = current.known.get(segmentId);
      if (!segment) throw notFound('segment', segmentId);
      const moment = Math.max(now(), document.evaluatedAt);
      const read = await Promise.all(
        eventsToRead(document, segment.rules, current).map(
          async ({ condition, n }) =>
            [condition.key, await events.read(document.leadId, condition, n, moment)] as const,
        ),
      );
      return { status: 200, body: explain(document, segment, current, new Map(read), moment) };
    },

    listLeadEvents: async ({ part, query }) => {
      const asked = query();
      return { status: 200, body: await listLeadEvents(world, await leadOr404(world, part('leadId')), asked) };
    },

    listTimeline: async ({ part, query }) => {
      const { limit, cursor } = query();
      const [{ leadId }, { known }] = await Promise.all([leadOr404(world, part('leadId')), catalog.current()]);
      const page = await transitions.ofLead(leadId, cursor?.before, limit);
      const shown = page.transitions.map(({ segmentId, segmentName, sequence, occurredAt, ...transition }) => ({
        type: sequence % 2 === 1 ? ('entered' as const) : ('exited' as const),
        // By its name of today; a deleted segment by the one it had.
        segment: { id: segmentId, name: known.get(segmentId)?.name ?? segmentName },
        sequence,
        occurredAt: new Date(occurredAt).toISOString(),
        reason: transition.reason,
        cause: transition.cause,
        revision: transition.revision,
        ...(transition.silent && { silent: transition.silent }),
      }));
      const next = page.next === undefined ? {} : { cursor: cursorOf({ before: page.next }) };
      return { status: 200, body: { transitions: shown, ...next } };
    },
  };
}
