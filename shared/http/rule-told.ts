import { ruleLimits } from '../rule/operand.ts';
import { type OperandKind, operatorNamed, operatorNames } from '../rule/operator.ts';

type Json = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
}

const text = { type: 'string', minLength: 1, maxLength: ruleLimits.textCharacters };
const number = { type: 'number' };
const date = { type: 'string', description: 'YYYY-MM-DD, or an ISO 8601 date-time.' };
const scalar = { anyOf: [text, number, { type: 'boolean' }] };
const listOf = (items: Json) => ({ type: 'array', items, minItems: 1, maxItems: ruleLimits.listValues });
const pairOf = (items: Json) => ({ type: 'array', items, minItems: 2, maxItems: 2 });

/** What rules compare with, by the kind of operand; a level is always a text. */
const operands: Readonly<Record<OperandKind, Json | undefined>> = {
  none: undefined,
  scalar,
  list: listOf(scalar),
  text,
  number,
  range: { anyOf: [pairOf(number), pairOf(date)], description: 'The lowest and the highest.' },
  date,
  days: { type: 'integer', minimum: 0, maximum: ruleLimits.days },
  level: text,
};
const levelOperands: Partial<typeof operands> = { scalar: text, list: listOf(text) };

/**
 * The JSON Schema of a rule, or of a further condition, as one for each kind of value: which it takes hangs on the operator,
 * which `zod` checks and JSON Schema cannot tell of one object. What has no `value` is left as it is.
 */
export function toldByOperand(schema: Json): readonly Json[] {
  const { properties, required } = schema as unknown as ObjectSchema;
  const { value, operator, ...others } = properties;
  if (!value || !operator) return [schema];
  const takes = new Set(operator.enum as readonly string[]);
  const isOfLevel = takes.has('at_least');
  const names = operatorNames.filter((name) => takes.has(name));
  return [...new Set(names.map((name) => operatorNamed(name).operand))].map((kind) => {
    const told = (isOfLevel && levelOperands[kind]) || operands[kind];
    const ofKind = names.filter((name) => operatorNamed(name).operand === kind);
    return {
      ...schema,
      properties: { ...others, operator: { ...operator, enum: ofKind }, ...(told && { value: told }) },
      required: told ? [...required, 'value'] : required,
    };
  });
}
