import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Problem } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const maximumKeyLength = 255;

/** More than that (bytes) is not kept: an item takes 400 KB. */
const maximumKeptBytes = 350_000;

/** Takes an answer past what keeps answers: thrown, so that the key is free again. */
export class UnkeptAnswer extends Error {
  override name = 'UnkeptAnswer';
  readonly answer: APIGatewayProxyStructuredResultV2;

  constructor(answer: APIGatewayProxyStructuredResultV2) {
    super('The answer is not kept');
    this.answer = answer;
  }
}

/**
 * Answers a POST with an `Idempotency-Key` once: the same key again, within a day, gets the first answer. What the handler
 * throws as `UnkeptAnswer` is answered, not kept.
 */
export function answerOnce({ table, client }: ApiWorld['idempotency'], handler: Handler): Handler {
  const handleOrLeaveUnkept: Handler = async (event, context) => {
    const answer = await handler(event, context);
    if (new Blob([answer.body ?? '']).size > maximumKeptBytes) throw new UnkeptAnswer(answer);
    return answer;
  };
  const once = makeIdempotent(handleOrLeaveUnkept, {
    persistenceStore: new DynamoDBPersistenceLayer({
      tableName: table,
      keyAttr: 'pk',
      sortKeyAttr: 'sk',
      staticPkValue: 'idempotency',
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
  return async (event, context) => {
    const key = event.headers['idempotency-key'];
    const isOnce = event.requestContext.http.method === 'POST' && key !== undefined;
    if (isOnce && (key.length === 0 || key.length > maximumKeyLength)) {
      throw new Problem(400, 'idempotency_key', `Idempotency-Key must have 1 to ${maximumKeyLength} characters`);
    }
    try {
      if (!isOnce) return await handler(event, context);
      // The context tells when this invocation ends at the latest: should it die, the key is free again then, not in a day.
      return await once(event, context);
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
