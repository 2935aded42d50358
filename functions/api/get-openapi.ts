import { openApiOf } from '../../shared/http/openapi.ts';
import type { Route } from './route.ts';

let made: object | undefined;

/** `GET /openapi.json`: the contract of this API, made when it is first asked for */
export const getOpenapi: Route = async () => {
  made ??= openApiOf();
  return { status: 200, body: made };
};
