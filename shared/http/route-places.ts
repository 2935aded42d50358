import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** A route that a path is one of, and the parts of the path that vary. */
export interface RoutePlace {
  readonly route: Route;
  readonly parts: Readonly<Record<string, string>>;
}

/** The routes of a path as it was sent, whatever their method, the most literal first: that is how API Gateway picks one. */
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
    if (name !== undefined) parts[name] = decoded(text);
  }
  return parts;
}

/** What cannot be decoded is no id of anything: it is looked up as it is, and not found. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return text;
  }
}
