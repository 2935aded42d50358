import { compileRule, type Evaluation, type RuleContext, type Subject } from '../matcher/evaluation.ts';
import { jsonPointer } from '../problem/problem.ts';
import type { Match, Rule } from '../rule/rule.ts';

/** How many leads are left after one of the top-level rules, in their order. */
export interface FunnelStep {
  /** The rule, as a JSON pointer into the body of the preview. */
  readonly path: string;
  /** With `all`: leads that this rule and those before it hold of; with `any`: leads that one of them holds of. */
  readonly total: number;
}

/** Evaluates rules lead by lead, and counts for each top-level rule the leads it decides about. */
export class RuleFunnel {
  private readonly match: Match;
  private readonly rules: readonly Evaluation[];
  private readonly decided: number[];

  /** `before`: what was counted with the same rules. */
  constructor(match: Match, rules: readonly Rule[], context: RuleContext, before: readonly number[] = []) {
    this.match = match;
    this.rules = rules.map((rule) => compileRule(rule, context));
    this.decided = rules.map((_, index) => before[index] ?? 0);
  }

  /** Whether the rules hold of the lead. Counts the rule that decides it: the first that fails `all`, or makes `any` hold. */
  holds(subject: Subject): boolean {
    const isAny = this.match === 'any';
    const deciding = this.rules.findIndex((rule) => rule.holds(subject) === isAny);
    if (deciding >= 0) this.decided[deciding]!++;
    // Without rules nobody matches.
    return isAny ? deciding >= 0 : deciding < 0 && this.rules.length > 0;
  }

  /** By rule: leads that it decided about. */
  read(): readonly number[] {
    return [...this.decided];
  }
}

/** The leads left after each rule. `decided`: by rule, the leads it decided about; `leads`: all that were asked. */
export function funnelOf(match: Match, decided: readonly number[], leads: number): number[] {
  let sum = 0;
  return decided.map((count) => {
    sum += count;
    return match === 'any' ? sum : leads - sum;
  });
}

/** Where a top-level rule is in the body of a preview. */
export const pathOfRule = (index: number): string => jsonPointer(['rules', index]);
