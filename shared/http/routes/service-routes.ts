import { contractSchema, deadLettersSchema, healthSchema } from '../answer.ts';
import { defineRoute } from '../route.ts';

/** How the service is, and what it can do. */
export const serviceRoutes = {
  getHealth: defineRoute({
    method: 'GET',
    path: '/health',
    summary: 'How fresh everything is',
    who: 'readers',
    answers: { 200: healthSchema },
  }),
  getDeadLetters: defineRoute({
    method: 'GET',
    path: '/health/dead-letters',
    summary: 'The messages that were given up, by queue and reason',
    who: 'readers',
    answers: { 200: deadLettersSchema },
  }),
  getOpenapi: defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This contract',
    who: 'readers',
    hasEtag: true,
    mayBeStored: true,
    answers: { 200: contractSchema },
  }),
};
