import type { Segment } from '../../shared/catalog/segment.ts';
import { type ExportJob, exportFileName } from '../../shared/export/export.ts';
import { newExportId } from '../../shared/export/export-store.ts';
import { csvHeading } from '../../shared/export/member-csv.ts';
import { invalid } from '../../shared/problem/problem.ts';
import type { MemberPosition } from '../../shared/projection/member-list-store.ts';
import { leadFieldsOf } from '../../shared/vocabulary/vocabulary.ts';
import { exportJobs, memberCounts, queueExport, readMembersAsCsv, segmentOr404, vocabulary } from './context.ts';
import { answerSoon } from './list-leads.ts';
import { parameter, type Route } from './route.ts';

/** Lambda answers up to 6 MB, as JSON; what is longer goes to a file. */
const maximumAnswerBytes = 4_000_000;
/** No row is shorter: it has a moment and an id. */
const shortestRowBytes = 40;

/** `GET /segments/{segmentId}/export`: its members as CSV, or 202 and a job that writes them to a file */
export const exportSegment: Route = async ({ query, ...request }) => {
  const segment = await segmentOr404(parameter({ query, ...request }, 'segmentId'));
  const fields = fieldsAsked(query.fields, leadFieldsOf(await vocabulary.read()));
  const text = await readAll(segment, fields);
  return text === undefined ? startExport(segment, fields) : answerCsv(segment, text);
};

function answerCsv({ name, id }: Segment, text: string) {
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${exportFileName(name, id)}"`,
  };
  return { status: 200, headers, text };
}

function fieldsAsked(asked: string | undefined, known: readonly string[]): readonly string[] {
  if (asked === undefined) return known;
  const fields = [...new Set(asked.split(',').filter((field) => field !== ''))];
  const unknown = fields.filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    throw invalid(unknown.map((field) => ({ path: '/fields', message: `${field} is no known field of leads` })));
  }
  return fields;
}

/** The whole CSV; undefined when it is too long to be an answer, or takes too long. */
async function readAll(segment: Segment, fields: readonly string[]): Promise<string | undefined> {
  const texts = [csvHeading(fields)];
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  if (!segment.active) return texts.join('');
  const count = (await memberCounts([segment.id])).get(segment.id) ?? 0;
  if (count * shortestRowBytes > maximumAnswerBytes) return undefined;
  const isTimeUp = answerSoon();
  let bytes = answerBytes(texts[0] ?? '');
  let from: MemberPosition | undefined = { shard: 0 };
  while (from) {
    const page: Awaited<ReturnType<typeof readMembersAsCsv>> = await readMembersAsCsv(segment.id, fields, from);
    bytes += answerBytes(page.text);
    if (bytes > maximumAnswerBytes || (page.next && isTimeUp())) return undefined;
    texts.push(page.text);
    from = page.next;
  }
  return texts.join('');
}

/** The bytes of a text inside the answer, where quotation marks and line ends take two each. */
const answerBytes = (text: string) => Buffer.byteLength(JSON.stringify(text));

async function startExport({ id: segmentId, name }: Segment, fields: readonly string[]) {
  const job: ExportJob = {
    exportId: newExportId(),
    segmentId,
    fields,
    fileName: exportFileName(name, segmentId),
    state: 'queued',
    rows: 0,
    createdAt: new Date().toISOString(),
    version: 1,
    parts: [],
    isRead: false,
  };
  await exportJobs.create(job);
  await queueExport({ kind: 'export', exportId: job.exportId, attempt: 0 });
  const { exportId, state } = job;
  return { status: 202, headers: { location: `/exports/${exportId}` }, body: { exportId, state } };
}
