import { z } from 'zod';
import { importMappingSchema } from '../../import/mapping.ts';
import { pageOf } from '../answer-parts.ts';
import {
  createImportSchema,
  exampleMapping,
  importSchema,
  inspectImportSchema,
  listedImportSchema,
  refusedRowsSchema,
  startImportSchema,
} from '../import-answers.ts';
import { paged } from '../parameters.ts';
import { defineRoute } from '../route.ts';

/** How the ids of imports look. */
export const importIdPattern = /^imp_[0-9A-Z]{26}$/;

/** A place in the list of imports: after this one. */
const importPositionSchema = z.object({ after: z.string().regex(importIdPattern) });

/** Files whose rows become changes. */
export const importRoutes = {
  createImport: defineRoute({
    method: 'POST',
    path: '/imports',
    summary: 'Begins an import, and answers where to put its file',
    who: 'writers',
    body: createImportSchema,
    example: { fileName: 'contacts.csv' },
    answers: { 201: importSchema },
  }),
  listImports: defineRoute({
    method: 'GET',
    path: '/imports',
    summary: 'The imports of the last 30 days, newest first',
    who: 'readers',
    query: z.object(paged(importPositionSchema)),
    answers: { 200: pageOf('imports', listedImportSchema) },
  }),
  getImport: defineRoute({
    method: 'GET',
    path: '/imports/{importId}',
    summary: 'How far an import is: what is in its file, its mapping, progress and result',
    who: 'readers',
    answers: { 200: importSchema },
    problems: ['not_found'],
  }),
  inspectImport: defineRoute({
    method: 'POST',
    path: '/imports/{importId}/inspect',
    summary: 'Has the file looked at that was uploaded',
    who: 'writers',
    body: inspectImportSchema,
    example: { encoding: 'windows-1252', separator: ';' },
    bodyMayBeMissing: true,
    answers: { 202: importSchema },
    problems: ['not_found', 'import_state'],
  }),
  mapImport: defineRoute({
    method: 'PUT',
    path: '/imports/{importId}/mapping',
    summary: 'Says what the columns of the file become',
    who: 'writers',
    body: importMappingSchema,
    example: exampleMapping,
    answers: { 200: importSchema },
    problems: ['not_found', 'import_state'],
  }),
  tryImport: defineRoute({
    method: 'POST',
    path: '/imports/{importId}/dry-run',
    summary: 'Tries an import: what it would do, and who would enter and leave which segments',
    who: 'writers',
    answers: { 202: importSchema },
    problems: ['not_found', 'import_state'],
  }),
  startImport: defineRoute({
    method: 'POST',
    path: '/imports/{importId}/start',
    summary: 'Sends the rows to the queues of changes',
    who: 'writers',
    body: startImportSchema,
    example: { mappingName: 'Webinar attendees' },
    bodyMayBeMissing: true,
    answers: { 202: importSchema },
    problems: ['not_found', 'import_state', 'segment_inactive'],
  }),
  cancelImport: defineRoute({
    method: 'POST',
    path: '/imports/{importId}/cancel',
    summary: 'Stops an import; what was sent stays sent',
    who: 'writers',
    answers: { 202: importSchema },
    problems: ['not_found', 'import_state'],
  }),
  getRefusedRows: defineRoute({
    method: 'GET',
    path: '/imports/{importId}/refused',
    summary: 'Where the rows are that were refused or lost a cell, as CSV with the reason',
    who: 'readers',
    answers: { 200: refusedRowsSchema },
    problems: ['not_found'],
  }),
};
