import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** A route that a path is one of, and the parts of the path that vary. */
export interface RoutePlace {
  readonly route: Route;
  readonly parts: Readonly<Record<string, string>>;
}

/** The routes of a path as API Gateway hands it over, decoded; whatever their method, the most literal first, as it picks one. */
export function placesOf(rawPath: string): readonly RoutePlace[] {
  const sent = rawPath.split('/');
  const found = routes.flatMap((route): RoutePlace[] => {
    const parts = partsIn(route.path.split('/'), sent);
    return parts ? [{ route, parts }] : [];
  });
  return found.sort((a, b) => Object.keys(a.parts).length - Object.keys(b.parts).length);
}

function partsIn(template: readonly string[], sent: readonly string[]): Record<string, string> | undefined {
  if (template.length !== sent.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, piece] of template.entries()) {
    const text = sent[index]!;
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (name === undefined ? text !== piece : text === '') return undefined;
    if (name !== undefined) parts[name] = text;
  }
  return parts;
}
