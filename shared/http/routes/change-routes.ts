import { sentChangesAnswerSchema } from '../answer.ts';
import { sendChangesSchema } from '../body-schemas.ts';
import { defineRoute } from '../route.ts';

const occurredAt = '2026-05-04T09:30:00.000Z';

/** What upstream systems say of leads and accounts, for those that cannot send to the queues. */
export const changeRoutes = {
  sendChanges: defineRoute({
    method: 'POST',
    path: '/changes',
    summary: 'Queues changes of leads and accounts',
    who: 'writers',
    body: sendChangesSchema,
    example: {
      changes: [
        { kind: 'profile_change', leadId: 'lead-42', occurredAt, accountId: 'acme', attributes: { country: 'DE' } },
        { kind: 'level_change', leadId: 'lead-42', occurredAt, engagementLevel: 'Hot' },
        {
          ...{ kind: 'lead_event', leadId: 'lead-42', eventId: 'e-1', eventType: 'Page View', occurredAt },
          metadata: { path: '/pricing' },
        },
        { kind: 'account_change', accountId: 'acme', occurredAt, accountLevel: 'Target' },
      ],
    },
    answers: { 202: sentChangesAnswerSchema },
    problems: ['queues_unavailable'],
  }),
};
