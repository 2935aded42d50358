import type { Segment } from '../../shared/catalog/segment.ts';
import { createMemberEncoder } from '../../shared/export/create-encoder.ts';
import { type ExportForm, type ExportFormat, type ExportJob, exportContentTypes } from '../../shared/export/export.ts';
import { attributeOfHeading } from '../../shared/export/export-columns.ts';
import { attachmentNamed, exportFileName } from '../../shared/export/export-file-name.ts';
import type { MemberPage } from '../../shared/export/member-reader.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { memberRoutes } from '../../shared/http/routes/member-routes.ts';
import { invalid, unknownSegment } from '../../shared/problem/problem.ts';
import type { MemberPosition } from '../../shared/projection/member-list-store.ts';
import { unlessTimeUp } from '../../shared/read-budget/time-up.ts';
import { isEmpty } from '../../shared/rule/value.ts';
import { leadFieldsOf } from '../../shared/vocabulary/vocabulary.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';

type Query = QueryOf<typeof memberRoutes.exportSegment>;

/** Lambda answers up to 6 MB, in which four bytes stand for three; what is longer goes to a file. */
const maximumAnswerBytes = 4_000_000;
/** No row is shorter: it has a moment and an id. */
const shortestRowBytes = 40;

/** A segment's members in the format that is asked for; or 202 and a job that writes them to a file. */
export async function exportMembers(world: ApiWorld, segment: Segment, query: Query) {
  const form = await formOf(world, query);
  const file = await readAll(world, segment, form);
  return file ? answerFile(segment, form, file) : startExport(world, segment, form);
}

async function formOf({ vocabulary, catalog }: ApiWorld, query: Query) {
  const { format, for: asked, labels, segments: segmentIds } = query;
  if (format !== 'csv' && asked === 'spreadsheet') {
    throw invalid([{ path: '/for', code: 'not_allowed', message: `must be data, or left out, for ${format}` }]);
  }
  const fields = fieldsAsked(query.fields, leadFieldsOf(await vocabulary.read()));
  const segments = segmentIds && segmentsAsked([...new Set(segmentIds)], (await catalog.current()).known);
  const purpose = asked ?? (format === 'csv' ? 'spreadsheet' : 'data');
  if (labels) refuseLabels(labels, query.fields && fields);
  return { format, purpose, fields, ...(labels && { labels }), ...(segments && { segments }) } as const;
}

/** Throws 422 where labels are not those of chosen attributes, or one would not tell its column from the others. */
function refuseLabels(labels: readonly string[], fields: readonly string[] | undefined): void {
  if (!fields)
    throw invalid([{ path: '/labels', code: 'not_allowed', message: 'must come with the fields they are for' }]);
  if (labels.length !== fields.length) {
    const message = `must be ${fields.length}, one for each of the fields, not ${labels.length}`;
    throw invalid([{ path: '/labels', code: labels.length < fields.length ? 'required' : 'too_many', message }]);
  }
  if (labels.some(isEmpty)) throw invalid([{ path: '/labels', code: 'empty', message: 'must not be blank' }]);
  const isTaken = (label: string, at: number) => attributeOfHeading(label) !== label || labels.indexOf(label) !== at;
  const taken = labels.find(isTaken);
  if (taken === undefined) return;
  throw invalid([{ path: '/labels', code: 'repeated', message: `${taken} is what another column is called` }]);
}

function segmentsAsked(segmentIds: readonly string[], known: ReadonlyMap<string, Segment>) {
  const unknown = segmentIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw invalid(unknown.map((id) => unknownSegment('/segments', id)));
  return segmentIds.flatMap((id) => {
    const segment = known.get(id);
    return segment ? [{ id, name: segment.name }] : [];
  });
}

function answerFile({ name, id }: Segment, { format }: { readonly format: ExportFormat }, file: Uint8Array) {
  const headers = {
    'content-type': exportContentTypes[format],
    'content-disposition': attachmentNamed(exportFileName(name, id, format)),
  };
  return { status: 200 as const, headers, file };
}

/** The names of attributes that are asked for, all that leads were seen with where none are. Throws 422 for another. */
export function fieldsAsked(asked: readonly string[] | undefined, known: readonly string[]): readonly string[] {
  if (asked === undefined) return known;
  const fields = [...new Set(asked)];
  const unknown = fields.filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((field) => ({ path: '/fields', code: 'not_found', message: `${field} is no known field of leads` })),
    );
  }
  return fields;
}

/** The whole file; undefined when it is too long to be an answer, or takes too long. */
async function readAll(
  { memberCounts, readMembers, now }: ApiWorld,
  segment: Segment,
  form: ExportForm,
): Promise<Uint8Array | undefined> {
  const encoder = createMemberEncoder(form);
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  let from: MemberPosition | undefined = segment.active ? { shard: 0 } : undefined;
  const count = from ? ((await memberCounts([segment.id])).get(segment.id) ?? 0) : 0;
  if (count * shortestRowBytes > maximumAnswerBytes) return undefined;
  const isTimeUp = answerSoon(now);
  while (from) {
    const page: MemberPage | undefined = await unlessTimeUp(readMembers(segment.id, form, from, isTimeUp));
    if (!page) return undefined;
    encoder.add(page.members);
    if (encoder.bytes() > maximumAnswerBytes || (page.next && isTimeUp())) return undefined;
    from = page.next;
  }
  const { content, footer } = encoder.end();
  const file = Buffer.concat([content, footer]);
  return file.length > maximumAnswerBytes ? undefined : file;
}

async function startExport(
  world: ApiWorld,
  { id: segmentId, name }: Segment,
  form: ExportForm & { readonly format: ExportFormat },
) {
  const job: ExportJob = {
    exportId: world.newExportId(),
    segmentId,
    ...form,
    fileName: exportFileName(name, segmentId, form.format),
    state: 'queued',
    rows: 0,
    createdAt: new Date(world.now()).toISOString(),
    version: 1,
    parts: [],
    isRead: false,
  };
  await world.exportJobs.create(job);
  await world.queueExport({ kind: 'export', exportId: job.exportId, attempt: 0 });
  const { exportId } = job;
  const body = { exportId, state: 'queued' as const };
  return { status: 202 as const, headers: { location: `/exports/${exportId}` }, body };
}
