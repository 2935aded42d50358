import type { Segment } from '../../shared/catalog/segment.ts';
import { type ExportForm, type ExportJob, exportFileName } from '../../shared/export/export.ts';
import { type CsvPage, csvHeading } from '../../shared/export/member-csv.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { memberRoutes } from '../../shared/http/routes/member-routes.ts';
import { invalid } from '../../shared/problem/problem.ts';
import type { MemberPosition } from '../../shared/projection/member-list-store.ts';
import { unlessTimeUp } from '../../shared/read-budget/time-up.ts';
import { leadFieldsOf } from '../../shared/vocabulary/vocabulary.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';

/** Lambda answers up to 6 MB, as JSON; what is longer goes to a file. */
const maximumAnswerBytes = 4_000_000;
/** No row is shorter: it has a moment and an id. */
const shortestRowBytes = 40;

/** A segment's members as CSV, with the attributes that are asked for; or 202 and a job that writes them to a file. */
export async function exportMembers(
  world: ApiWorld,
  segment: Segment,
  { fields: asked, for: purpose }: QueryOf<typeof memberRoutes.exportSegment>,
) {
  const fields = fieldsAsked(asked, leadFieldsOf(await world.vocabulary.read()));
  const form: ExportForm = { fields, purpose };
  const text = await readAll(world, segment, form);
  return text === undefined ? startExport(world, segment, form) : answerCsv(segment, text);
}

function answerCsv({ name, id }: Segment, text: string) {
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${exportFileName(name, id)}"`,
  };
  return { status: 200 as const, headers, text };
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

/** The whole CSV; undefined when it is too long to be an answer, or takes too long. */
async function readAll(
  { memberCounts, readMembersAsCsv, now }: ApiWorld,
  segment: Segment,
  form: ExportForm,
): Promise<string | undefined> {
  const texts = [csvHeading(form)];
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  if (!segment.active) return texts.join('');
  const count = (await memberCounts([segment.id])).get(segment.id) ?? 0;
  if (count * shortestRowBytes > maximumAnswerBytes) return undefined;
  const isTimeUp = answerSoon(now);
  let bytes = answerBytes(texts[0] ?? '');
  let from: MemberPosition | undefined = { shard: 0 };
  while (from) {
    const page: CsvPage | undefined = await unlessTimeUp(readMembersAsCsv(segment.id, form, from, isTimeUp));
    if (!page) return undefined;
    bytes += answerBytes(page.text);
    if (bytes > maximumAnswerBytes || (page.next && isTimeUp())) return undefined;
    texts.push(page.text);
    from = page.next;
  }
  return texts.join('');
}

/** The bytes of a text inside the answer, where quotation marks and line ends take two each. */
const answerBytes = (text: string) => Buffer.byteLength(JSON.stringify(text));

async function startExport(world: ApiWorld, { id: segmentId, name }: Segment, form: ExportForm) {
  const job: ExportJob = {
    exportId: world.newExportId(),
    segmentId,
    ...form,
    fileName: exportFileName(name, segmentId),
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
