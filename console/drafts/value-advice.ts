import { operatorNamed } from '../../shared/rule/operator.ts';
import type { FieldComparison, Rule } from '../../shared/rule/rule.ts';
import { numberOf } from '../../shared/rule/value.ts';
import type { VocabularyField } from '../../shared/vocabulary/vocabulary.ts';
import type { Vocabulary } from '../api/answers.ts';
import { nearName } from './near-name.ts';
import type { PartProblem } from './part-problems.ts';

/** Something allowed that is hardly meant, and what was perhaps meant instead. */
export interface Advice extends PartProblem {
  readonly instead?: string;
}

/** What a rule names that was never seen, or compares in a way that nothing known satisfies. */
export function adviceFor(rule: Rule, vocabulary: Vocabulary): Advice[] {
  switch (rule.type) {
    case 'lead_metadata':
      return adviceOn(rule, vocabulary.lead.fields, '');
    case 'account_metadata':
      return adviceOn(rule, vocabulary.account.fields, '');
    case 'event_metadata': {
      const { eventType, field, and = [] } = rule;
      const event = vocabulary.events.find((known) => known.eventType === eventType);
      if (!event) {
        const names = vocabulary.events.map((known) => known.eventType);
        return eventType === '' ? [] : [unseen('eventType', `event "${eventType}"`, eventType, names)];
      }
      return [
        ...(field === undefined ? [] : adviceOn({ ...rule, field }, event.fields, '')),
        ...and.flatMap((part, index) => adviceOn(part, event.fields, `and/${index}/`)),
      ];
    }
    default:
      return [];
  }
}

function unseen(part: string, what: string, text: string, names: readonly string[]): Advice {
  const instead = nearName(text, names);
  return { part, message: `No ${what} has been seen yet.`, ...(instead !== undefined && { instead }) };
}

function adviceOn(comparison: FieldComparison, fields: readonly VocabularyField[], path: string): Advice[] {
  const { field, operator, value } = comparison;
  if (field === '') return [];
  const known = fields.find(({ name }) => name === field);
  if (!known) {
    const names = fields.map(({ name }) => name);
    return [unseen(`${path}field`, `field "${field}"`, field, names)];
  }
  const { operand } = operatorNamed(operator);
  if (operand !== 'scalar' && operand !== 'list') return [];
  const values = [value].flat().filter((one): one is string => typeof one === 'string' && one !== '');
  const isNumeric = known.kinds.length > 0 && known.kinds.every((kind) => kind === 'number');
  const noNumber = isNumeric ? values.find((one) => numberOf(one) === undefined) : undefined;
  if (noNumber !== undefined) {
    return [{ part: `${path}value`, message: `${field} has numbers only, and "${noNumber}" is none.` }];
  }
  const near = values.flatMap((one) => {
    const instead = nearName(one, known.values);
    return instead === undefined ? [] : [{ one, instead }];
  })[0];
  if (!near) return [];
  const message = `"${near.one}" is not among the usual values of ${field}.`;
  return [{ part: `${path}value`, message, ...(operand === 'scalar' && { instead: near.instead }) }];
}
