import type { OperandKind } from './operator.ts';
import { isEmpty, isWellFormed, numberOf, periodOf } from './value.ts';

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
  readonly message: string;
}

const problem = (message: string, ...path: (string | number)[]): OperandProblem[] => [{ path, message }];

function checkText(value: unknown, ...path: number[]): OperandProblem[] {
  if (typeof value !== 'string') return problem('must be text', ...path);
  if (isEmpty(value)) return problem('must not be empty', ...path);
  if (!isWellFormed(value)) return problem('must be well-formed text', ...path);
  const limit = ruleLimits.textCharacters;
  return value.length > limit ? problem(`must have at most ${limit} characters`, ...path) : [];
}

function checkScalar(value: unknown, ...path: number[]): OperandProblem[] {
  if (typeof value === 'boolean') return [];
  if (typeof value === 'number') return checkNumber(value, ...path);
  return typeof value === 'string'
    ? checkText(value, ...path)
    : problem('must be text, a number or a boolean', ...path);
}

function checkNumber(value: unknown, ...path: number[]): OperandProblem[] {
  return Number.isFinite(value) ? [] : problem('must be a number', ...path);
}

function checkList(value: unknown, checkElement: typeof checkScalar): OperandProblem[] {
  if (!Array.isArray(value)) return problem('must be a list');
  if (value.length === 0) return problem('must not be empty');
  if (value.length > ruleLimits.listValues) return problem(`must have at most ${ruleLimits.listValues} values`);
  return value.flatMap((element, index) => checkElement(element, index));
}

function checkDate(value: unknown, ...path: number[]): OperandProblem[] {
  return periodOf(value) ? [] : problem('must be a date (YYYY-MM-DD) or an ISO 8601 date-time', ...path);
}

function checkRange(value: unknown): OperandProblem[] {
  if (!Array.isArray(value) || value.length !== 2) return problem('must be a list of two: [low, high]');
  const [low, high] = value;
  if (typeof low === 'number' || typeof high === 'number') {
    const problems = [...checkNumber(low, 0), ...checkNumber(high, 1)];
    if (problems.length > 0) return problems;
    return (low as number) <= (high as number) ? [] : problem('low must not be greater than high');
  }
  const problems = [...checkDate(low, 0), ...checkDate(high, 1)];
  if (problems.length > 0) {
    return [low, high].some((bound) => numberOf(bound) !== undefined)
      ? problem('must be two JSON numbers or two dates')
      : problems;
  }
  return periodOf(low)!.start <= periodOf(high)!.last ? [] : problem('low must not be later than high');
}

function checkDays(value: unknown): OperandProblem[] {
  const isValid = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= ruleLimits.days;
  return isValid ? [] : problem(`must be a whole number of days from 0 to ${ruleLimits.days}`);
}

/** Checks what a rule compares with, for an operator of that kind; `onLevel`: for a level rule, whose values are text. */
export function checkOperand(kind: OperandKind, value: unknown, onLevel: boolean): readonly OperandProblem[] {
  if (kind === 'none') return value === undefined ? [] : problem('must be left out for this operator');
  if (value === undefined || value === null) return problem('is required for this operator');
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
