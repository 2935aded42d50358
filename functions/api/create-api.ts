import { z } from 'zod';
import { checkConditions } from '../../shared/http/if-match.ts';
import { checkQuery } from '../../shared/http/query.ts';
import {
  type AnswerOf,
  type BodyOf,
  noBody,
  type PathPartOf,
  type QueryOf,
  type Route,
} from '../../shared/http/route.ts';
import { keyOf, routesByName } from '../../shared/http/routes.ts';
import { Problem } from '../../shared/problem/problem.ts';
import { parseOrRefuse } from '../../shared/problem/read-as.ts';
import type { Api, ApiRequest } from './api-request.ts';
import type { ApiWorld } from './api-world.ts';
import { withBoundCursors } from './bound-cursors.ts';
import { changeHandlers } from './change-handlers.ts';
import { checkAnswer, checkProblem } from './check-answer.ts';
import { dryWorld, withDryRun } from './dry-run.ts';
import type { Handler, HandlersOf } from './handler-of-route.ts';
import { importHandlers } from './import-handlers.ts';
import { leadHandlers } from './lead-handlers.ts';
import { memberHandlers } from './member-handlers.ts';
import { memberJobHandlers } from './member-job-handlers.ts';
import { previewHandlers } from './preview-handlers.ts';
import { ruleHandlers } from './rule-handlers.ts';
import { savedMappingHandlers } from './saved-mapping-handlers.ts';
import { segmentHandlers } from './segment-handlers.ts';
import { serviceHandlers } from './service-handlers.ts';
import { vocabularyHandlers } from './vocabulary-handlers.ts';

/** Makes the API in that world. `checksAnswers`: an answer that its route does not declare is a fault. */
export function createApi(world: ApiWorld, { checksAnswers = false } = {}): Api {
  const answers = apisOf(routesByName, handlersIn(world));
  const dryAnswers = apisOf(routesByName, handlersIn(dryWorld(world)));
  const table = new Map<string, Api>();
  for (const [key, { route, answer }] of answers) {
    const api = withDryRun(world, route, answer, dryAnswers.get(key)!.answer);
    table.set(key, checksAnswers ? checking(route, api) : api);
  }
  return async (request) => {
    const answer = table.get(request.routeKey);
    if (!answer) throw new Error(`${request.routeKey} is no route`);
    return answer(request);
  };
}

function handlersIn(world: ApiWorld): HandlersOf<typeof routesByName> {
  return {
    ...segmentHandlers(world),
    ...ruleHandlers(world),
    ...memberHandlers(world),
    ...memberJobHandlers(world),
    ...previewHandlers(world),
    ...leadHandlers(world),
    ...changeHandlers(world),
    ...importHandlers(world),
    ...savedMappingHandlers(world),
    ...vocabularyHandlers(world),
    ...serviceHandlers(world),
  };
}

/** What answers each route, by its key. */
function apisOf<Routes extends { readonly [Name in keyof Routes]: Route }>(
  declared: Routes,
  handlers: HandlersOf<Routes>,
): ReadonlyMap<string, { readonly route: Route; readonly answer: Api }> {
  const apis = new Map<string, { route: Route; answer: Api }>();
  for (const name in declared) {
    const route = declared[name];
    const answer = withBoundCursors(route, answering(route, handlers[name]));
    apis.set(keyOf(route), { route, answer: checkingRequest(route, answer) });
  }
  return apis;
}

/** All that may be sent where there is nothing to say. */
const emptyBody = z.strictObject({});

/** Refuses what the route does not take, before anything else of the request is read. */
function checkingRequest(route: Route, answer: Api): Api {
  return async (request) => {
    checkConditions(route, request.headers);
    checkQuery(request.rawQuery, Object.keys(route.query.shape));
    if (route.body === noBody && route.method !== 'GET') parseOrRefuse(emptyBody, request.body({}));
    return answer(request);
  };
}

/** Has a handler answer what its route declares. */
function answering<Declaration extends Route>(route: Declaration, handler: Handler<Declaration>): Api {
  const whenMissing = route.bodyMayBeMissing ? {} : undefined;
  return async ({ parameters, query, headers, author, body }): Promise<AnswerOf<Declaration>> => {
    return handler({
      part: (name: PathPartOf<Declaration>) => partOf(parameters, name),
      query: (): QueryOf<Declaration> => parseOrRefuse<Declaration['query']>(route.query, query),
      body: (): BodyOf<Declaration> =>
        parseOrRefuse<Declaration['body']>(route.body, route.body === noBody ? undefined : body(whenMissing)),
      ifMatch: headers['if-match'],
      author,
    });
  };
}

function partOf(parameters: ApiRequest['parameters'], name: string): string {
  const part = parameters[name];
  if (part === undefined) throw new Error(`The path has no ${name}`);
  return part;
}

/** Holds each answer against what the route declares. */
function checking(route: Route, answer: Api): Api {
  return async (request) => {
    try {
      const given = await answer(request);
      checkAnswer(route, given);
      return given;
    } catch (error) {
      if (error instanceof Problem) checkProblem(route, error);
      throw error;
    }
  };
}
