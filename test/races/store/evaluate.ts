import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { add, compare, type Item, isSame } from './attribute-value.ts';
import type { Condition, Operand, Path, UpdateAction } from './expression.ts';

/** Whether a condition holds for an item; an item that is not there has no attributes. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, item));
    case 'or':
      return condition.parts.some((part) => holds(part, item));
    case 'not':
      return !holds(condition.part, item);
    case 'compare': {
      const left = resolve(condition.left, item);
      const right = resolve(condition.right, item);
      return left !== undefined && right !== undefined && compares(left, condition.operator, right);
    }
    case 'between': {
      const value = resolve(condition.operand, item);
      const low = resolve(condition.low, item);
      const high = resolve(condition.high, item);
      return !!value && !!low && !!high && compares(value, '>=', low) && compares(value, '<=', high);
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      const list = condition.list.map((operand) => resolve(operand, item));
      return value !== undefined && list.some((one) => one !== undefined && isSame(value, one));
    }
    case 'test':
      return tests(condition, item);
  }
}

function compares(left: AttributeValue, operator: string, right: AttributeValue): boolean {
  if (operator === '=') return isSame(left, right);
  if (operator === '<>') return !isSame(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function tests(condition: Extract<Condition, { kind: 'test' }>, item: Item | undefined): boolean {
  const value = resolve(condition.operand, item);
  const argument = condition.argument && resolve(condition.argument, item);
  switch (condition.test) {
    case 'attribute_exists':
      return value !== undefined;
    case 'attribute_not_exists':
      return value === undefined;
    case 'begins_with':
      return value?.S !== undefined && argument?.S !== undefined && value.S.startsWith(argument.S);
    case 'contains':
      if (value?.S !== undefined) return argument?.S !== undefined && value.S.includes(argument.S);
      return argument?.S !== undefined && (value?.SS?.includes(argument.S) ?? false);
    default:
      throw new Error(`The test ${condition.test} is not known`);
  }
}

function resolve(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'attribute':
      return valueAt(item, operand.path);
    case 'size': {
      const value = resolve(operand.of, item);
      if (!value) return undefined;
      const { length } = value.S ?? value.L ?? value.SS ?? value.NS ?? Object.keys(value.M ?? {});
      return { N: String(length) };
    }
    case 'if_not_exists':
      return valueAt(item, operand.path) ?? resolve(operand.otherwise, item);
    case 'list_append': {
      const lists = operand.lists.map((list) => resolve(list, item)?.L);
      if (!lists[0] || !lists[1]) throw new Error('list_append takes two lists');
      return { L: [...lists[0], ...lists[1]] };
    }
    case 'sum': {
      const left = resolve(operand.left, item)?.N;
      const right = resolve(operand.right, item)?.N;
      if (left === undefined || right === undefined) throw new Error('Only numbers can be added');
      return { N: String(Number(left) + operand.sign * Number(right)) };
    }
  }
}

function valueAt(item: Item | undefined, [name, ...within]: Path): AttributeValue | undefined {
  const value = item && Object.hasOwn(item, name) ? item[name] : undefined;
  return isPath(within) ? valueAt(value?.M, within) : value;
}

const isPath = (names: readonly string[]): names is Path => names.length > 0;

/** The item after an update; all right sides are read before anything is written, as DynamoDB does. */
export function updated(item: Item, actions: readonly UpdateAction[]): Item {
  let after = item;
  for (const action of actions) {
    if (action.kind === 'remove') after = withValue(after, action.path, undefined);
    else if (action.kind === 'add') after = { ...after, [action.name]: add(item[action.name], action.value) };
    else {
      const value = resolve(action.to, item);
      if (!value) throw new Error(`SET of ${action.path.join('.')} reads an attribute that is not there`);
      after = withValue(after, action.path, value);
    }
  }
  return after;
}

function withValue(item: Item, [name, ...within]: Path, value: AttributeValue | undefined): Item {
  if (isPath(within)) {
    const map = item[name]?.M;
    if (!map) throw new Error(`The path to ${name}.${within.join('.')} is not there`);
    return { ...item, [name]: { M: { ...withValue(map, within, value) } } };
  }
  const { [name]: _before, ...rest } = item;
  return value ? { ...rest, [name]: value } : rest;
}
