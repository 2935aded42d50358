import { cursorOf } from '../../shared/http/pages.ts';
import type { AnswerBodyOf, BodyOf } from '../../shared/http/route.ts';
import type { memberRoutes } from '../../shared/http/routes/member-routes.ts';
import { segmentsOfLead } from '../../shared/membership/lead-segments.ts';
import { invalid, unknownSegment } from '../../shared/problem/problem.ts';
import { answerSoon } from './answer-soon.ts';
import type { ApiWorld } from './api-world.ts';

type Lookup = typeof memberRoutes.lookUpMemberships;
type Results = AnswerBodyOf<Lookup>['results'];

/** So many documents are in memory at once: each has up to 400 KB. */
const leadsPerRead = 100;
/** Characters of JSON that an answer may hold before its last lead: Lambda answers up to 6 MB. */
const maximumCharacters = 3_000_000;

/**
 * Which leads are in which segments, from their documents, in the order asked for; with a cursor where there is no room or
 * time for all. Throws 422 for segments that do not exist.
 */
export async function lookUpMemberships(
  { leads, catalog, now }: ApiWorld,
  { leadIds, segmentIds, cursor }: BodyOf<Lookup>,
): Promise<AnswerBodyOf<Lookup>> {
  const current = await catalog.current();
  const unknown = (segmentIds ?? []).flatMap((id, index) =>
    current.known.has(id) ? [] : [unknownSegment(`/segmentIds/${index}`, id)],
  );
  if (unknown.length > 0) throw invalid(unknown);
  const only = segmentIds && new Set(segmentIds);
  const isTimeUp = answerSoon(now);

  const results: Results[number][] = [];
  let characters = 0;
  let next = cursor?.from ?? 0;
  do {
    const group = leadIds.slice(next, next + leadsPerRead);
    const documents = await leads.read(group);
    for (const leadId of group) {
      if (characters > maximumCharacters) break;
      const document = documents.get(leadId);
      const segments = document && !document.isDeleted ? segmentsOfLead(document, current, only) : undefined;
      const shown = (segments ?? []).map(({ name: _name, ...segment }) => segment);
      results.push({ leadId, segments: shown, ...(!segments && { unknown: true as const }) });
      characters += JSON.stringify(shown).length;
      next++;
    }
  } while (next < leadIds.length && characters <= maximumCharacters && !isTimeUp());
  return { results, ...(next < leadIds.length && { cursor: cursorOf({ from: next }) }) };
}
