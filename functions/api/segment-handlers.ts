import { checkIfMatch } from '../../shared/http/if-match.ts';
import { changedMetadata } from '../../shared/http/label-schemas.ts';
import type { segmentRoutes } from '../../shared/http/routes/segment-routes.ts';
import { notFound, relocated } from '../../shared/problem/problem.ts';
import { planCopy } from '../../shared/segment/copy-segment.ts';
import { dependantsOf } from '../../shared/segment/dependants.ts';
import { planChange, planCreate, planDelete } from '../../shared/segment/save-segment.ts';
import type { ApiWorld } from './api-world.ts';
import { inactive } from './change-memberships.ts';
import { inBodyWith, planStoredSegment } from './edit-segment.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { listSegments } from './list-segments.ts';
import { createdAnswer, segmentAnswer } from './segment-answer.ts';
import { segmentOr404 } from './stored-or-404.ts';

/** What answers the routes of segments. */
export function segmentHandlers(world: ApiWorld): HandlersOf<typeof segmentRoutes> {
  const { segmentWriter, catalog, recalculations, recalculationStarter } = world;
  return {
    createSegment: async ({ body, query, author }) => {
      const content = body();
      const silent = !query().notify;
      const segment = await segmentWriter.save((context) => planCreate(content, context, { silent }), author);
      return createdAnswer(world, segment!);
    },

    listSegments: async ({ query }) => ({ status: 200, body: await listSegments(world, query()) }),

    getSegment: async ({ part, query }) => {
      const { waitFor, waitSeconds } = query();
      const until = waitFor ? world.now() + waitSeconds * 1000 : 0;
      for (let attempt = 1; ; attempt++) {
        const answer = await segmentAnswer(world, await segmentOr404(world, part('segmentId')));
        const { recalculation } = answer.body;
        const isOver = !recalculation || recalculation.state === 'done' || recalculation.state === 'failed';
        if (isOver || world.now() >= until) return answer;
        // The pauses grow: what takes long need not be seen to the tenth of a second.
        await world.pause(Math.min(attempt, 4));
      }
    },

    changeSegment: async (request) => {
      const { name, description, active, match, tags, metadata } = request.body();
      const change = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(active !== undefined && { active }),
        ...(match !== undefined && { match }),
        ...(tags !== undefined && { tags }),
      };
      const inBody = inBodyWith({ ...change, metadata });
      const saved = await planStoredSegment(world, request, inBody, (before, context, options) => {
        const changed = metadata && { metadata: changedMetadata(before.metadata ?? {}, metadata) };
        return planChange(before, { ...change, ...changed }, context, options);
      });
      return segmentAnswer(world, saved);
    },

    deleteSegment: async ({ part, ifMatch, author }) => {
      const segmentId = part('segmentId');
      await segmentWriter.save((context) => {
        const before = context.known.get(segmentId);
        if (!before) throw notFound('segment', segmentId);
        checkIfMatch(ifMatch, before.revision);
        return planDelete(before, context);
      }, author);
      return { status: 204 };
    },

    copySegment: async ({ part, body, author }) => {
      const segmentId = part('segmentId');
      const { name } = body();
      try {
        const copy = await segmentWriter.save((context) => {
          const original = context.known.get(segmentId);
          if (!original) throw notFound('segment', segmentId);
          return planCopy(original, name, context);
        }, author);
        return createdAnswer(world, copy!);
      } catch (error) {
        throw relocated(error, inBodyWith(name === undefined ? {} : { name }));
      }
    },

    listDependants: async ({ part }) => {
      const { known } = await catalog.current();
      const segmentId = part('segmentId');
      if (!known.has(segmentId)) throw notFound('segment', segmentId);
      const dependants = dependantsOf(segmentId, known).map(({ segment: { id, name, active }, direct }) => ({
        ...{ id, name, active, direct },
      }));
      return { status: 200, body: { dependants } };
    },

    recalculateSegment: async ({ part }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      if (!segment.active) throw inactive(segment);
      const { version } = await catalog.current();
      const run = await recalculations.begin(segment.id, world.newRunId(version), world.now());
      await recalculationStarter.start(run);
      return { ...(await segmentAnswer(world, segment)), status: 202 };
    },
  };
}
