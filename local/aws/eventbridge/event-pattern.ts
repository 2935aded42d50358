import { compileCondition, type Fields, InvalidEventPatternError, isFields, type Leaf } from './event-comparison.ts';

export { InvalidEventPatternError } from './event-comparison.ts';

/** Whether an event has what a pattern asks for. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Compiles an event pattern, once, into a function. The language is the one of EventBridge rules, of `TestEventPattern`,
 * and of the filters of event source mappings.
 */
export function compileEventPattern(pattern: string | object): EventMatcher {
  const parsed = typeof pattern === 'string' ? parseJson(pattern) : pattern;
  if (!isFields(parsed) || Object.keys(parsed).length === 0) {
    throw new InvalidEventPatternError('a pattern is an object with at least one field');
  }
  return compileFields(parsed, []);
}

function compileFields(pattern: Fields, path: string[]): EventMatcher {
  const tests = Object.entries(pattern).map(([name, inner]): EventMatcher => {
    if (name === '$or') return compileAlternatives(inner, path);
    const test = compileField(inner, [...path, name]);
    return (event) => test(isFields(event) && Object.hasOwn(event, name) ? event[name] : undefined);
  });
  const all = (event: unknown): boolean => tests.every((test) => test(event));
  // In a list of objects, one and the same element has to satisfy all fields.
  return (event) => (Array.isArray(event) && event.length > 0 ? event.flat(Infinity).some(all) : all(event));
}

function compileAlternatives(inner: unknown, path: string[]): EventMatcher {
  if (!Array.isArray(inner) || inner.length < 2 || !inner.every(isFields)) {
    throw new InvalidEventPatternError('$or needs a list of at least two objects');
  }
  const alternatives = inner.map((alternative) => compileFields(alternative, path));
  return (event) => alternatives.some((matches) => matches(event));
}

function compileField(inner: unknown, path: string[]): EventMatcher {
  const where = path.join('.');
  if (isFields(inner)) {
    if (Object.keys(inner).length === 0) throw new InvalidEventPatternError(`empty object at ${where}`);
    return compileFields(inner, path);
  }
  if (!Array.isArray(inner)) throw new InvalidEventPatternError(`"${where}" must be an object or an array`);
  if (inner.length === 0) throw new InvalidEventPatternError(`empty array at ${where}`);
  const tests = inner.map((condition) => compileCondition(condition, where));
  return (value) => leavesOf(value).some((leaf) => tests.some((test) => test(leaf)));
}

/** The values a field is compared by: elements of a list, nothing of an object; no value at all is `undefined`. */
function leavesOf(value: unknown): Array<Leaf | undefined> {
  const values = Array.isArray(value) ? value.flat(Infinity) : [value];
  const leaves = values.filter(
    (one): one is Leaf => one === null || ['string', 'number', 'boolean'].includes(typeof one),
  );
  return leaves.length > 0 ? leaves : [undefined];
}

function parseJson(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch (error) {
    throw new InvalidEventPatternError((error as Error).message);
  }
}
