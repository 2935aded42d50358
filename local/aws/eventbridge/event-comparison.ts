import { BlockList, isIPv4 } from 'node:net';

/** A pattern that EventBridge would not accept; the message says why. */
export class InvalidEventPatternError extends Error {
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
    this.name = 'InvalidEventPatternError';
  }
}

export type Leaf = string | number | boolean | null;
/** Answers for one value of a field; a field that is not there is `undefined`. */
export type LeafTest = (value: Leaf | undefined) => boolean;
export type Fields = Record<string, unknown>;

/** Compiles one element of a pattern's list: a value, or a match type with its operand. */
export function compileCondition(condition: unknown, where: string): LeafTest {
  if (isLeaf(condition)) return (value) => value === condition;
  if (!isFields(condition)) throw new InvalidEventPatternError(`unexpected list inside the list at ${where}`);
  const [name, operand] = onlyEntry(condition, where);
  const comparison = comparisons[name];
  if (!comparison) throw new InvalidEventPatternError(`Unrecognized match type ${name} at ${where}`);
  return comparison(operand, where);
}

const comparisons: Record<string, (operand: unknown, where: string) => LeafTest> = {
  exists: (operand, where) => {
    if (typeof operand !== 'boolean') throw new InvalidEventPatternError(`exists needs true or false at ${where}`);
    return (value) => (value !== undefined) === operand;
  },
  prefix: (operand, where) => textComparison('prefix', operand, where, (value, text) => value.startsWith(text)),
  suffix: (operand, where) => textComparison('suffix', operand, where, (value, text) => value.endsWith(text)),
  'equals-ignore-case': (operand, where) => {
    const folded = text(operand, 'equals-ignore-case', where).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === folded;
  },
  wildcard: (operand, where) => {
    const expression = compileWildcard(text(operand, 'wildcard', where), where);
    return (value) => typeof value === 'string' && expression.test(value);
  },
  numeric: compileNumeric,
  cidr: (operand, where) => {
    const [network, bits] = text(operand, 'cidr', where).split('/');
    if (!network || !bits || !Number.isInteger(Number(bits)))
      throw new InvalidEventPatternError(`malformed cidr at ${where}`);
    const block = new BlockList();
    try {
      block.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
    } catch (error) {
      throw new InvalidEventPatternError(`malformed cidr at ${where}: ${(error as Error).message}`);
    }
    return (value) => typeof value === 'string' && block.check(value, isIPv4(value) ? 'ipv4' : 'ipv6');
  },
  'anything-but': compileAnythingBut,
};

/** Present, and none of what is listed. */
function compileAnythingBut(operand: unknown, where: string): LeafTest {
  if (isFields(operand)) {
    const [name, inner] = onlyEntry(operand, where);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
      throw new InvalidEventPatternError(`Unsupported anything-but pattern ${name} at ${where}`);
    }
    const tests = (Array.isArray(inner) ? inner : [inner]).map((one) => comparisons[name]?.(one, where));
    if (tests.length === 0) throw new InvalidEventPatternError(`empty list in anything-but at ${where}`);
    return (value) => value !== undefined && !tests.some((test) => test?.(value));
  }
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0 || !values.every(isLeaf)) {
    throw new InvalidEventPatternError(`anything-but needs a value, or a list of values at ${where}`);
  }
  return (value) => value !== undefined && !values.includes(value);
}

const numericTests: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function compileNumeric(operand: unknown, where: string): LeafTest {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) {
    throw new InvalidEventPatternError(`numeric needs an operator and a number, once or twice, at ${where}`);
  }
  const tests: Array<(value: number) => boolean> = [];
  for (let at = 0; at < operand.length; at += 2) {
    const [operator, bound] = [String(operand[at]), operand[at + 1] as unknown];
    const test = numericTests[operator];
    if (!test) throw new InvalidEventPatternError(`Unrecognized numeric range operator ${operator} at ${where}`);
    if (typeof bound !== 'number') throw new InvalidEventPatternError(`Bad value in numeric range at ${where}`);
    if (operand.length === 4 && !operator.startsWith(at === 0 ? '>' : '<')) {
      throw new InvalidEventPatternError(`a numeric range is written lower bound first at ${where}`);
    }
    tests.push((value) => test(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** `prefix` and `suffix` take a text, or {"equals-ignore-case": text}. */
function textComparison(
  name: string,
  operand: unknown,
  where: string,
  compare: (value: string, operand: string) => boolean,
): LeafTest {
  if (isFields(operand)) {
    const [inner, folded] = onlyEntry(operand, where);
    if (inner !== 'equals-ignore-case') throw new InvalidEventPatternError(`${name} must be a text at ${where}`);
    const lower = text(folded, name, where).toLowerCase();
    return (value) => typeof value === 'string' && compare(value.toLowerCase(), lower);
  }
  const expected = text(operand, name, where);
  return (value) => typeof value === 'string' && compare(value, expected);
}

function compileWildcard(pattern: string, where: string): RegExp {
  const parts: string[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === '\\') {
      at += 1;
      if (pattern[at] !== '*' && pattern[at] !== '\\')
        throw new InvalidEventPatternError(`Invalid escape in wildcard at ${where}`);
      parts.push(`\\${pattern[at]}`);
    } else if (character === '*') {
      if (pattern[at + 1] === '*') throw new InvalidEventPatternError(`Consecutive wildcard characters at ${where}`);
      parts.push('.*');
    } else parts.push(character.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&'));
  }
  return new RegExp(`^${parts.join('')}$`, 's');
}

function onlyEntry(object: Fields, where: string): [string, unknown] {
  const entries = Object.entries(object);
  if (entries.length !== 1 || !entries[0])
    throw new InvalidEventPatternError(`exactly one match type is needed at ${where}`);
  return entries[0];
}

function text(operand: unknown, name: string, where: string): string {
  if (typeof operand !== 'string') throw new InvalidEventPatternError(`${name} must be a text at ${where}`);
  return operand;
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
