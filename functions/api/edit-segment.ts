import type { Segment, SegmentContent } from '../../shared/catalog/segment.ts';
import { asProblemOfRule, rulesOrRefuse } from '../../shared/http/body-schemas.ts';
import { checkIfMatch } from '../../shared/http/if-match.ts';
import { invalid, notFound } from '../../shared/problem/problem.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planChange, type SaveContext, type SavePlan } from '../../shared/segment/save-segment.ts';
import { segmentWriter } from './context.ts';
import { type ApiRequest, type ApiResponse, parameter } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** Whether the client wants a save's own entries and exits not to be published. Throws 422 for what is no answer to it. */
export function isSilent({ query }: ApiRequest): boolean {
  const { notify = 'true' } = query;
  if (notify === 'true' || notify === 'false') return notify === 'false';
  throw invalid([{ path: '/notify', message: 'must be true or false' }]);
}

/** Saves the request's segment as planned, if it is at the revision the client knows. */
export async function planStoredSegment(
  request: ApiRequest,
  planOf: (before: Segment, context: SaveContext, options: { silent: boolean }) => SavePlan,
): Promise<Segment> {
  const segmentId = parameter(request, 'segmentId');
  const silent = isSilent(request);
  const saved = await segmentWriter.save((context) => {
    const before = context.known.get(segmentId);
    if (!before) throw notFound('segment', segmentId);
    checkIfMatch(request.headers['if-match'], before.revision);
    return planOf(before, context, { silent });
  }, request.author);
  return saved!;
}

/** Changes the request's segment, if it is at the revision the client knows. */
export async function changeStoredSegment(
  request: ApiRequest,
  changeOf: (before: Segment) => Partial<SegmentContent>,
): Promise<Segment> {
  return planStoredSegment(request, (before, context, options) =>
    planChange(before, changeOf(before), context, options),
  );
}

/** Changes one rule of the request's segment; problems with it are told with paths into the rule that was sent. */
export async function changeStoredRule(
  request: ApiRequest,
  changeOf: (before: Segment) => { rules: readonly Rule[]; pointer: string },
): Promise<Segment> {
  let pointer = '';
  try {
    return await changeStoredSegment(request, (before) => {
      const change = changeOf(before);
      pointer = change.pointer;
      return { rules: rulesOrRefuse(change.rules) };
    });
  } catch (error) {
    throw asProblemOfRule(error, pointer);
  }
}

/** Changes the request's segment and answers it. */
export async function saveSegment(
  request: ApiRequest,
  changeOf: (before: Segment) => Partial<SegmentContent>,
): Promise<ApiResponse> {
  return segmentAnswer(await changeStoredSegment(request, changeOf));
}
