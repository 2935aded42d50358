import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { type Condition, ExpressionParser, type UpdateAction } from './expression.ts';
import { TokenReader } from './tokens.ts';

/** A PartiQL statement that writes one item. */
export type Statement =
  | { readonly kind: 'insert'; readonly table: string; readonly item: Item }
  | { readonly kind: 'update'; readonly table: string; readonly actions: UpdateAction[]; readonly where: Condition }
  | { readonly kind: 'delete'; readonly table: string; readonly where: Condition };

/** Parses `INSERT INTO … VALUE {…}`, `UPDATE … SET … REMOVE … WHERE …` and `DELETE FROM … WHERE …`. */
export function parseStatement(source: string, parameters: readonly AttributeValue[] = []): Statement {
  const reader = new TokenReader(source);
  const parser = new ExpressionParser({}, parameters);
  const statement = read(reader, parser);
  if (!reader.isAtEnd) reader.fail('Nothing more was expected');
  parser.finish();
  return statement;
}

function read(reader: TokenReader, parser: ExpressionParser): Statement {
  if (reader.take('INSERT')) {
    reader.expect('INTO');
    const table = parser.attribute(reader);
    reader.expect('VALUE');
    reader.expect('{');
    const item: Record<string, AttributeValue> = {};
    parser.list(reader, () => {
      const { kind, text } = reader.next();
      if (kind !== 'text') reader.fail('A name in single quotes was expected');
      reader.expect(':');
      item[text] = parser.parameter(reader);
    });
    reader.expect('}');
    return { kind: 'insert', table, item };
  }
  if (reader.take('DELETE')) {
    reader.expect('FROM');
    const table = parser.attribute(reader);
    return { kind: 'delete', table, where: whereOf(reader, parser) };
  }
  if (!reader.take('UPDATE')) return reader.fail('INSERT, UPDATE or DELETE was expected');
  const table = parser.attribute(reader);
  const actions: UpdateAction[] = [];
  while (!reader.isNext('WHERE')) {
    if (reader.take('SET')) parser.list(reader, () => actions.push(parser.assignment(reader)));
    // The stand-in takes one name after REMOVE, and not in quotes; so nothing else may be written.
    else if (reader.take('REMOVE')) {
      if (reader.peek()?.kind !== 'word') reader.fail('A bare name was expected');
      actions.push({ kind: 'remove', path: [parser.attribute(reader)] });
    } else return reader.fail('SET, REMOVE or WHERE was expected');
  }
  return { kind: 'update', table, actions, where: whereOf(reader, parser) };
}

function whereOf(reader: TokenReader, parser: ExpressionParser): Condition {
  reader.expect('WHERE');
  return parser.condition(reader);
}
