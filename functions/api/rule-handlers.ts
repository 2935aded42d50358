import type { Catalog } from '../../shared/catalog/catalog.ts';
import { labelsOf, type Segment } from '../../shared/catalog/segment.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import type { ruleRoutes } from '../../shared/http/routes/rule-routes.ts';
import { invalid, notFound } from '../../shared/problem/problem.ts';
import { describeEachRule, describeRules } from '../../shared/rule/describe.ts';
import type { Revision } from '../../shared/segment/revision.ts';
import { changesBetween } from '../../shared/segment/revision-changes.ts';
import { findRule, pointerToRule, replaceRule } from '../../shared/segment/rule-edit.ts';
import { planRestore } from '../../shared/segment/save-segment.ts';
import { lintRules } from '../../shared/vocabulary/lint.ts';
import type { ApiWorld } from './api-world.ts';
import { changeStoredRules, changeStoredSegment, notInBody, planStoredSegment } from './edit-segment.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { etagOf, segmentAnswer, segmentNames } from './segment-answer.ts';
import { segmentOr404 } from './stored-or-404.ts';

/** A revision with what it changed against the one before it. */
function shownRevision(revision: Revision, before: Revision | undefined, current: Catalog) {
  const changes = changesBetween(before, revision, segmentNames(current));
  return { ...revision, ...labelsOf(revision), changes };
}

/** What answers the routes of a segment's rules and revisions. */
export function ruleHandlers(world: ApiWorld): HandlersOf<typeof ruleRoutes> {
  const { catalog, vocabulary, revisions } = world;
  const revisionOr404 = async ({ id }: Segment, number: string): Promise<Revision> => {
    const isPossible = /^[1-9]\d{0,11}$/.test(number);
    const revision = isPossible ? await revisions.get(id, Number(number)) : undefined;
    if (!revision) throw notFound('revision', number);
    return revision;
  };
  return {
    getRules: async ({ part }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      const { match, rules } = segment;
      const [current, seen] = await Promise.all([catalog.current(), vocabulary.read()]);
      const nameOf = segmentNames(current);
      const { levels, eventRetentionDays } = current.context;
      const body = {
        match,
        rules,
        sentence: describeRules(match, rules, nameOf),
        sentences: describeEachRule(rules, nameOf),
        warnings: lintRules(match, rules, seen, levels, eventRetentionDays),
      };
      return { status: 200, headers: etagOf(segment), body };
    },

    saveRules: async (request) => {
      const { match, rules } = request.body();
      const change = { rules, ...(match && { match }) };
      return segmentAnswer(world, await changeStoredSegment(world, request, change));
    },

    addRule: async (request) => {
      const rule = request.body();
      const segment = await changeStoredRules(world, request, ({ rules }) => ({
        rules: [...rules, rule],
        pointer: `/rules/${rules.length}`,
      }));
      const added = segment.rules.at(-1)!;
      const location = `/segments/${segment.id}/rules/${added.id}`;
      return { status: 201, headers: { ...etagOf(segment), location }, body: added };
    },

    getRule: async ({ part }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      const rule = findRule(segment.rules, part('ruleId'));
      if (!rule) throw notFound('rule', part('ruleId'));
      return { status: 200, headers: etagOf(segment), body: rule };
    },

    replaceRule: async (request) => {
      const ruleId = request.part('ruleId');
      const sent = request.body();
      if (sent.id !== undefined && sent.id !== ruleId) {
        throw invalid([{ path: '/id', code: 'not_allowed', message: `must be ${ruleId} or left out` }]);
      }
      const segment = await changeStoredRules(world, request, ({ rules }) => {
        const pointer = pointerToRule(rules, ruleId);
        if (pointer === undefined) throw notFound('rule', ruleId);
        return { rules: replaceRule(rules, ruleId, { ...sent, id: ruleId }), pointer };
      });
      return { status: 200, headers: etagOf(segment), body: findRule(segment.rules, ruleId)! };
    },

    deleteRule: async (request) => {
      const ruleId = request.part('ruleId');
      const segment = await changeStoredRules(world, request, ({ rules }) => {
        if (!findRule(rules, ruleId)) throw notFound('rule', ruleId);
        return { rules: replaceRule(rules, ruleId, undefined) };
      });
      return { status: 204, headers: etagOf(segment) };
    },

    listRevisions: async ({ part, query }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      const { limit, cursor } = query();
      const [page, current] = await Promise.all([revisions.page(segment.id, cursor, limit), catalog.current()]);
      const shown = page.revisions.map(({ revision, before }) => shownRevision(revision, before, current));
      const next = page.next === undefined ? {} : { cursor: cursorOf(page.next) };
      return { status: 200, body: { revisions: shown, ...next } };
    },

    getRevision: async ({ part }) => {
      const segment = await segmentOr404(world, part('segmentId'));
      const [found, current] = await Promise.all([revisionOr404(segment, part('revision')), catalog.current()]);
      const before = found.revision > 1 ? await revisions.get(segment.id, found.revision - 1) : undefined;
      return { status: 200, body: shownRevision(found, before, current) };
    },

    restoreRevision: async (request) => {
      const segment = await segmentOr404(world, request.part('segmentId'));
      const revision = await revisionOr404(segment, request.part('revision'));
      const restored = await planStoredSegment(world, request, notInBody, (before, context, options) =>
        planRestore(before, revision, context, options),
      );
      return segmentAnswer(world, restored);
    },
  };
}
