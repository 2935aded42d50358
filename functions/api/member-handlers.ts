import type { Segment } from '../../shared/catalog/segment.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import type { memberRoutes } from '../../shared/http/routes/member-routes.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import { invalid, notFound } from '../../shared/problem/problem.ts';
import { lastDays } from '../../shared/projection/activity.ts';
import { type MemberPages, overlapOf } from '../../shared/projection/overlap.ts';
import { displayOf } from '../../shared/vocabulary/display.ts';
import type { ApiWorld } from './api-world.ts';
import { changeMemberships, refuseWithoutRoom } from './change-memberships.ts';
import { exportMembers } from './export-members.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { listMembers } from './list-members.ts';
import { lookUpMemberships } from './lookup-memberships.ts';
import { leadOr404, segmentOr404 } from './stored-or-404.ts';

/** How long (s) the address of an export's file holds. */
const urlSeconds = 3_600;
const exportIdPattern = /^exp_[0-9A-Z]{26}$/;

/** What answers the routes of members. */
export function memberHandlers(world: ApiWorld): HandlersOf<typeof memberRoutes> {
  const { memberships, activity, leadTotal, exportJobs, exportFiles } = world;
  /** An inactive segment is frozen: it counts no members. */
  const pagesOf = ({ id, active }: Segment): MemberPages =>
    active ? (from, limit) => memberships.members(id, from, limit) : async () => ({ members: [] });

  /** What people know leads by, of which some may be gone by now. */
  const displayOfLeads = async (leadIds: readonly string[]) => {
    const [documents, shownBy] = await Promise.all([world.leads.read(leadIds), world.display.fields()]);
    return (leadId: string) => displayOf(documents.get(leadId)?.attributes ?? {}, shownBy);
  };

  return {
    getActivity: async ({ part, query }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      const { limit, cursor, days: count, since, until, display: isDisplayed } = query();
      const span = { ...(since !== undefined && { from: since }), ...(until !== undefined && { until: until - 1 }) };
      const [days, page] = await Promise.all([
        activity.days(segment.id, lastDays(count, world.now())),
        activity.transitions(segment.id, cursor, limit, span),
      ]);
      const displayed = isDisplayed ? await displayOfLeads(page.transitions.map(({ leadId }) => leadId)) : undefined;
      const transitions = page.transitions.map(({ leadId, transition }) => ({
        leadId,
        ...displayed?.(leadId),
        occurredAt: new Date(transition.occurredAt).toISOString(),
        type: transition.sequence % 2 === 1 ? ('entered' as const) : ('exited' as const),
        sequence: transition.sequence,
        reason: transition.reason,
        cause: transition.cause,
        ...(transition.silent && { silent: transition.silent }),
      }));
      return { status: 200, body: { days, transitions, ...(page.next && { cursor: cursorOf(page.next) }) } };
    },

    listMembers: async ({ part, query }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      return { status: 200, body: await listMembers(world, segment, query()) };
    },

    changeMembers: async ({ part, body, author }) => {
      const { leadIds, action, reason } = body();
      const segment = await segmentOr404(world, part('segmentId'));
      const outcomes = await changeMemberships(world, segment, leadIds, { kind: action, author, reason });
      const answered = new Set<string>();
      const results = leadIds.map((leadId) => {
        if (answered.has(leadId)) return { leadId, result: 'repeated' as const };
        answered.add(leadId);
        return { leadId, ...resultOf(outcomes.get(leadId), segment.id) };
      });
      return { status: 200, body: { results } };
    },

    removeMember: async ({ part, query, author }) => {
      const { exclude, reason } = query();
      const segment = await segmentOr404(world, part('segmentId'));
      const { leadId } = await leadOr404(world, part('leadId'));
      const kind = exclude ? 'excluded' : 'removed';
      const outcome = (await changeMemberships(world, segment, [leadId], { kind, author, reason })).get(leadId);
      refuseWithoutRoom(outcome);
      if (outcome?.manualResult?.refused) throw notFound('lead', leadId);
      return { status: 204 };
    },

    lookUpMemberships: async ({ body }) => ({ status: 200, body: await lookUpMemberships(world, body()) }),

    compareSegments: async ({ part, query }) => {
      const segmentId = part('segmentId');
      const { with: otherId } = query();
      if (otherId === segmentId)
        throw invalid([{ path: '/with', code: 'self_reference', message: 'must name another segment' }]);
      const [here, there] = await Promise.all([segmentOr404(world, segmentId), segmentOr404(world, otherId)]);
      const [regions, leads] = await Promise.all([overlapOf([here, there].map(pagesOf)), leadTotal.read()]);
      const [onlyHere, onlyThere, both] = regions.map((region) => region.leads) as [number, number, number];
      return { status: 200, body: { segmentId: here.id, with: there.id, onlyHere, onlyThere, both, of: leads } };
    },

    compareManySegments: async ({ query }) => {
      const { segmentIds } = query();
      const segments = await Promise.all(segmentIds.map((id) => segmentOr404(world, id)));
      const [regions, of] = await Promise.all([overlapOf(segments.map(pagesOf)), leadTotal.read()]);
      const named = regions.map(({ places, leads }) => ({
        segmentIds: places.map((place) => segmentIds[place]!),
        leads,
      }));
      return { status: 200, body: { segmentIds, regions: named, of } };
    },

    exportSegment: async ({ part, query }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      return exportMembers(world, segment, query());
    },

    getExport: async ({ part }) => {
      const asked = part('exportId');
      const job = exportIdPattern.test(asked) ? await exportJobs.get(asked) : undefined;
      if (!job) throw notFound('export', asked);
      const { exportId, segmentId, format = 'csv', state, rows, createdAt, finishedAt, reason } = job;
      const urlExpiresAt = new Date(world.now() + urlSeconds * 1_000).toISOString();
      const file = state === 'done' ? { url: await exportFiles.signedUrl(job, urlSeconds), urlExpiresAt } : {};
      const ending = { ...(finishedAt !== undefined && { finishedAt }), ...(reason !== undefined && { reason }) };
      return { status: 200, body: { exportId, segmentId, format, state, rows, createdAt, ...ending, ...file } };
    },
  };
}

function resultOf(outcome: LeadOutcome | undefined, segmentId: string) {
  if (outcome?.refused) return { result: 'refused' as const, detail: outcome.refused };
  const done = outcome?.manualResult;
  if (!done || done.refused) return { result: 'unknown_lead' as const };
  return {
    result: done.isDone ? ('done' as const) : ('unchanged' as const),
    member: outcome.document !== undefined && isMember(outcome.document, segmentId),
    wasMember: done.wasMember,
    ...(done.wasExcluded && { wasExcluded: true as const }),
  };
}
