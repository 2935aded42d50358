import { z } from 'zod';
import { saveDisplaySchema } from '../../vocabulary/display.ts';
import { saveHiddenSchema } from '../../vocabulary/hidden.ts';
import { saveLevelsSchema } from '../../vocabulary/levels.ts';
import {
  displayAnswerSchema,
  hiddenAnswerSchema,
  levelsAnswerSchema,
  valueCountsSchema,
  vocabularySchema,
} from '../answer.ts';
import { countedField } from '../parameters.ts';
import { defineRoute } from '../route.ts';
import { templatesSchema } from '../segment-answers.ts';

/** What rules can be made of. */
export const vocabularyRoutes = {
  getVocabulary: defineRoute({
    method: 'GET',
    path: '/vocabulary',
    summary: 'Fields, event types and levels that rules can use',
    who: 'readers',
    hasEtag: true,
    answers: { 200: vocabularySchema },
  }),
  countValues: defineRoute({
    method: 'GET',
    path: '/vocabulary/values',
    summary: 'The values of a field, and how many leads have each',
    who: 'readers',
    query: z.object({ field: countedField }),
    answers: { 200: valueCountsSchema },
    problems: ['read_budget_spent'],
  }),
  saveLevels: defineRoute({
    method: 'PUT',
    path: '/vocabulary/levels/{kind}',
    summary: 'Sets level names and their order',
    who: 'writers',
    takesIfMatch: true,
    body: saveLevelsSchema,
    example: { levels: ['Cold', 'Warm', 'Hot', 'Very Hot'] },
    answers: { 200: levelsAnswerSchema },
    problems: ['not_found', 'too_many_saves'],
  }),
  saveHidden: defineRoute({
    method: 'PUT',
    path: '/vocabulary/hidden',
    summary: 'Sets which fields and event types are not offered',
    who: 'writers',
    takesIfMatch: true,
    body: saveHiddenSchema,
    example: { hidden: ['lead:contry'] },
    answers: { 200: hiddenAnswerSchema },
    problems: ['too_many_saves'],
  }),
  saveDisplay: defineRoute({
    method: 'PUT',
    path: '/vocabulary/display',
    summary: 'Sets by which attributes people know a lead',
    who: 'writers',
    takesIfMatch: true,
    body: saveDisplaySchema,
    example: { name: ['first_name', 'last_name'], email: 'email' },
    answers: { 200: displayAnswerSchema },
    problems: ['too_many_saves'],
  }),
  listTemplates: defineRoute({
    method: 'GET',
    path: '/templates',
    summary: 'Common segments, ready to create',
    who: 'readers',
    hasEtag: true,
    mayBeStored: true,
    answers: { 200: templatesSchema },
  }),
};
