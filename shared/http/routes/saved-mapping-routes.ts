import { z } from 'zod';
import { importMappingSchema } from '../../import/mapping.ts';
import { pageOf } from '../answer-parts.ts';
import { exampleMapping, listedMappingSchema, savedMappingSchema } from '../import-answers.ts';
import { paged } from '../parameters.ts';
import { defineRoute } from '../route.ts';

/** How mappings can be called. */
export const mappingNamePattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.-]{0,79}$/u;

/** A place in the list of saved mappings: after this one. */
const mappingPositionSchema = z.object({ after: z.string().regex(mappingNamePattern) });

/** Mappings of files that come again. */
export const savedMappingRoutes = {
  listMappings: defineRoute({
    method: 'GET',
    path: '/import-mappings',
    summary: 'The saved mappings, by name',
    who: 'readers',
    query: z.object(paged(mappingPositionSchema)),
    answers: { 200: pageOf('mappings', listedMappingSchema) },
  }),
  getMapping: defineRoute({
    method: 'GET',
    path: '/import-mappings/{name}',
    summary: 'A saved mapping',
    who: 'readers',
    answers: { 200: savedMappingSchema },
    problems: ['not_found'],
  }),
  saveMapping: defineRoute({
    method: 'PUT',
    path: '/import-mappings/{name}',
    summary: 'Saves a mapping under a name, in place of another one',
    who: 'writers',
    body: importMappingSchema,
    example: exampleMapping,
    answers: { 200: savedMappingSchema },
  }),
  deleteMapping: defineRoute({
    method: 'DELETE',
    path: '/import-mappings/{name}',
    summary: 'Forgets a saved mapping',
    who: 'writers',
    answers: { 204: 'nothing' },
    problems: ['not_found'],
  }),
};
