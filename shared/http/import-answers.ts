import { z } from 'zod';
import { importStates } from '../import/import-job.ts';
import { type ImportMapping, importMappingSchema } from '../import/mapping.ts';
import { columnKindSchema } from '../table/column-kind.ts';
import { encodings } from '../table/encoding.ts';
import { separators } from '../table/separator.ts';
import { count, listOf, moment, share, text } from './answer-parts.ts';

const encoding = z.enum(encodings);
const separator = z.enum(separators);
const headerLine = z.int().min(0);
/** How many messages, by queue. */
const sent = z.strictObject({
  profile: count.optional(),
  level: count.optional(),
  event: count.optional(),
  account: count.optional(),
});

/** The body of `POST /imports`. */
export const createImportSchema = z.strictObject({ fileName: text.trim().min(1).max(255) });

/** The body of `POST /imports/{importId}/inspect`: what is not to be found out. */
export const inspectImportSchema = z.strictObject({
  encoding: encoding.optional(),
  separator: separator.optional(),
  sheet: text.min(1).max(100).optional(),
  headerLine: headerLine.optional(),
});

/** The body of `POST /imports/{importId}/start`. */
export const startImportSchema = z.strictObject({
  mappingName: text.max(80).optional(),
  segment: z
    .strictObject({
      segmentId: text,
      action: z.enum(['add', 'pin']).default('add'),
      replace: z.boolean().default(false),
    })
    .optional(),
});

/** A mapping, for people to copy. */
export const exampleMapping: ImportMapping = {
  kind: 'leads',
  leadId: 'Email',
  accountId: 'Company',
  slugIds: true,
  exactIds: false,
  events: [],
  columns: [{ column: 'Revenue', as: { kind: 'number', decimal: ',' } }],
  constants: [{ attribute: 'source', value: 'Fair 2026' }],
};

/** A saved mapping in a list. */
export const listedMappingSchema = z.strictObject({ name: text, author: text, savedAt: moment });

/** A saved mapping. */
export const savedMappingSchema = listedMappingSchema.extend({ mapping: importMappingSchema });

/** Where the file is put, with a plain `PUT`. */
const upload = z.strictObject({ method: z.literal('PUT'), url: z.url(), expiresAt: moment });

const format = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('csv'), encoding, separator }),
  z.strictObject({ kind: z.literal('workbook'), sheet: text }),
]);

const column = z.strictObject({
  name: text,
  kind: columnKindSchema,
  orElse: listOf(columnKindSchema),
  filled: count,
  misfits: count,
  unique: z.boolean(),
  addresses: share,
  samples: listOf(text),
});

const inspection = z.strictObject({
  format,
  headerLine,
  rows: count,
  complete: z.boolean(),
  columns: listOf(column),
  notices: listOf(text),
  suggestedMapping: importMappingSchema.optional(),
});

const progress = z.strictObject({
  rows: count,
  refusedRows: count,
  sent,
  bytes: count,
  ofBytes: count,
  rowsPerSecond: z.number().min(0).optional(),
  secondsLeft: count.optional(),
});

const problemGroups = listOf(
  z.strictObject({
    reason: text,
    column: text.optional(),
    value: text.optional(),
    count,
    lines: listOf(z.int().min(1)),
  }),
);

const result = z.strictObject({
  refused: problemGroups,
  leftOut: problemGroups,
  repeatedRows: count,
  foldedIds: z.strictObject({ rows: count, example: text.optional() }),
  notices: listOf(text),
});

const moves = z.strictObject({ total: count, leadIds: listOf(text) });

const dryRun = result.extend({
  rows: count,
  refusedRows: count,
  complete: z.boolean(),
  sent,
  reason: text.optional(),
  leads: z
    .strictObject({
      rows: count,
      new: count,
      changed: count,
      unchanged: count,
      failed: count,
      segments: listOf(z.strictObject({ segmentId: text, name: text, entering: moves, leaving: moves })),
    })
    .optional(),
});

/** What becomes of its leads in a segment, and how far that is. */
const segment = z.strictObject({
  segmentId: text,
  action: z.enum(['add', 'pin']),
  replace: z.boolean(),
  rows: count,
  done: count,
  unchanged: count,
  failed: count,
  lifted: count,
});

/** An import in a list. */
export const listedImportSchema = z.strictObject({
  importId: text,
  fileName: text,
  author: text,
  state: z.enum(importStates),
  createdAt: moment,
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
  reason: text.optional(),
  progress: progress.optional(),
});

/** An import. */
export const importSchema = listedImportSchema.extend({
  upload: upload.optional(),
  inspection: inspection.optional(),
  mapping: importMappingSchema.optional(),
  dryRun: dryRun.optional(),
  segment: segment.optional(),
  result: result.optional(),
});

/** Where the refused rows of an import are. */
export const refusedRowsSchema = z.strictObject({ url: z.url(), urlExpiresAt: moment });
