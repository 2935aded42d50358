import type { FieldError } from '../../shared/problem/problem.ts';
import { readAs } from '../../shared/problem/read-as.ts';
import { type Rule, rulesInputSchema } from '../../shared/rule/rule.ts';

const missing: Readonly<Record<string, string>> = {
  field: 'Choose a field.',
  eventType: 'Choose an event.',
  segmentId: 'Choose a segment.',
  value: 'Enter a value.',
};

/** What the API would refuse in these rules, with paths into the body as the API gives them. */
export function draftProblems(rules: readonly Rule[]): FieldError[] {
  // As it would be sent: what is undefined is left out.
  const sent = JSON.parse(JSON.stringify(rules)) as unknown;
  const result = readAs(rulesInputSchema, sent, ['rules']);
  if (result.success) return [];
  return result.errors.map(({ path, code, message }) => {
    const parts = path.split('/').slice(2);
    const value = parts.reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], sent);
    const isMissing = value === undefined || value === null || value === '';
    const name = parts.findLast((part) => part in missing);
    return { path, code, message: isMissing && name ? missing[name]! : sentence(message) };
  });
}

/** "must be a number" as "Must be a number." */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
