import { type LeadDocument, leadFieldOf, own } from '../lead/lead-document.ts';
import { jsonPointer } from '../problem/problem.ts';
import { kindCompared } from '../rule/comparison.ts';
import type { MetadataRule, Rule } from '../rule/rule.ts';
import { isEmpty, numberOf, periodOf } from '../rule/value.ts';
import type { RuleWarning } from '../vocabulary/lint.ts';

/** How many values of a field were seen that a rule compares as numbers or dates, and how many of them are such. */
export interface ReadValues {
  readonly values: number;
  readonly readable: number;
  /** One that is not, and whose: it goes with the lead. */
  readonly unread?: { readonly leadId: string; readonly value: string };
}

/** A rule that compares a field as a number or a date. */
interface Compared {
  readonly path: readonly (string | number)[];
  readonly rule: MetadataRule;
  readonly kind: 'number' | 'date';
}

const isReadAs = { number: numberOf, date: periodOf } as const;
/** Longer values are cut, in characters. */
const longestExample = 60;
/** Warned of from this share of unread values on: single slips are in every large list. */
const leastShare = 0.01;

/** Counts the values that rules compare as numbers or dates. `before`: what was counted of the same rules. */
export class ValueReader {
  private readonly compared: readonly Compared[];
  private readonly counts: { -readonly [Name in keyof ReadValues]: ReadValues[Name] }[];

  constructor(rules: readonly Rule[], before: readonly ReadValues[] = []) {
    this.compared = comparedIn(rules);
    this.counts = this.compared.map((_, index) => ({ values: 0, readable: 0, ...before[index] }));
  }

  /** Counts what a lead has. */
  add(document: LeadDocument): void {
    for (const [index, { rule, kind }] of this.compared.entries()) {
      const count = this.counts[index]!;
      for (const value of [valueRead(document, rule)].flat()) {
        if (isEmpty(value)) continue;
        count.values++;
        if (isReadAs[kind](value) !== undefined) count.readable++;
        else count.unread ??= { leadId: document.leadId, value: String(value).slice(0, longestExample) };
      }
    }
  }

  /** What was counted so far, by rule; nothing where no rule compares any. */
  read(): { readonly values?: readonly ReadValues[] } {
    return this.counts.length === 0 ? {} : { values: this.counts.map((count) => ({ ...count })) };
  }
}

/** Warns of rules of whose values some are not read, by how many are. `counts`: of each part of the leads. */
export function warnOfUnread(
  rules: readonly Rule[],
  counts: readonly (readonly ReadValues[] | undefined)[],
): RuleWarning[] {
  return comparedIn(rules).flatMap(({ path, rule, kind }, index): RuleWarning[] => {
    const parts = counts.flatMap((part) => part?.[index] ?? []);
    const values = parts.reduce((sum, part) => sum + part.values, 0);
    const readable = parts.reduce((sum, part) => sum + part.readable, 0);
    const example = parts.find(({ unread }) => unread)?.unread?.value;
    if (values === 0 || (values - readable) / values < leastShare) return [];
    const such = example === undefined ? '' : `, unlike "${example}"`;
    const message = `${readable} of ${values} values in "${rule.field}" read as a ${kind}${such}`;
    return [{ code: 'values_not_read', path: jsonPointer(path), message }];
  });
}

function comparedIn(rules: readonly Rule[], path: Compared['path'] = ['rules']): Compared[] {
  return rules.flatMap((rule, index): Compared[] => {
    const here = [...path, index];
    if (rule.type === 'group') return comparedIn(rule.rules, [...here, 'rules']);
    if (rule.type !== 'lead_metadata' && rule.type !== 'account_metadata') return [];
    const kind = kindCompared(rule);
    return kind ? [{ path: here, rule, kind }] : [];
  });
}

function valueRead(document: LeadDocument, { type, field }: MetadataRule): unknown {
  if (type === 'lead_metadata') return leadFieldOf(document, field);
  return document.account && own(document.account.attributes, field);
}
