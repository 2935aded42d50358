import type { Segment, SegmentContent } from '../../shared/catalog/segment.ts';
import { rulesOrRefuse } from '../../shared/http/body-schemas.ts';
import { checkIfMatch } from '../../shared/http/if-match.ts';
import { notFound, relocated } from '../../shared/problem/problem.ts';
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

/** Where in the body of a request a place of its segment is, such as `/rules/0`; undefined where it has nothing of it. */
type InBody = (segmentPath: string) => string | undefined;

/** Of a request without a body, or with nothing of the segment in it. */
export const notInBody: InBody = () => undefined;

/** Of a body that has these parts of a segment under their own names. */
export function inBodyWith(parts: object): InBody {
  return (segmentPath) => (Object.hasOwn(parts, segmentPath.split('/')[1] ?? '') ? segmentPath : undefined);
}

/** Saves the request's segment as planned, if it is at the revision the client knows. */
export async function planStoredSegment(
  { segmentWriter }: ApiWorld,
  request: SaveRequest,
  inBody: InBody,
  planOf: (before: Segment, context: SaveContext, options: { silent: boolean }) => SavePlan,
): Promise<Segment> {
  const segmentId = request.part('segmentId');
  const silent = !request.query().notify;
  try {
    const saved = await segmentWriter.save((context) => {
      const before = context.known.get(segmentId);
      if (!before) throw notFound('segment', segmentId);
      checkIfMatch(request.ifMatch, before.revision);
      return planOf(before, context, { silent });
    }, request.author);
    return saved!;
  } catch (error) {
    throw relocated(error, inBody);
  }
}

/** Changes the request's segment as its body says, if it is at the revision the client knows. */
export async function changeStoredSegment(
  world: ApiWorld,
  request: SaveRequest,
  change: Partial<SegmentContent>,
): Promise<Segment> {
  return planStoredSegment(world, request, inBodyWith(change), (before, context, options) =>
    planChange(before, change, context, options),
  );
}

/**
 * Changes the rules of the request's segment around one of them. `pointer`: where in the new rules the one is that the body
 * is; left out where there is no body.
 */
export async function changeStoredRules(
  world: ApiWorld,
  request: SaveRequest,
  changeOf: (before: Segment) => { rules: readonly Rule[]; pointer?: string },
): Promise<Segment> {
  let pointer: string | undefined;
  const inBody: InBody = (segmentPath) =>
    pointer !== undefined && `${segmentPath}/`.startsWith(`${pointer}/`)
      ? segmentPath.slice(pointer.length)
      : undefined;
  return planStoredSegment(world, request, inBody, (before, context, options) => {
    const change = changeOf(before);
    pointer = change.pointer;
    return planChange(before, { rules: rulesOrRefuse(change.rules) }, context, options);
  });
}
