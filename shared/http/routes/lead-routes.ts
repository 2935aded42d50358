import { z } from 'zod';
import { outsideId } from '../../id/outside-id.ts';
import { eventTypeSchema } from '../../rule/text-schema.ts';
import {
  explanationSchema,
  leadEventSchema,
  leadSchema,
  leadSegmentsSchema,
  timelineTransitionSchema,
} from '../answer.ts';
import { pageOf } from '../answer-parts.ts';
import { searchSchema } from '../body-schemas.ts';
import { memberListParameters } from '../member-list.ts';
import { shardPositionSchema } from '../pages.ts';
import { eventType, keepOut, paged } from '../parameters.ts';
import { defineRoute } from '../route.ts';
import { isGerman } from '../rule-examples.ts';

/** A place in the list of a lead's events: after this one. `occurredAt`: epoch ms. */
const eventPositionSchema = z.object({
  eventType: eventTypeSchema,
  eventId: outsideId,
  occurredAt: z.int().min(0).max(8.64e15),
});

/** Leads, the segments they are in, and why. */
export const leadRoutes = {
  listLeads: defineRoute({
    method: 'GET',
    path: '/leads',
    summary: 'Lists leads, or those with a text in their name, e-mail address or id',
    who: 'readers',
    query: z.object({ ...paged(shardPositionSchema), q: memberListParameters.q }),
    answers: { 200: pageOf('leads', leadSchema) },
  }),
  searchLeads: defineRoute({
    method: 'POST',
    path: '/leads/search',
    summary: 'The leads that match rules',
    who: 'readers',
    body: searchSchema,
    example: { rules: [isGerman], limit: 20 },
    answers: { 200: pageOf('leads', leadSchema) },
  }),
  getLead: defineRoute({
    method: 'GET',
    path: '/leads/{leadId}',
    summary: 'One lead',
    who: 'readers',
    answers: { 200: leadSchema },
    problems: ['not_found'],
  }),
  deleteLead: defineRoute({
    method: 'DELETE',
    path: '/leads/{leadId}',
    summary: 'Deletes a lead, with what is known of it',
    who: 'writers',
    query: z.object({ keepOut }),
    answers: { 204: 'nothing' },
    problems: ['not_found', 'lead_too_large', 'leads_busy'],
  }),
  listLeadSegments: defineRoute({
    method: 'GET',
    path: '/leads/{leadId}/segments',
    summary: 'The segments a lead is in',
    who: 'readers',
    answers: { 200: leadSegmentsSchema },
    problems: ['not_found'],
  }),
  explainMembership: defineRoute({
    method: 'GET',
    path: '/leads/{leadId}/segments/{segmentId}/explanation',
    summary: 'Why a lead is in a segment, or is not',
    who: 'readers',
    answers: { 200: explanationSchema },
    problems: ['not_found'],
  }),
  listLeadEvents: defineRoute({
    method: 'GET',
    path: '/leads/{leadId}/events',
    summary: 'The events of a lead, newest first',
    who: 'readers',
    query: z.object({ ...paged(eventPositionSchema), eventType }),
    answers: { 200: pageOf('events', leadEventSchema) },
    problems: ['not_found'],
  }),
  listTimeline: defineRoute({
    method: 'GET',
    path: '/leads/{leadId}/timeline',
    summary: 'The entries and exits of a lead, newest first',
    who: 'readers',
    query: z.object(paged(z.object({ before: z.string().regex(/^[!-~]{1,300}$/) }))),
    answers: { 200: pageOf('transitions', timelineTransitionSchema) },
    problems: ['not_found'],
  }),
};
