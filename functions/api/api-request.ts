import type { PlainAnswer } from '../../shared/http/route.ts';

/** A request, as whoever routes it hands it over. */
export interface ApiRequest {
  /** Such as `GET /segments/{segmentId}`. */
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** As it was sent, without "?". */
  readonly rawQuery: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Who calls. */
  readonly author: string;
  /** The JSON of the body; `whenMissing` where there is none. Throws 400 when there is none and must be one. */
  readonly body: (whenMissing?: unknown) => unknown;
}

/** The API: what it answers. Throws `Problem` for what it refuses. */
export type Api = (request: ApiRequest) => Promise<PlainAnswer>;
