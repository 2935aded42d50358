import { failure } from './function-worker.ts';

/** How often a function is invoked in one chain of requests; then Lambda takes it for a loop. */
const maximumInvocations = 16;

/**
 * How often each function was invoked in a chain of requests, as the trace header carries it from message to message: the
 * SDK sends on what the runtime was given. The form of AWS is not documented; this one is `Lineage=NAME:COUNT|…`.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
type Lineage = ReadonlyMap<string, number>;

/** The trace header of an invocation by messages with these trace headers. Throws as Lambda does for a loop. */
export function traceOfInvocation(
  functionName: string,
  traces: readonly (string | undefined)[],
  mayFeedItself: boolean,
): string {
  const counts = new Map<string, number>();
  for (const lineage of traces.map(lineageOf)) {
    for (const [name, count] of lineage) counts.set(name, Math.max(count, counts.get(name) ?? 0));
  }
  const count = (counts.get(functionName) ?? 0) + 1;
  if (count > maximumInvocations && !mayFeedItself) {
    throw failure(
      'RecursiveInvocationException',
      `${functionName} feeds itself: Lambda stops it after ${count - 1} times`,
    );
  }
  counts.set(functionName, count);
  return `Lineage=${[...counts].map(([name, times]) => `${name}:${times}`).join('|')}`;
}

function lineageOf(trace: string | undefined): Lineage {
  const text = /(?:^|;)Lineage=([^;]*)/.exec(trace ?? '')?.[1];
  return new Map(
    (text ? text.split('|') : []).map((entry) => {
      const colon = entry.lastIndexOf(':');
      return [entry.slice(0, colon), Number(entry.slice(colon + 1))];
    }),
  );
}
