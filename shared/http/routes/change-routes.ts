import { sentChangesAnswerSchema } from '../answer.ts';
import { sendChangesSchema } from '../body-schemas.ts';
import { defineRoute } from '../route.ts';

/** What upstream systems say of leads and accounts, for those that cannot send to the queues. */
export const changeRoutes = {
  sendChanges: defineRoute({
    method: 'POST',
    path: '/changes',
    summary: 'Queues changes of leads and accounts',
    who: 'writers',
    body: sendChangesSchema,
    answers: { 202: sentChangesAnswerSchema },
    problems: ['queues_unavailable'],
  }),
};
