import { z } from 'zod';
import type { ProblemCode } from '../problem/problem-codes.ts';
import type { dryRunSchema } from './segment-answers.ts';

/** A file to download, of one of these content types; only that of text says its charset. */
export interface FileForm {
  readonly fileTypes: readonly string[];
}

/** What one status of a route answers: JSON of that schema, a file, or no body at all. */
export type AnswerForm = z.ZodType | FileForm | 'nothing';

/** The parameters that a route takes in the query, each by its name: others are refused. */
export type QuerySchema = z.ZodObject;

type Answers = Readonly<Record<number, AnswerForm>>;

/**
 * Everything there is to know of one route, told once: the gateway's routes, dispatch, OpenAPI, the table in the
 * documentation, what its handler may answer and what the console expects are made from it.
 */
export interface Route<
  Method extends string = string,
  Path extends string = string,
  Query extends QuerySchema = QuerySchema,
  Body extends z.ZodType = z.ZodType,
  Answered extends Answers = Answers,
> {
  readonly method: Method;
  /** With the names of its parts that vary in braces. */
  readonly path: Path;
  readonly summary: string;
  /** Who may call: who reads, or only who may change what is kept. Today the gateway lets the same callers do both. */
  readonly who: 'readers' | 'writers';
  readonly query: Query;
  /** Whether it takes `If-Match`. */
  readonly takesIfMatch: boolean;
  /** Whether its answer has an ETag, by which `If-None-Match` goes. */
  readonly hasEtag: boolean;
  /** Whether its 202 says where what was begun is. */
  readonly tellsPlace: boolean;
  /** Whether clients may store its answer, and ask each time whether it still holds; no personal data, no figures. */
  readonly mayBeStored: boolean;
  /** `noBody` where it takes none. */
  readonly body: Body;
  /** A body that it takes, for people to copy. */
  readonly example?: unknown;
  /** Whether a request without a body is one with an empty object. */
  readonly bodyMayBeMissing: boolean;
  /** By status. */
  readonly answers: Answered;
  /** What its handler refuses with; what is true of each request of its kind (`problemsOf`) is not told again. */
  readonly problems: readonly ProblemCode[];
}

/** A route without what may be left out. */
type Declared<
  Method extends string,
  Path extends string,
  Query extends QuerySchema,
  Body extends z.ZodType,
  Answered extends Answers,
> = Pick<Route<Method, Path, Query, Body, Answered>, 'method' | 'path' | 'summary' | 'who' | 'answers'> &
  Partial<
    Pick<
      Route<Method, Path, Query, Body, Answered>,
      'query' | 'takesIfMatch' | 'hasEtag' | 'tellsPlace' | 'mayBeStored' | 'body' | 'bodyMayBeMissing'
    >
  > & {
    readonly example?: NoInfer<z.input<Body>>;
    readonly problems?: readonly ProblemCode[];
  };

/** The query of a route that takes no parameters. */
export const noQuery = z.object({});

/** The body of a route that takes none. */
export const noBody = z.undefined();

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Declares a route. */
export function defineRoute<
  const HttpMethod extends Method,
  const Path extends `/${string}`,
  const Answered extends Answers,
  Query extends QuerySchema = typeof noQuery,
  Body extends z.ZodType = typeof noBody,
>(route: Declared<HttpMethod, Path, Query, Body, Answered>): Route<HttpMethod, Path, Query, Body, Answered>;
export function defineRoute(route: Declared<Method, string, QuerySchema, z.ZodType, Answers>): Route {
  return {
    ...{ query: noQuery, takesIfMatch: false, hasEtag: false, tellsPlace: false, mayBeStored: false },
    ...{ body: noBody, bodyMayBeMissing: false, problems: [] },
    ...route,
  };
}

type PartsOf<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | PartsOf<Rest> : never;

/** The names of the parts of a route's path that vary. */
export type PathPartOf<Declaration extends Route> = PartsOf<Declaration['path']> & string;

/** What a route's query says. */
export type QueryOf<Declaration extends Route> = z.output<Declaration['query']>;

/** What may be sent to a route as its body. */
export type SentBodyOf<Declaration extends Route> = z.input<Declaration['body']>;

/** What a route's body says. */
export type BodyOf<Declaration extends Route> = z.output<Declaration['body']>;

/** An answer before it is sent; `body` is sent as JSON, `file` as it is, with the content type among the headers. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly file?: Uint8Array;
  /** An answer that the same request may improve on: it is not kept for its `Idempotency-Key`. */
  readonly isProvisional?: true;
}

interface AnswerWith<Status> extends PlainAnswer {
  readonly status: Status & number;
}

type AnswerAt<Status, Form> = Form extends z.ZodType
  ? AnswerWith<Status> & { readonly body: z.output<Form>; readonly file?: never }
  : Form extends FileForm
    ? AnswerWith<Status> & { readonly file: Uint8Array; readonly body?: never }
    : AnswerWith<Status> & { readonly body?: never; readonly file?: never };

/** What a route may answer. */
export type AnswerOf<Declaration extends Route> = PlainAnswer &
  {
    [Status in keyof Declaration['answers']]: AnswerAt<Status, Declaration['answers'][Status]>;
  }[keyof Declaration['answers']];

type BodyAt<Form> = Form extends z.ZodType
  ? Exclude<z.output<Form>, z.output<typeof dryRunSchema>>
  : Form extends 'nothing'
    ? undefined
    : never;

/** The JSON that a route answers, whatever the status, but for dry runs; undefined where there is nothing to tell. */
export type AnswerBodyOf<Declaration extends Route> = {
  [Status in keyof Declaration['answers']]: BodyAt<Declaration['answers'][Status]>;
}[keyof Declaration['answers']];

/** Every problem a route may refuse with, what each request of its kind may be refused with included. */
export function problemsOf({ method, body, bodyMayBeMissing, takesIfMatch, problems }: Route): readonly ProblemCode[] {
  const ofBody: ProblemCode[] = ['body_not_json', 'body_too_deep', 'body_too_large'];
  return [
    ...problems,
    ...(takesIfMatch ? (['revision_moved'] as const) : []),
    // What has no body is not asked for one; only a GET may come with anything, which nobody reads.
    ...(body === noBody && method === 'GET' ? [] : ofBody),
    ...(body === noBody || bodyMayBeMissing ? [] : (['body_missing'] as const)),
    ...(method === 'POST' ? (['idempotency_key', 'idempotency_key_reused', 'request_in_progress'] as const) : []),
    'condition_not_taken',
    'invalid',
    'internal',
  ];
}
