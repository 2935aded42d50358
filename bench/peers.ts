import { LogicEngine } from 'json-logic-engine';
import jsonLogic, { type RulesLogic } from 'json-logic-js';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { Query } from 'mingo';
import siftModule from 'sift';
import type { Segment } from '../shared/catalog/segment.ts';
import type { FieldComparison } from '../shared/rule/rule.ts';

// Its types say the module is the function; it is its default export.
const sift = ((siftModule as unknown as { default?: typeof siftModule }).default ?? siftModule) as unknown as (
  query: Record<string, unknown>,
) => (facts: Facts) => boolean;

/** A lead's attributes, as rule engines take facts. */
export type Facts = Readonly<Record<string, unknown>>;

/** Another engine with the same segments: answers the ids of those the facts are in. */
export interface Peer {
  readonly name: string;
  readonly segmentsOf: (facts: Facts) => string[] | Promise<string[]>;
}

const comparisonsOf = ({ rules }: Segment) => rules as unknown as readonly FieldComparison[];

/** The rule engines that people would use instead, each with the segments in its own form. */
export function createPeers(segments: readonly Segment[], fieldNames: readonly string[]): Peer[] {
  const engine = new LogicEngine();
  const built = segments.map((segment) => ({ id: segment.id, holds: engine.build(asJsonLogic(segment)) }));
  const logic = segments.map((segment) => ({ id: segment.id, rule: asJsonLogic(segment) as RulesLogic }));
  const siftFilters = segments.map((segment) => ({ id: segment.id, holds: sift(asMongo(segment)) }));
  const queries = segments.map((segment) => ({ id: segment.id, query: new Query(asMongo(segment)) }));
  const rules = rulesEngine(segments);
  return [
    { name: 'json-logic-engine', segmentsOf: (facts) => ids(built, ({ holds }) => Boolean(holds(facts))) },
    { name: 'json-logic-js', segmentsOf: (facts) => ids(logic, ({ rule }) => Boolean(jsonLogic.apply(rule, facts))) },
    { name: 'sift', segmentsOf: (facts) => ids(siftFilters, ({ holds }) => holds(facts)) },
    { name: 'mingo', segmentsOf: (facts) => ids(queries, ({ query }) => query.test(facts)) },
    {
      name: 'json-rules-engine',
      segmentsOf: async (facts) => {
        // It refuses to read a fact that is not there, so every field gets one.
        const whole = Object.fromEntries(fieldNames.map((name) => [name, facts[name] ?? null]));
        const { events } = await rules.run(whole);
        return events.map(({ type }) => type);
      },
    },
  ];
}

const ids = <T extends { id: string }>(entries: readonly T[], holds: (entry: T) => boolean) =>
  entries.filter(holds).map(({ id }) => id);

function asJsonLogic({ match, rules: _rules, ...segment }: Segment): object {
  const parts = comparisonsOf({ match, rules: _rules, ...segment }).map(({ field, operator, value }) => {
    const read = { var: field };
    const isNumber = { '!==': [{ var: [field, null] }, null] };
    switch (operator) {
      case 'equals':
        return { '===': [read, value] };
      case 'not_equals':
        return { '!==': [read, value] };
      case 'in':
        return { in: [read, value] };
      case 'contains':
        return { in: [value, { var: [field, ''] }] };
      case 'greater_than':
        return { and: [isNumber, { '>': [read, value] }] };
      case 'less_than_or_equal':
        return { and: [isNumber, { '<=': [read, value] }] };
      case 'between':
        return { and: [isNumber, { '<=': [(value as number[])[0], read, (value as number[])[1]] }] };
      case 'is_not_empty':
        return isNumber;
      default:
        throw new Error(`No form for ${operator}`);
    }
  });
  return match === 'all' ? { and: parts } : { or: parts };
}

function asMongo(segment: Segment): Record<string, unknown> {
  const parts = comparisonsOf(segment).map(({ field, operator, value }): Record<string, unknown> => {
    switch (operator) {
      case 'equals':
        return { [field]: { $eq: value } };
      case 'not_equals':
        return { [field]: { $ne: value } };
      case 'in':
        return { [field]: { $in: value } };
      case 'contains':
        return { [field]: { $regex: new RegExp(String(value)) } };
      case 'greater_than':
        return { [field]: { $gt: value } };
      case 'less_than_or_equal':
        return { [field]: { $lte: value } };
      case 'between':
        return { [field]: { $gte: (value as number[])[0], $lte: (value as number[])[1] } };
      case 'is_not_empty':
        return { [field]: { $exists: true } };
      default:
        throw new Error(`No form for ${operator}`);
    }
  });
  return segment.match === 'all' ? { $and: parts } : { $or: parts };
}

function rulesEngine(segments: readonly Segment[]): Engine {
  const engine = new Engine();
  engine.addOperator('has', (fact: unknown, value: string) => typeof fact === 'string' && fact.includes(value));
  engine.addOperator('present', (fact: unknown) => fact !== null);
  const between = (fact: unknown, [low, high]: number[]) => typeof fact === 'number' && low! <= fact && fact <= high!;
  engine.addOperator('within', between);
  const names: Record<string, string> = {
    equals: 'equal',
    not_equals: 'notEqual',
    in: 'in',
    contains: 'has',
    greater_than: 'greaterThan',
    less_than_or_equal: 'lessThanInclusive',
    between: 'within',
    is_not_empty: 'present',
  };
  for (const segment of segments) {
    const parts = comparisonsOf(segment).map(({ field, operator, value }) => ({
      fact: field,
      operator: names[operator]!,
      value: value ?? true,
    }));
    const conditions = (segment.match === 'all' ? { all: parts } : { any: parts }) as TopLevelCondition;
    engine.addRule({ conditions, event: { type: segment.id } });
  }
  return engine;
}
