import { previewAnswerSchema } from '../answer.ts';
import { previewSchema } from '../body-schemas.ts';
import { defineRoute } from '../route.ts';
import { isGerman, readPricing } from '../rule-examples.ts';

/** What rules would do before they are saved. */
export const previewRoutes = {
  previewRules: defineRoute({
    method: 'POST',
    path: '/preview',
    summary: 'Who would match pending rules',
    who: 'readers',
    body: previewSchema,
    example: { rules: [isGerman, readPricing], sampleSize: 5 },
    answers: { 200: previewAnswerSchema },
    problems: ['not_found', 'referred_segment_inactive', 'read_budget_spent'],
  }),
  getPreview: defineRoute({
    method: 'GET',
    path: '/previews/{previewId}',
    summary: 'A preview that is still being counted',
    who: 'readers',
    answers: { 200: previewAnswerSchema },
    problems: ['not_found'],
  }),
  deletePreview: defineRoute({
    method: 'DELETE',
    path: '/previews/{previewId}',
    summary: 'Ends a preview that is still being counted',
    who: 'readers',
    answers: { 204: 'nothing' },
    problems: ['not_found'],
  }),
};
