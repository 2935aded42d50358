import { expect, test } from 'vitest';
import { describeRules } from '../../shared/rule/describe.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';

test('templates have the names and rules of the manual', () => {
  const sentences = segmentTemplates.map(({ name, match, rules }) => [name, describeRules(match, rules)]);
  expect(sentences).toEqual([
    ['Cold Leads', 'engagement level is "Cold"'],
    ['Warm Leads', 'engagement level is "Warm"'],
    ['Hot Leads', 'engagement level is "Hot"'],
    ['Sales-Ready', 'engagement level is "Very Hot"'],
    ['Strong Fit, Hot', 'profile level is "Strong Fit" and engagement level is one of "Hot", "Very Hot"'],
    ['Strong Fit, Cold', 'profile level is "Strong Fit" and engagement level is "Cold"'],
    ['Poor Fit, Hot', 'profile level is "Poor Fit" and engagement level is "Hot"'],
    ['Demo Requestors', 'did "Form Submit" where form_id contains "demo" at least once'],
    ['Pricing-Page Visitors', 'did "Page View" where path contains "/pricing" at least once'],
    ['Webinar Attendees', 'did "Webinar Attend" at least once'],
    ['Senior Decision-Makers', 'seniority is one of "VP", "Director", "C-Level"'],
    ['Engineering Roles', 'job_title contains "engineer"'],
  ]);
});
