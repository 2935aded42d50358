/** A pattern that EventBridge would not accept, or the local run does not know; the message says why. */
export class InvalidEventPatternError extends Error {
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
    this.name = 'InvalidEventPatternError';
  }
}

/** Whether an event has what a pattern asks for. */
export type EventMatcher = (event: unknown) => boolean;

type Leaf = string | number | boolean | null;
/** Answers for one value of a field; a field that is not there is `undefined`. */
type LeafTest = (value: Leaf | undefined) => boolean;
type Fields = Record<string, unknown>;

/**
 * Compiles an event pattern, once, into a function. The language is the one of EventBridge rules and of the filters of
 * event source mappings: values, `prefix`, `exists` and `anything-but`. What else the cloud knows is refused.
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
    const test = compileField(inner, [...path, name]);
    return (event) => test(isFields(event) && Object.hasOwn(event, name) ? event[name] : undefined);
  });
  const all = (event: unknown): boolean => tests.every((test) => test(event));
  // In a list of objects, one and the same element has to satisfy all fields.
  return (event) => (Array.isArray(event) && event.length > 0 ? event.flat(Infinity).some(all) : all(event));
}

function compileField(inner: unknown, path: string[]): EventMatcher {
  const where = path.join('.');
  // To EventBridge it is no field but alternatives, which would match nothing if they were taken for one.
  if (path.at(-1) === '$or') throw new InvalidEventPatternError(`the local run does not know $or, at ${where}`);
  if (isFields(inner)) {
    if (Object.keys(inner).length === 0) throw new InvalidEventPatternError(`empty object at ${where}`);
    return compileFields(inner, path);
  }
  if (!Array.isArray(inner)) throw new InvalidEventPatternError(`"${where}" must be an object or an array`);
  if (inner.length === 0) throw new InvalidEventPatternError(`empty array at ${where}`);
  const tests = inner.map((condition) => compileCondition(condition, where));
  return (value) => leavesOf(value).some((leaf) => tests.some((test) => test(leaf)));
}

/** Compiles one element of a pattern's list: a value, or a match type with its operand. */
function compileCondition(condition: unknown, where: string): LeafTest {
  if (isLeaf(condition)) return (value) => value === condition;
  if (!isFields(condition)) throw new InvalidEventPatternError(`unexpected list inside the list at ${where}`);
  const [entry, another] = Object.entries(condition);
  if (!entry || another) throw new InvalidEventPatternError(`exactly one match type is needed at ${where}`);
  const [name, operand] = entry;
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean') throw new InvalidEventPatternError(`exists needs true or false at ${where}`);
      return (value) => (value !== undefined) === operand;
    case 'prefix':
      if (typeof operand !== 'string') throw new InvalidEventPatternError(`prefix must be a text at ${where}`);
      return (value) => typeof value === 'string' && value.startsWith(operand);
    case 'anything-but': {
      const values: unknown[] = Array.isArray(operand) ? operand : [operand];
      if (values.length === 0 || !values.every(isLeaf)) {
        throw new InvalidEventPatternError(`anything-but needs a value, or a list of values at ${where}`);
      }
      return (value) => value !== undefined && !values.includes(value);
    }
    default:
      throw new InvalidEventPatternError(`the local run does not know the match type ${name}, at ${where}`);
  }
}

/** The values a field is compared by: elements of a list, nothing of an object; no value at all is `undefined`. */
function leavesOf(value: unknown): Array<Leaf | undefined> {
  const values: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
  const leaves = values.filter(isLeaf);
  return leaves.length > 0 ? leaves : [undefined];
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch (error) {
    throw new InvalidEventPatternError((error as Error).message);
  }
}
