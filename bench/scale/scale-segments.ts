import type { Json, OracleSegment } from '../../oracle/oracle.ts';

/** The names of the segments here. */
export type SegmentName = keyof typeof firstRules;

/** What decides who is in a segment. */
export type Definition = Pick<OracleSegment, 'match' | 'rules'>;

const attribute = (field: string, operator: string, value: unknown): Json => ({
  type: 'lead_metadata',
  ...{ field, operator, value },
});
const paths = (text: string, more: Json = {}): Json => ({
  ...{ type: 'event_metadata', eventType: 'Page View', field: 'path', operator: 'contains', value: text },
  ...more,
});
const isEnterprise = attribute('plan', 'equals', 'plan alpha 0');
const all = (...rules: Json[]): Definition => ({ match: 'all', rules });

/** Segments of every kind, each with between one and eight of a hundred leads. */
export const firstRules = {
  attributes: all(attribute('job_title', 'contains', 'alpha'), attribute('company_size', 'greater_than', 3_000)),
  score: all(attribute('score', 'greater_than', 92)),
  levels: all(
    { type: 'engagement_level', operator: 'equals', value: 'Very Hot' },
    { type: 'profile_level', operator: 'at_least', value: 'Perfect Fit' },
  ),
  accounts: all({ type: 'account_metadata', field: 'industry', operator: 'contains', value: 'a' }, isEnterprise),
  visits: all(paths('/pricing', { times: { atLeast: 3 }, withinDays: 10 })),
  longVisits: all(
    paths('/demo', { and: [{ field: 'seconds', operator: 'greater_than', value: 200 }], times: { atLeast: 2 } }),
  ),
  group: all(isEnterprise, {
    type: 'group',
    match: 'any',
    rules: [
      attribute('country', 'in', ['country alpha 0', 'country beta 1', 'country delta 2']),
      {
        type: 'group',
        match: 'none',
        rules: [
          attribute('visits', 'greater_than', 20),
          { type: 'event_metadata', eventType: 'Email Open', operator: 'exists' },
        ],
      },
    ],
  }),
  overdue: all({
    ...{ type: 'event_metadata', eventType: 'Form Submit' },
    ...{ field: 'followUpAt', operator: 'more_than_days_ago', value: 3, times: { atLeast: 2 }, withinDays: 14 },
  }),
  notBooked: all(
    isEnterprise,
    paths('/demo', {
      and: [{ field: 'followUpAt', operator: 'in_next_days', value: 6 }],
      ...{ times: { atMost: 0 }, withinDays: 20 },
    }),
    attribute('score', 'greater_than', 80),
  ),
  quiet: all(
    { type: 'event_metadata', eventType: 'Form Submit', operator: 'not_exists', withinDays: 14 },
    { type: 'engagement_level', operator: 'at_least', value: 'Hot' },
    attribute('seniority', 'not_equals', 'seniority alpha 0'),
    isEnterprise,
  ),
} as const satisfies Record<string, Definition>;

/** Who is in one segment and not in another: follows both. */
export function referring(idOf: (name: SegmentName) => string): Definition {
  const reference = (name: SegmentName, operator: 'in' | 'not_in'): Json => ({
    ...{ type: 'segment', segmentId: idOf(name), operator },
  });
  return all(reference('score', 'in'), reference('attributes', 'not_in'));
}

/** Other rules for some segments: some leads enter, some leave, some stay. */
export const edits = {
  score: [all(attribute('score', 'between', [88, 96]))],
  visits: [
    all(paths('/pricing', { times: { atLeast: 2, atMost: 4 }, withinDays: 6 })),
    all(paths('/pricing/teams', { times: { atLeast: 2 }, withinDays: 20 })),
  ],
  attributes: [
    all(attribute('job_title', 'contains', 'alpha'), attribute('company_size', 'less_than', 6_000)),
    all(attribute('job_title', 'contains', 'alpha'), attribute('company_size', 'greater_than', 6_000)),
  ],
} as const satisfies Partial<Record<SegmentName, readonly Definition[]>>;
