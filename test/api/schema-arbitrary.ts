import fc from 'fast-check';
import { z } from 'zod';
import { hostileText } from '../lead/hostile-messages.ts';

/** The parts of a JSON schema that the schemas of bodies have. */
interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('country', 'Hot', 'DE', 'Page View', '2026-05-01', '3') },
  { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
  { weight: 1, arbitrary: hostileText },
);

/** Values of the form that a schema asks for; what its own checks say of them is not looked at. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const formOf = (part: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    if (part.$ref !== undefined) {
      if (depth > 6) return fc.constant(null);
      return formOf(part.$ref === '#' ? root : root.$defs![part.$ref.split('/').at(-1)!]!, depth + 1);
    }
    const choices = part.anyOf ?? part.oneOf;
    if (choices) return fc.oneof(...choices.map((choice) => formOf(choice, depth + 1)));
    if ('const' in part) return fc.constant(part.const);
    if (part.enum) return fc.constantFrom(...part.enum);
    switch (part.type) {
      case 'string':
        return part.pattern === undefined ? text : fc.stringMatching(new RegExp(part.pattern, 'u'));
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: part.minimum ?? -10, max: Math.min(part.maximum ?? 1_000, 1_000) });
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'array':
        return fc.array(formOf(part.items ?? {}, depth + 1), { maxLength: 3 });
      case 'object':
        return objectOf(part, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  };
  const objectOf = ({ properties = {}, required = [] }: JsonSchema, depth: number) => {
    const fields = Object.entries(properties).map(([name, part]) => [name, formOf(part, depth + 1)]);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] as never[], noNullPrototype: true });
  };
  return formOf(root, 0);
}
