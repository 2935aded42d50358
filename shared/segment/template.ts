import type { Match, Rule } from '../rule/rule.ts';

/** A common segment, ready to create: the body of `POST /segments`. */
export interface SegmentTemplate {
  readonly name: string;
  readonly description: string;
  readonly match: Match;
  readonly rules: readonly Rule[];
}

const engagement = (value: string): Rule => ({ type: 'engagement_level', operator: 'equals', value });
const profile = (value: string): Rule => ({ type: 'profile_level', operator: 'equals', value });
const hotOrHotter: Rule = { type: 'engagement_level', operator: 'in', value: ['Hot', 'Very Hot'] };

const template = (name: string, description: string, ...rules: Rule[]): SegmentTemplate => ({
  name,
  description,
  match: 'all',
  rules,
});

/** The common segments: score tiers, fit and engagement, behaviour, role. */
export const segmentTemplates: readonly SegmentTemplate[] = [
  template('Cold Leads', 'Score tier: hardly any engagement yet.', engagement('Cold')),
  template('Warm Leads', 'Score tier: some engagement.', engagement('Warm')),
  template('Hot Leads', 'Score tier: strong engagement.', engagement('Hot')),
  template('Sales-Ready', 'Score tier: engaged enough for a call.', engagement('Very Hot')),
  template('Strong Fit, Hot', 'The right profile, and engaged: first in line.', profile('Strong Fit'), hotOrHotter),
  template(
    'Strong Fit, Cold',
    'The right profile, not engaged: worth warming up.',
    profile('Strong Fit'),
    engagement('Cold'),
  ),
  template(
    'Poor Fit, Hot',
    'Engaged, but not the right profile: likely competitors or noise.',
    profile('Poor Fit'),
    engagement('Hot'),
  ),
  template('Demo Requestors', 'Submitted a form for a demo.', {
    type: 'event_metadata',
    eventType: 'Form Submit',
    field: 'form_id',
    operator: 'contains',
    value: 'demo',
  }),
  template('Pricing-Page Visitors', 'Viewed a pricing page.', {
    type: 'event_metadata',
    eventType: 'Page View',
    field: 'path',
    operator: 'contains',
    value: '/pricing',
  }),
  template('Webinar Attendees', 'Attended a webinar.', {
    type: 'event_metadata',
    eventType: 'Webinar Attend',
    operator: 'exists',
  }),
  template('Senior Decision-Makers', 'Vice presidents, directors and C-level.', {
    type: 'lead_metadata',
    field: 'seniority',
    operator: 'in',
    value: ['VP', 'Director', 'C-Level'],
  }),
  template('Engineering Roles', 'Job titles with "engineer".', {
    type: 'lead_metadata',
    field: 'job_title',
    operator: 'contains',
    value: 'engineer',
  }),
];
