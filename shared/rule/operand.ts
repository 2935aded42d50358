import { beyondNumbers, type ErrorCode } from '../problem/error-codes.ts';
import type { OperandKind } from './operator.ts';
import { textProblem } from './text-schema.ts';
import { numberOf, periodOf } from './value.ts';

/** The limits of section "Rules" of the API reference. */
export const ruleLimits = {
  leafRules: 250,
  depth: 5,
  jsonBytes: 200_000,
  listValues: 1_000,
  textCharacters: 1_000,
  days: 3_650,
  times: 100,
} as const;

/** What is wrong with an operand, and where inside it. */
interface OperandProblem {
  readonly path: readonly (string | number)[];
  readonly code: ErrorCode;
  readonly message: string;
}

const problem = (code: ErrorCode, message: string, ...path: (string | number)[]): OperandProblem[] => [
  { path, code, message },
];

function checkText(value: unknown, ...path: number[]): OperandProblem[] {
  if (typeof value !== 'string') return problem('wrong_type', 'must be text', ...path);
  const found = textProblem(value, ruleLimits.textCharacters);
  return found ? problem(found.code, found.message, ...path) : [];
}

function checkScalar(value: unknown, ...path: number[]): OperandProblem[] {
  if (typeof value === 'boolean') return [];
  if (typeof value === 'number') return checkNumber(value, ...path);
  return typeof value === 'string'
    ? checkText(value, ...path)
    : problem('wrong_type', 'must be text, a number or a boolean', ...path);
}

function checkNumber(value: unknown, ...path: number[]): OperandProblem[] {
  if (typeof value !== 'number' || Number.isNaN(value)) return problem('wrong_type', 'must be a number', ...path);
  return Number.isFinite(value) ? [] : problem(value > 0 ? 'too_large' : 'too_small', beyondNumbers, ...path);
}

function checkList(value: unknown, checkElement: typeof checkScalar): OperandProblem[] {
  if (!Array.isArray(value)) return problem('wrong_type', 'must be a list');
  if (value.length === 0) return problem('empty', 'must not be empty');
  if (value.length > ruleLimits.listValues) {
    return problem('too_many', `must have at most ${ruleLimits.listValues} values`);
  }
  return value.flatMap((element, index) => checkElement(element, index));
}

function checkDate(value: unknown, ...path: number[]): OperandProblem[] {
  return periodOf(value)
    ? []
    : problem('invalid_format', 'must be a date (YYYY-MM-DD) or an ISO 8601 date-time', ...path);
}

function checkRange(value: unknown): OperandProblem[] {
  if (!Array.isArray(value) || value.length !== 2) return problem('wrong_type', 'must be a list of two: [low, high]');
  const [low, high] = value;
  if (typeof low === 'number' || typeof high === 'number') {
    const problems = [...checkNumber(low, 0), ...checkNumber(high, 1)];
    if (problems.length > 0) return problems;
    return (low as number) <= (high as number) ? [] : problem('wrong_order', 'low must not be greater than high');
  }
  const problems = [...checkDate(low, 0), ...checkDate(high, 1)];
  if (problems.length > 0) {
    return [low, high].some((bound) => numberOf(bound) !== undefined)
      ? problem('wrong_type', 'must be two JSON numbers or two dates')
      : problems;
  }
  return periodOf(low)!.start <= periodOf(high)!.last ? [] : problem('wrong_order', 'low must not be later than high');
}

function checkDays(value: unknown): OperandProblem[] {
  const message = `must be a whole number of days from 0 to ${ruleLimits.days}`;
  if (typeof value !== 'number' || (Number.isFinite(value) && !Number.isInteger(value))) {
    return problem('wrong_type', message);
  }
  if (value < 0) return problem('too_small', message);
  return value > ruleLimits.days ? problem('too_large', message) : [];
}

/** Checks what a rule compares with, for an operator of that kind; `onLevel`: for a level rule, whose values are text. */
export function checkOperand(kind: OperandKind, value: unknown, onLevel: boolean): readonly OperandProblem[] {
  if (kind === 'none') return value === undefined ? [] : problem('not_allowed', 'must be left out for this operator');
  if (value === undefined || value === null) return problem('required', 'is required for this operator');
  switch (kind) {
    case 'scalar':
      return onLevel ? checkText(value) : checkScalar(value);
    case 'list':
      return checkList(value, onLevel ? checkText : checkScalar);
    case 'text':
    case 'level':
      return checkText(value);
    case 'number':
      return checkNumber(value);
    case 'range':
      return checkRange(value);
    case 'date':
      return checkDate(value);
    case 'days':
      return checkDays(value);
  }
}
