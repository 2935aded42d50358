import { z } from 'zod';
import { leadIdField } from '../lead/lead-document.ts';
import { eventTypeSchema, textOf } from '../rule/text-schema.ts';
import { periodOf } from '../rule/value.ts';
import { columnKindSchema } from '../table/column-kind.ts';

/** A column, by its name in the header, trimmed. */
const column = textOf(1_000);
const attribute = textOf(1_000);

/** What becomes of a column; columns that are not listed become attributes of their name, as text. */
const columnMappingSchema = z.strictObject({
  column,
  /** Left out: it is not imported as an attribute. What else it is used for, such as being the lead id, it still is. */
  skip: z.boolean().optional(),
  /** The attribute's name; left out: the column's. */
  attribute: attribute.optional(),
  /** How its cells are read, also where they are moments; left out: as text, and moments as ISO writes them. */
  as: columnKindSchema.optional(),
});

const eventMappingSchema = z.strictObject({
  /** The event type of all rows, or the column that tells it. */
  eventType: z.union([eventTypeSchema, z.strictObject({ column })]),
  /** Rows without a moment here tell of no event. */
  momentColumn: column,
  /** Metadata of the event, by column. */
  fields: z.record(textOf(1_000), column),
});

const momentSchema = z.string().refine((text) => periodOf(text) !== undefined, {
  error: 'must be an ISO 8601 date or date-time',
  params: { code: 'invalid_format' },
});

const ofBoth = {
  columns: z.array(columnMappingSchema).max(1_000),
  /** Attributes that all rows get. */
  constants: z.array(z.strictObject({ attribute, value: textOf(1_000) })).max(100),
  /** A column with a moment in each row, or one for all rows; left out: when the import begins. */
  occurredAt: z.union([z.strictObject({ column }), z.strictObject({ moment: momentSchema })]).optional(),
  /** Whether account ids that are none ("Acme Corporation") become ones (`acme-corporation`). */
  slugIds: z.boolean(),
  /** Whether ids that are mail addresses stay as they are written, and are not folded to lower case. */
  exactIds: z.boolean(),
};

/** How the columns of a file become changes: each row is a lead, or an account. */
export const importMappingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('leads'),
    leadId: column,
    /** Whether lead ids that are none ("Ada Lovelace") become ones (`ada-lovelace`); left out: such rows are refused. */
    slugLeadIds: z.boolean().optional(),
    accountId: column.optional(),
    engagementLevel: column.optional(),
    profileLevel: column.optional(),
    events: z.array(eventMappingSchema).max(20),
    ...ofBoth,
  }),
  z.strictObject({ kind: z.literal('accounts'), accountId: column, accountLevel: column.optional(), ...ofBoth }),
]);

/** How the columns of a file become changes. */
export type ImportMapping = z.infer<typeof importMappingSchema>;
/** Each row is a lead. */
export type LeadMapping = Extract<ImportMapping, { kind: 'leads' }>;
/** Events that rows tell of: one for each row with a moment in that column. */
export type EventMapping = LeadMapping['events'][number];
/** What becomes of one column. */
export type ColumnMapping = ImportMapping['columns'][number];

/** The queues that an import sends to. */
export type ImportQueue = 'profile' | 'level' | 'event' | 'account';

/** The queues that rows are for, by a mapping. */
export function queuesOf(mapping: ImportMapping): ImportQueue[] {
  if (mapping.kind === 'accounts') return ['account'];
  const hasLevels = mapping.engagementLevel !== undefined || mapping.profileLevel !== undefined;
  return [
    'profile',
    ...(hasLevels ? ['level' as const] : []),
    ...(mapping.events.length > 0 ? ['event' as const] : []),
  ];
}

/** All columns that a mapping names. */
export function columnsIn(mapping: ImportMapping): string[] {
  const when = mapping.occurredAt && 'column' in mapping.occurredAt ? [mapping.occurredAt.column] : [];
  const used =
    mapping.kind === 'accounts'
      ? [mapping.accountId, mapping.accountLevel]
      : [mapping.leadId, mapping.accountId, mapping.engagementLevel, mapping.profileLevel];
  const events = mapping.kind === 'accounts' ? [] : mapping.events;
  const ofEvents = events.flatMap(({ eventType, momentColumn, fields }) => [
    ...(typeof eventType === 'string' ? [] : [eventType.column]),
    momentColumn,
    ...Object.values(fields),
  ]);
  const listed = mapping.columns.map((entry) => entry.column);
  return [...used.filter((name) => name !== undefined), ...ofEvents, ...when, ...listed];
}

/**
 * Whether the column is only an id. That of a lead is an attribute too, so that rules find it under its own name (`Email
 * ends_with "@gmail.com"`), and a name that is made a slug of, because the slug loses it.
 */
export function isIdOnly(column: string, mapping: ImportMapping): boolean {
  if (mapping.kind === 'leads') return column === leadIdField && column === mapping.leadId;
  return column === mapping.accountId && !mapping.slugIds;
}
