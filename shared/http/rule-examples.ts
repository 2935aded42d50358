import type { Rule } from '../rule/rule.ts';

/** A rule of an attribute. */
export const isGerman: Rule = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

/** A rule of a level. */
export const isHot: Rule = { type: 'engagement_level', operator: 'in', value: ['Hot', 'Very Hot'] };

/** A rule of events. */
export const readPricing: Rule = {
  ...{ type: 'event_metadata', eventType: 'Page View', field: 'path', operator: 'contains', value: '/pricing' },
  ...{ times: { atLeast: 2 }, withinDays: 30 },
};
