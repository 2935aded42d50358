/** A request as a route sees it. */
export interface ApiRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Who calls: the IAM identity's ARN, or the token's e-mail address or subject; "local" where nobody is asked. */
  readonly author: string;
  /** The JSON of the body; `whenMissing` where there is none. Throws 400 when there is none and must be one. */
  readonly body: (whenMissing?: unknown) => unknown;
}

/** An answer of a route; `body` is sent as JSON, `text` as it is, with the content type among the headers. */
export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

/** One route: what it answers. Throws `Problem` for what it refuses. */
export type Route = (request: ApiRequest) => Promise<ApiResponse>;

/** The part of the path with that name. */
export function parameter({ parameters }: ApiRequest, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}`);
  return value;
}
