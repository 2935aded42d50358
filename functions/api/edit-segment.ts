import type { Segment, SegmentContent } from '../../shared/catalog/segment.ts';
import { asProblemOfRule, rulesOrRefuse } from '../../shared/http/body-schemas.ts';
import { checkIfMatch } from '../../shared/http/if-match.ts';
import { notFound } from '../../shared/problem/problem.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planChange, type SaveContext, type SavePlan } from '../../shared/segment/save-segment.ts';
import type { ApiWorld } from './api-world.ts';

/** A request that saves a stored segment. */
export interface SaveRequest {
  readonly part: (name: 'segmentId') => string;
  /** `notify`: whether the save's own entries and exits are published. */
  readonly query: () => { readonly notify: boolean };
  readonly ifMatch: string | undefined;
  readonly author: string;
}

/** Saves the request's segment as planned, if it is at the revision the client knows. */
export async function planStoredSegment(
  { segmentWriter }: ApiWorld,
  request: SaveRequest,
  planOf: (before: Segment, context: SaveContext, options: { silent: boolean }) => SavePlan,
): Promise<Segment> {
  const segmentId = request.part('segmentId');
  const silent = !request.query().notify;
  const saved = await segmentWriter.save((context) => {
    const before = context.known.get(segmentId);
    if (!before) throw notFound('segment', segmentId);
    checkIfMatch(request.ifMatch, before.revision);
    return planOf(before, context, { silent });
  }, request.author);
  return saved!;
}

/** Changes the request's segment, if it is at the revision the client knows. */
export async function changeStoredSegment(
  world: ApiWorld,
  request: SaveRequest,
  changeOf: (before: Segment) => Partial<SegmentContent>,
): Promise<Segment> {
  return planStoredSegment(world, request, (before, context, options) =>
    planChange(before, changeOf(before), context, options),
  );
}

/** Changes one rule of the request's segment; problems with it are told with paths into the rule that was sent. */
export async function changeStoredRule(
  world: ApiWorld,
  request: SaveRequest,
  changeOf: (before: Segment) => { rules: readonly Rule[]; pointer: string },
): Promise<Segment> {
  let pointer = '';
  try {
    return await changeStoredSegment(world, request, (before) => {
      const change = changeOf(before);
      pointer = change.pointer;
      return { rules: rulesOrRefuse(change.rules) };
    });
  } catch (error) {
    throw asProblemOfRule(error, pointer);
  }
}
