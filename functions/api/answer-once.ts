import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { idempotencyPartition } from '../../shared/aws/segments-keys.ts';
import { type RouteKey, routeAt } from '../../shared/http/routes.ts';
import type { KeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { Problem } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';
import { openBody, sealBody } from './sealed-body.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const maximumKeyLength = 255;

/** A larger body (bytes) is not kept: an item takes 400 KB. */
const maximumKeptBytes = 350_000;

/**
 * What is kept of an answer: all of it, with its body sealed; or of a large one where the segment it shows is read again.
 * `body`: as an earlier release kept it.
 */
interface KeptAnswer extends APIGatewayProxyStructuredResultV2 {
  readonly segmentId?: string;
  readonly sealedBody?: Uint8Array;
}

/** Takes an answer past what keeps answers: thrown, so that the key is free again. */
export class UnkeptAnswer extends Error {
  override name = 'UnkeptAnswer';
  readonly answer: APIGatewayProxyStructuredResultV2;

  constructor(answer: APIGatewayProxyStructuredResultV2) {
    super('The answer is not kept');
    this.answer = answer;
  }
}

async function keptOf(
  { statusCode, headers, body }: APIGatewayProxyStructuredResultV2,
  event: APIGatewayProxyEventV2,
  hash: KeyedHash,
): Promise<KeptAnswer> {
  const rest = { ...(statusCode !== undefined && { statusCode }), ...(headers && { headers }) };
  if (body === undefined) return rest;
  if (new Blob([body]).size <= maximumKeptBytes) return { ...rest, sealedBody: await sealBody(body, event, hash) };
  const { id } = JSON.parse(body) as { id?: unknown };
  if (typeof id !== 'string' || !id.startsWith('seg_')) {
    throw new UnkeptAnswer({ ...rest, body });
  }
  return { ...rest, segmentId: id };
}

/** What only reads is done again: it does no harm, and an answer that is kept could outlive the leads that it shows. */
function onlyReads({ routeKey }: APIGatewayProxyEventV2): boolean {
  return routeAt(routeKey)?.who === 'readers';
}

/** The request that reads a segment, as the same caller would send it. */
function readingOf(segmentId: string, event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  const { body: _body, queryStringParameters: _query, headers, ...rest } = event;
  // It was for the first revision: what is read is whatever came of it.
  const { 'if-match': _ifMatch, ...others } = headers;
  const routeKey = 'GET /segments/{segmentId}' satisfies RouteKey;
  return { ...rest, headers: others, routeKey, pathParameters: { segmentId }, rawQueryString: '' };
}

/**
 * Answers a POST with an `Idempotency-Key` that changes anything once: the same key again, within a day, gets the first answer. Where that was
 * too large to be kept, it gets the first status with the segment as it is by then. What the handler throws as `UnkeptAnswer`
 * is answered, not kept.
 */
export function answerOnce({ table, client, hash }: ApiWorld['idempotency'], handler: Handler): Handler {
  const answers = new WeakMap<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>();
  const answerAndKeep = async (event: APIGatewayProxyEventV2, context: Context): Promise<KeptAnswer> => {
    const answer = await handler(event, context);
    answers.set(event, answer);
    return keptOf(answer, event, hash);
  };
  const once = makeIdempotent(answerAndKeep, {
    persistenceStore: new DynamoDBPersistenceLayer({
      tableName: table,
      keyAttr: 'pk',
      sortKeyAttr: 'sk',
      staticPkValue: idempotencyPartition,
      expiryAttr: 'expiresAt',
      awsSdkV3Client: client,
    }),
    config: new IdempotencyConfig({
      eventKeyJmesPath: 'headers."idempotency-key"',
      payloadValidationJmesPath: '[requestContext.http.method, rawPath, rawQueryString, body]',
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: 86_400,
    }),
  });

  const replayed = async (
    { segmentId, sealedBody, ...kept }: KeptAnswer,
    event: APIGatewayProxyEventV2,
    context: Context,
  ) => {
    const opened = sealedBody ? { ...kept, body: await openBody(sealedBody, event, hash) } : kept;
    const current = segmentId === undefined ? opened : await handler(readingOf(segmentId, event), context);
    const headers = { ...kept.headers, ...current.headers, 'idempotent-replayed': 'true' };
    return { ...current, ...(kept.statusCode !== undefined && { statusCode: kept.statusCode }), headers };
  };

  return async (event, context) => {
    const key = event.headers['idempotency-key'];
    const isOnce = event.requestContext.http.method === 'POST' && key !== undefined;
    if (isOnce && (key.length === 0 || key.length > maximumKeyLength)) {
      throw new Problem(400, 'idempotency_key', `Idempotency-Key must have 1 to ${maximumKeyLength} characters`);
    }
    try {
      if (!isOnce || onlyReads(event)) return await handler(event, context);
      // The context tells when this invocation ends at the latest: should it die, the key is free again then, not in a day.
      const kept = await once(event, context);
      return answers.get(event) ?? (await replayed(kept, event, context));
    } catch (error) {
      if (error instanceof UnkeptAnswer) return error.answer;
      if (error instanceof IdempotencyValidationError) {
        throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request');
      }
      if (error instanceof IdempotencyAlreadyInProgressError) {
        throw new Problem(409, 'request_in_progress', 'The first request with this Idempotency-Key is still running');
      }
      throw error;
    }
  };
}
