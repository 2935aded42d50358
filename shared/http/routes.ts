import type { Route } from './route.ts';
import { changeRoutes } from './routes/change-routes.ts';
import { importRoutes } from './routes/import-routes.ts';
import { leadRoutes } from './routes/lead-routes.ts';
import { memberJobRoutes } from './routes/member-job-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { previewRoutes } from './routes/preview-routes.ts';
import { ruleRoutes } from './routes/rule-routes.ts';
import { savedMappingRoutes } from './routes/saved-mapping-routes.ts';
import { segmentRoutes } from './routes/segment-routes.ts';
import { serviceRoutes } from './routes/service-routes.ts';
import { vocabularyRoutes } from './routes/vocabulary-routes.ts';

/** Every route of the HTTP API by the name of what it does, in groups as they are declared. */
export const routesByName = {
  ...segmentRoutes,
  ...ruleRoutes,
  ...memberRoutes,
  ...memberJobRoutes,
  ...previewRoutes,
  ...leadRoutes,
  ...changeRoutes,
  ...importRoutes,
  ...savedMappingRoutes,
  ...vocabularyRoutes,
  ...serviceRoutes,
};

type RoutesByName = typeof routesByName;

/** Every route: the stack makes one gateway route of each. */
export const routes: readonly RoutesByName[keyof RoutesByName][] = Object.values(routesByName);

type KeyOf<Declaration extends Route> = `${Declaration['method']} ${Declaration['path']}`;

/** Every route by its key. */
export type RoutesByKey = {
  readonly [Name in keyof RoutesByName as KeyOf<RoutesByName[Name]>]: RoutesByName[Name];
};

/** A route as API Gateway names it, such as `GET /segments/{segmentId}`. */
export type RouteKey = keyof RoutesByKey;

/** A route as API Gateway names it. */
export function keyOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

const byKey: ReadonlyMap<string, Route> = new Map(routes.map((route) => [keyOf(route), route]));

/** The route with that key, if there is one. */
export function routeAt(key: string): Route | undefined {
  return byKey.get(key);
}
