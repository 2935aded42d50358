import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TokenReader } from './tokens.ts';

/** The way to a value: an attribute, then names in the maps that it holds. */
export type Path = readonly [name: string, ...within: string[]];

/** What an expression compares: an attribute, a given value, or a function of an attribute. */
export type Operand =
  | { readonly kind: 'attribute'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly of: Operand }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Operand }
  | { readonly kind: 'list_append'; readonly lists: readonly [Operand, Operand] }
  | { readonly kind: 'sum'; readonly left: Operand; readonly right: Operand; readonly sign: 1 | -1 };

/** A condition, as a tree. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'test'; readonly test: string; readonly operand: Operand; readonly argument?: Operand };

/** What an update does to one attribute. */
export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly to: Operand }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add'; readonly name: string; readonly value: AttributeValue };

/** Names and values that an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>> | undefined;
}

const tests = new Set(['attribute_exists', 'attribute_not_exists', 'begins_with', 'contains']);
const comparators = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** Parses the expressions of one request, and sees to it that every placeholder is used, as DynamoDB does. */
export class ExpressionParser {
  private readonly placeholders: Placeholders;
  private readonly unused: Set<string>;
  /** The values of `?`, in order, for statements. */
  private readonly parameters: AttributeValue[];

  constructor(placeholders: Placeholders, parameters: readonly AttributeValue[] = []) {
    this.placeholders = placeholders;
    this.parameters = [...parameters];
    const { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = placeholders;
    this.unused = new Set([...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)]);
  }

  /** Throws when a placeholder or parameter was given but not used. */
  finish(): void {
    const left = [...this.unused, ...this.parameters.map((value) => JSON.stringify(value))];
    if (left.length > 0) throw new Error(`Given, but not used: ${left.join(', ')}`);
  }

  conditionOf(source: string): Condition {
    const reader = new TokenReader(source);
    const condition = this.condition(reader);
    if (!reader.isAtEnd) reader.fail('Nothing more was expected');
    return condition;
  }

  updateOf(source: string): UpdateAction[] {
    const reader = new TokenReader(source);
    const actions: UpdateAction[] = [];
    while (!reader.isAtEnd) {
      if (reader.take('SET')) this.list(reader, () => actions.push(this.assignment(reader)));
      else if (reader.take('REMOVE')) {
        this.list(reader, () => actions.push({ kind: 'remove', path: this.path(reader) }));
      } else if (reader.take('ADD')) {
        this.list(reader, () => actions.push({ kind: 'add', name: this.attribute(reader), value: this.value(reader) }));
      } else reader.fail('SET, REMOVE or ADD was expected');
    }
    return actions;
  }

  namesOf(source: string): string[] {
    const reader = new TokenReader(source);
    const names: string[] = [];
    this.list(reader, () => names.push(this.attribute(reader)));
    if (!reader.isAtEnd) reader.fail('Nothing more was expected');
    return names;
  }

  list(reader: TokenReader, one: () => void): void {
    do one();
    while (reader.take(','));
  }

  assignment(reader: TokenReader): UpdateAction {
    const path = this.path(reader);
    reader.expect('=');
    const left = this.operand(reader);
    for (const [sign, factor] of [
      ['+', 1],
      ['-', -1],
    ] as const) {
      if (!reader.take(sign)) continue;
      return { kind: 'set', path, to: { kind: 'sum', left, right: this.operand(reader), sign: factor } };
    }
    return { kind: 'set', path, to: left };
  }

  condition(reader: TokenReader): Condition {
    const parts = [this.conjunction(reader)];
    while (reader.take('OR')) parts.push(this.conjunction(reader));
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  private conjunction(reader: TokenReader): Condition {
    const parts = [this.term(reader)];
    while (reader.take('AND')) parts.push(this.term(reader));
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  private term(reader: TokenReader): Condition {
    if (reader.take('NOT')) return { kind: 'not', part: this.term(reader) };
    if (reader.take('(')) {
      const condition = this.condition(reader);
      reader.expect(')');
      return condition;
    }
    const token = reader.peek();
    if (token?.kind === 'word' && tests.has(token.text) && reader.peek(1)?.text === '(') return this.test(reader);
    const operand = this.operand(reader);
    if (reader.take('BETWEEN')) {
      const low = this.operand(reader);
      reader.expect('AND');
      return { kind: 'between', operand, low, high: this.operand(reader) };
    }
    if (reader.take('IN')) {
      reader.expect('(');
      const list: Operand[] = [];
      this.list(reader, () => list.push(this.operand(reader)));
      reader.expect(')');
      return { kind: 'in', operand, list };
    }
    const operator = reader.next().text;
    if (!comparators.has(operator)) reader.fail(`A comparison was expected, not "${operator}",`);
    return { kind: 'compare', operator, left: operand, right: this.operand(reader) };
  }

  private test(reader: TokenReader): Condition {
    const test = reader.next().text;
    reader.expect('(');
    const operand = this.operand(reader);
    const argument = reader.take(',') ? this.operand(reader) : undefined;
    reader.expect(')');
    return { kind: 'test', test, operand, ...(argument && { argument }) };
  }

  private operand(reader: TokenReader): Operand {
    const token = reader.peek();
    if (token?.kind === 'value' || token?.text === '?') return { kind: 'value', value: this.value(reader) };
    if (token?.kind === 'word' && reader.peek(1)?.text === '(') {
      const called = reader.next().text;
      reader.expect('(');
      const operand = this.called(called, reader);
      reader.expect(')');
      return operand;
    }
    return { kind: 'attribute', path: this.path(reader) };
  }

  private called(name: string, reader: TokenReader): Operand {
    if (name === 'size') return { kind: 'size', of: this.operand(reader) };
    if (name === 'if_not_exists') {
      const path = this.path(reader);
      reader.expect(',');
      return { kind: 'if_not_exists', path, otherwise: this.operand(reader) };
    }
    if (name === 'list_append') {
      const first = this.operand(reader);
      reader.expect(',');
      return { kind: 'list_append', lists: [first, this.operand(reader)] };
    }
    return reader.fail(`The function ${name} is not known`);
  }

  path(reader: TokenReader): Path {
    const path: [string, ...string[]] = [this.attribute(reader)];
    while (reader.take('.')) path.push(this.attribute(reader));
    return path;
  }

  attribute(reader: TokenReader): string {
    const { kind, text } = reader.next();
    if (reader.isNext('[')) reader.fail('Places in lists are not known');
    if (kind === 'word' || kind === 'quoted') return text;
    const name = kind === 'name' ? this.placeholders.ExpressionAttributeNames?.[text] : undefined;
    if (name === undefined) return reader.fail(`An attribute was expected, not "${text}",`);
    this.unused.delete(text);
    return name;
  }

  private value(reader: TokenReader): AttributeValue {
    const { kind, text } = reader.next();
    if (text === '?') return this.parameters.shift() ?? reader.fail('A parameter is missing');
    const value = kind === 'value' ? this.placeholders.ExpressionAttributeValues?.[text] : undefined;
    if (!value) return reader.fail(`The value ${text} is not given`);
    this.unused.delete(text);
    return value;
  }

  parameter(reader: TokenReader): AttributeValue {
    return this.value(reader);
  }
}
