import type { Operator } from '../shared/rule/operator.ts';
import type { Chance } from './chance.ts';
import type { Json } from './oracle.ts';
import { type LevelType, levels, operatorsOn, randomComparison, randomFieldComparison } from './random-values.ts';

type MakeRule = (chance: Chance, now: number, operator: Operator) => Json;

const onLevel =
  (type: LevelType): MakeRule =>
  (chance, now, operator) => ({ type, ...randomComparison(chance, now, operator, levels[type]) });

const onField =
  (type: 'lead_metadata' | 'account_metadata'): MakeRule =>
  (chance, now, operator) => ({ type, ...randomFieldComparison(chance, now, operator) });

const eventType = 'Page View';

const onEvent =
  (more: (chance: Chance) => Json = () => ({})): MakeRule =>
  (chance, now, operator) => ({
    type: 'event_metadata',
    eventType,
    ...randomFieldComparison(chance, now, operator),
    ...more(chance),
  });

const inGroup =
  (make: MakeRule): MakeRule =>
  (...given) => ({
    type: 'group',
    match: given[0].oneOf(['all', 'any', 'none']),
    rules: [make(...given)],
  });

const oneToTwo = { times: { atLeast: 1, atMost: 2 } };
const window = (chance: Chance) => ({ withinDays: 1 + chance.below(20) });

/** Every place where a rule has an operator, with a rule that has one there. */
export const fieldPlaces = {
  'attribute of the lead': onField('lead_metadata'),
  'attribute of the account': onField('account_metadata'),
  'field of an event': onEvent(),
  'field of an event, in a window': onEvent(window),
  'field of an event, counted': onEvent((chance) => chance.oneOf([{ times: { atLeast: 2 } }, oneToTwo])),
  'field of an event, never': onEvent(() => ({ times: { atMost: 0 } })),
  'field of an event, counted in a window': onEvent((chance) => ({
    ...window(chance),
    times: chance.oneOf([{ atLeast: 2 }, { atMost: 1 }, { atMost: 0 }]),
  })),
  '`and` of an event': (chance, now, operator) => ({
    type: 'event_metadata',
    eventType,
    operator: 'exists',
    and: [randomFieldComparison(chance, now, operator)],
  }),
  '`and` of an event, in a window': (chance, now, operator) => ({
    ...onEvent(window)(chance, now, chance.oneOf(operatorsOn('field'))),
    and: [randomFieldComparison(chance, now, operator)],
  }),
  'attribute of the lead, in a group': inGroup(onField('lead_metadata')),
  'field of an event, in a group': inGroup(onEvent(window)),
} satisfies Record<string, MakeRule>;

export const levelPlaces = {
  'engagement level': onLevel('engagement_level'),
  'profile level': onLevel('profile_level'),
  'account level': onLevel('account_level'),
  'engagement level, in a group': inGroup(onLevel('engagement_level')),
} satisfies Record<string, MakeRule>;

/** An operator in a place, with a rule that has it there. */
export interface PlacedRule {
  readonly place: string;
  readonly operator: Operator;
  readonly rule: Json;
}

const maximumTries = 40;

/**
 * A rule for every operator of the table in every place where it can stand. `dividesLeads`: whether a rule holds for some
 * leads and not for others; the rules are such, where that is possible at all.
 */
export function everyOperatorInEveryPlace(
  chance: Chance,
  now: number,
  dividesLeads: (rule: Json) => boolean,
): PlacedRule[] {
  const dividing = (make: MakeRule, operator: Operator): Json => {
    let rule = make(chance, now, operator);
    for (let tries = 1; tries < maximumTries && !dividesLeads(rule); tries++) rule = make(chance, now, operator);
    return rule;
  };
  const placed = (places: Readonly<Record<string, MakeRule>>, on: 'field' | 'level') =>
    Object.entries(places).flatMap(([place, make]) =>
      operatorsOn(on).map((operator) => ({ place, operator, rule: dividing(make, operator) })),
    );
  return [...placed(fieldPlaces, 'field'), ...placed(levelPlaces, 'level')];
}
