import { labelsOf, type Segment } from '../../shared/catalog/segment.ts';
import type { Route } from '../../shared/http/route.ts';
import { countSaveEffects } from '../../shared/preview/save-effects.ts';
import { describeRules } from '../../shared/rule/describe.ts';
import { revisionOf } from '../../shared/segment/revision.ts';
import { changesBetween } from '../../shared/segment/revision-changes.ts';
import type { SavePlan } from '../../shared/segment/save-segment.ts';
import { createDryWriter, NotSaved } from '../../shared/segment/segment-writer.ts';
import { answerSoon } from './answer-soon.ts';
import type { Api } from './api-request.ts';
import type { ApiWorld } from './api-world.ts';
import { segmentNames } from './segment-answer.ts';

/** The world of a dry run: everything is as it is, and no segment is saved. */
export function dryWorld(world: ApiWorld): ApiWorld {
  return { ...world, segmentWriter: createDryWriter(world.catalog, world) };
}

/** Has a route that takes `?dryRun=true` answer that from the world of a dry run, with what saving would do. */
export function withDryRun(world: ApiWorld, route: Route, answer: Api, answerDry: Api): Api {
  if (!('dryRun' in route.query.shape)) return answer;
  return async (request) => {
    if (request.query.dryRun !== 'true') return answer(request);
    try {
      return await answerDry(request);
    } catch (error) {
      if (error instanceof NotSaved) return dryRunAnswer(world, error.plan);
      throw error;
    }
  };
}

const noEffects = { effects: [], leads: 0, exact: true };

async function dryRunAnswer(
  { catalog, leads, events, now }: ApiWorld,
  { before, after, origin, events: told, recalculates }: SavePlan,
) {
  const current = await catalog.current();
  const nameOf = segmentNames(current);
  const ports = { catalog, scan: leads.scan, eventPages: events.pagesFrom };
  const isCounted = after && recalculates;
  const counted = isCounted ? await countSaveEffects(ports, after, current, now(), answerSoon(now)) : noEffects;
  // The id of a segment that is not made yet is nobody's.
  const isNew = (segmentId: string) => !before && segmentId === after?.id;
  const shown = (segment: Segment) => {
    const { id, name, description, active, match, rules, revision } = segment;
    const content = { name, description, ...labelsOf(segment), active, match, rules, revision };
    return { ...(before && { id }), ...content, sentence: describeRules(match, rules, nameOf) };
  };
  const body = {
    dryRun: true as const,
    ...(after && { segment: shown(after) }),
    changes: after ? changesBetween(before && revisionOf(before), revisionOf(after, origin), nameOf) : ['deleted'],
    events: told,
    recalculates,
    ...counted,
    effects: counted.effects.map(({ segmentId, ...effect }) => ({
      ...(!isNew(segmentId) && { segmentId }),
      ...effect,
    })),
  };
  return { status: 200 as const, body };
}
