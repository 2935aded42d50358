import type { AnswerOf, BodyOf, PathPartOf, QueryOf, Route } from '../../shared/http/route.ts';

/** A request as the handler of a route sees it: what the route declares, read as it declares it. */
export interface RouteRequest<Declaration extends Route> {
  /** The part of the path with that name. */
  readonly part: (name: PathPartOf<Declaration>) => string;
  /** Throws 422. Asked for by the handler, as the body is: whether what the path names exists may come first. */
  readonly query: () => QueryOf<Declaration>;
  /** Throws 400, 413 and 422. */
  readonly body: () => BodyOf<Declaration>;
  readonly ifMatch: string | undefined;
  /** Who calls: the IAM identity's ARN, or the token's e-mail address or subject; "local" where nobody is asked. */
  readonly author: string;
}

/**
 * What answers a route: the compiler misses what the route declares and the answer lacks; tests (`checkAnswer`) find what is
 * too much. Throws `Problem` for what it refuses.
 */
export type Handler<Declaration extends Route> = (request: RouteRequest<Declaration>) => Promise<AnswerOf<Declaration>>;

/** What answers each of some routes. */
export type HandlersOf<Routes extends { readonly [Name in keyof Routes]: Route }> = {
  readonly [Name in keyof Routes]: Handler<Routes[Name]>;
};
