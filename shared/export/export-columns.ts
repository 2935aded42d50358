import type { Scalar, Value } from '../rule/value.ts';
import type { ExportForm } from './export.ts';
import type { ExportedMember } from './exported-member.ts';

/** One column of a table of members. */
export interface ExportColumn {
  readonly heading: string;
  /** What it holds: a moment is epoch ms, a value of an attribute any scalar, or a list as JSON text. */
  readonly kind: 'text' | 'moment' | 'boolean' | 'value';
  /** Whether each member has something there. */
  readonly isFull?: true;
  readonly cell: (member: ExportedMember) => Scalar | undefined;
}

/** What is told of each member before its attributes. */
const ofMember: readonly ExportColumn[] = [
  { heading: 'leadId', kind: 'text', isFull: true, cell: ({ leadId }) => leadId },
  { heading: 'since', kind: 'moment', isFull: true, cell: ({ since }) => since },
  { heading: 'source', kind: 'text', isFull: true, cell: ({ source }) => source },
  { heading: 'engagementLevel', kind: 'text', cell: ({ engagementLevel }) => engagementLevel },
  { heading: 'profileLevel', kind: 'text', cell: ({ profileLevel }) => profileLevel },
  { heading: 'accountId', kind: 'text', cell: ({ accountId }) => accountId },
  { heading: 'accountLevel', kind: 'text', cell: ({ accountLevel }) => accountLevel },
];

/** The headings of these columns. */
export const memberHeadings: readonly string[] = ofMember.map(({ heading }) => heading);

/** In an export for data: JSON with the kind of each attribute of the row that is not text, by what it is called there. */
export const kindsHeading = 'attributeKinds';

const taken = new Set([...memberHeadings, kindsHeading]);
const attributePrefix = 'attributes.';
const segmentPrefixes = { isIn: 'segments.', since: 'since.' } as const;
const isOfSegment = (heading: string) => Object.values(segmentPrefixes).some((prefix) => heading.startsWith(prefix));

/**
 * The columns of an export. An attribute that is called like another column is `attributes.NAME`, and so is one that begins
 * like a column of another segment, or with `attributes.` already: no two have the same heading, and none depends on which
 * others there are. Labels are headings as they are. Other segments go by their ids, for a spreadsheet by their names.
 */
export function exportColumns({ fields, labels, purpose, segments = [] }: ExportForm): ExportColumn[] {
  const called = labels ?? fields;
  const kinds: ExportColumn = { heading: kindsHeading, kind: 'text', cell: kindsOf(called) };
  return [
    ...ofMember,
    ...(purpose === 'data' ? [kinds] : []),
    ...called.map(
      (name, index): ExportColumn => ({
        heading: labels ? name : headingOf(name),
        kind: 'value',
        cell: ({ attributes }) => cellOf(attributes[index]),
      }),
    ),
    ...segments.flatMap(({ id, name }, index): ExportColumn[] => {
      const called = purpose === 'data' ? id : name;
      const since: ExportColumn['cell'] = ({ memberSince }) => memberSince[index];
      const isIn: ExportColumn['cell'] = (member) => since(member) !== undefined;
      return [
        { heading: `${segmentPrefixes.isIn}${called}`, kind: 'boolean', isFull: true, cell: isIn },
        { heading: `${segmentPrefixes.since}${called}`, kind: 'moment', cell: since },
      ];
    }),
  ];
}

function headingOf(field: string): string {
  const isTaken = taken.has(field) || field.startsWith(attributePrefix) || isOfSegment(field);
  return isTaken ? `${attributePrefix}${field}` : field;
}

/** The attribute whose heading that is; undefined for the other columns. */
export function attributeOfHeading(heading: string): string | undefined {
  if (taken.has(heading) || isOfSegment(heading)) return undefined;
  return heading.startsWith(attributePrefix) ? heading.slice(attributePrefix.length) : heading;
}

function cellOf(value: Value | undefined): Scalar | undefined {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function kindsOf(names: readonly string[]): ExportColumn['cell'] {
  return ({ attributes }) => {
    const kinds = names.flatMap((name, index) => {
      const value = attributes[index];
      if (value === undefined || typeof value === 'string') return [];
      return [[name, typeof value === 'object' ? 'list' : typeof value] as const];
    });
    return kinds.length > 0 ? JSON.stringify(Object.fromEntries(kinds)) : undefined;
  };
}
