import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();

/** Does something for the request with that id, which the gateway gave it. */
export function duringRequest<Result>(requestId: string, act: () => Result): Result {
  return requestIds.run(requestId, act);
}

/** A note for the log, with the request it was made for: what clients quote is found by it. */
export function ofRequest(what: string): string {
  const requestId = requestIds.getStore();
  return requestId === undefined ? what : `${what} (request ${requestId})`;
}
