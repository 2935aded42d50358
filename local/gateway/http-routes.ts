/** A route of an HTTP API: `GET /segments/{segmentId}`, `ANY /{proxy+}` or `$default`. */
export interface Route<Target> {
  key: string;
  target: Target;
}

/** The most specific route that a request takes, and the values of its path parameters. */
export function matchRoute<Target>(
  routes: Array<Route<Target>>,
  method: string,
  path: string,
): { route: Route<Target>; pathParameters: Record<string, string> } | undefined {
  let best: { route: Route<Target>; pathParameters: Record<string, string>; rank: string } | undefined;
  for (const route of routes) {
    const match = matchOne(route.key, method, path);
    if (match && (best === undefined || match.rank < best.rank)) best = { route, ...match };
  }
  return best && { route: best.route, pathParameters: best.pathParameters };
}

/** The rank sorts literal segments before parameters, those before a greedy one, and a method before ANY. */
function matchOne(
  key: string,
  method: string,
  path: string,
): { pathParameters: Record<string, string>; rank: string } | undefined {
  if (key === '$default') return { pathParameters: {}, rank: '9' };
  const [routeMethod = '', template = ''] = key.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const wanted = template.split('/');
  const given = path.split('/');
  const pathParameters: Record<string, string> = {};
  let rank = '';
  for (const [at, segment] of wanted.entries()) {
    const parameter = /^\{([^}+]+)(\+?)\}$/.exec(segment);
    const value = given[at];
    if (parameter?.[2] && parameter[1]) {
      if (given.length <= at || given.slice(at).join('/') === '') return undefined;
      pathParameters[parameter[1]] = decode(given.slice(at).join('/'));
      return { pathParameters, rank: `${rank}2${routeMethod === 'ANY' ? 1 : 0}` };
    }
    if (parameter?.[1]) {
      if (!value) return undefined;
      pathParameters[parameter[1]] = decode(value);
      rank += '1';
    } else {
      if (value !== segment) return undefined;
      rank += '0';
    }
  }
  if (wanted.length !== given.length) return undefined;
  return { pathParameters, rank: `${rank}${routeMethod === 'ANY' ? 1 : 0}` };
}

/** API Gateway decodes path parameters; what is not valid percent encoding it leaves as it is. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return value;
    throw error;
  }
}
