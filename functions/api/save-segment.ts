import { notFound } from '../../shared/http/problem.ts';
import { asProblemOfRule, checkIfMatch, rulesOrRefuse } from '../../shared/http/request.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planChange, type SegmentContent } from '../../shared/segment/save-segment.ts';
import type { Segment } from '../../shared/segment/segment.ts';
import { segmentWriter } from './context.ts';
import { type ApiRequest, type ApiResponse, parameter } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** Changes the request's segment, if it is at the revision the client knows. */
export async function changeStoredSegment(
  request: ApiRequest,
  changeOf: (before: Segment) => Partial<SegmentContent>,
): Promise<Segment> {
  const segmentId = parameter(request, 'segmentId');
  const silent = request.query.notify === 'false';
  const saved = await segmentWriter.save((context) => {
    const before = context.known.get(segmentId);
    if (!before) throw notFound('segment', segmentId);
    checkIfMatch(request.headers['if-match'], before.revision);
    return planChange(before, changeOf(before), context, { silent });
  });
  return saved!;
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
