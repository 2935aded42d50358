import { describe, expect, it } from 'vitest';
import { columnOf, offeredColumns } from '../../console/leads/lead-columns.ts';
import { leadsCsv } from '../../console/leads/leads-csv.ts';
import { readLeadsSearch, withoutIds } from '../../console/leads/leads-search.ts';
import { ruleVerdict } from '../../console/leads/rule-verdict.ts';
import { jobWords } from '../../console/members/job-words.ts';
import { leadIdsIn } from '../../console/members/lead-ids.ts';
import { actOnLeads, outcomeWords, resultWords, worstFirst } from '../../console/members/manual-acts.ts';
import { leadNames } from '../../console/words/lead-name.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const isHot: Rule = { id: 'rul_1', type: 'engagement_level', operator: 'equals', value: 'Hot' };

describe('the address of the list of leads', () => {
  it('has rules without their ids, and how they combine', () => {
    const group: Rule = { id: 'rul_2', type: 'group', match: 'none', rules: [isHot] };
    const rules = withoutIds([group]);
    expect(rules).toEqual([{ type: 'group', match: 'none', rules: [{ ...isHot, id: undefined }] }]);
    expect(readLeadsSearch({ q: 'ada', rules, match: 'any' })).toEqual({ q: 'ada', match: 'any', rules });
    expect(readLeadsSearch({ rules })).toEqual({ match: 'all', rules });
  });

  it('is read without what is no rule', () => {
    expect(readLeadsSearch({ q: 42, rules: 'all', match: 'any' })).toEqual({ q: '42' });
    expect(readLeadsSearch({ q: '', rules: [] })).toEqual({});
    for (const rule of [null, 'hot', {}, { type: 'toString' }, { type: 'group' }, { type: 'group', rules: [{}] }]) {
      expect(readLeadsSearch({ rules: [isHot, rule] })).toEqual({});
    }
  });
});

it('calls a lead by its name, else its address, else its id', () => {
  const lead = { leadId: 'lead-1', displayName: 'Ada Lovelace', email: 'ada@x.example' };
  expect(leadNames(lead)).toEqual({ name: 'Ada Lovelace', rest: 'ada@x.example · lead-1' });
  expect(leadNames({ ...lead, displayName: undefined })).toEqual({ name: 'ada@x.example', rest: 'lead-1' });
  expect(leadNames({ leadId: 'a@x.example', email: 'a@x.example' })).toEqual({ name: 'a@x.example', rest: '' });
});

it('exports the columns that are shown, with formulas neutralised', () => {
  const lead = {
    leadId: 'lead-1',
    displayName: 'Ada "A" Lovelace',
    attributes: { note: '=1+1', tags: ['a', 'b'] },
    account: { accountId: 'acme', attributes: { industry: 'Software' } },
    updatedAt: '2026-05-04T09:30:00.000Z',
  };
  const columns = ['attribute:note', 'attribute:tags', 'account:industry', 'engagementLevel', 'gone'].flatMap(
    (key) => columnOf(key) ?? [],
  );
  expect(leadsCsv([lead], columns)).toBe(
    '\ufeff"leadId","name","e-mail","note","tags","Account: industry","Engagement Level"\r\n' +
      '"lead-1","Ada ""A"" Lovelace","","\'=1+1","a, b","Software",""\r\n',
  );
});

it('offers every field that was seen as a column, but for the id, which stands below the name', () => {
  const field = (name: string) => ({ name, kinds: ['text' as const], values: [] });
  const vocabulary = { lead: { fields: [field('leadId'), field('country')] }, account: { fields: [field('plan')] } };
  const keys = offeredColumns(vocabulary).map(({ key }) => key);
  expect(keys.slice(5)).toEqual(['attribute:country', 'account:plan']);
});

describe('what a rule means', () => {
  it('is turned round within "none of these": a match is a reason to be out', () => {
    expect(ruleVerdict(true, false)).toEqual({ words: 'Yes', isGood: true });
    expect(ruleVerdict(false, false)).toEqual({ words: 'No', isGood: false });
    expect(ruleVerdict(true, true)).toEqual({ words: 'Matches', isGood: false });
    expect(ruleVerdict(false, true)).toEqual({ words: 'No match', isGood: true });
  });
});

it('takes pasted ids apart, each once', () => {
  expect(leadIdsIn(' a,b;"c"\nd\ta\r\n')).toEqual(['a', 'b', 'c', 'd']);
});

describe('what became of a manual change', () => {
  const lead = (leadId: string, result: 'done' | 'unchanged' | 'unknown_lead' | 'refused' | 'repeated') => ({
    leadId,
    result,
    member: true,
    wasMember: false,
  });
  const results = [lead('a', 'done'), lead('b', 'unchanged'), lead('c', 'unknown_lead'), lead('a', 'repeated')];

  it('is counted, and told with what went wrong first', () => {
    expect(outcomeWords(results, 'add')).toBe('1 added, 1 in it already, 1 unknown');
    expect(outcomeWords(results, 'exclude')).toBe('1 excluded, 1 excluded already, 1 unknown');
    expect(worstFirst([...results, lead('d', 'refused')]).map(({ leadId }) => leadId)).toEqual(['d', 'c', 'a', 'b']);
  });

  it('is told for each lead', () => {
    expect(resultWords({ ...lead('a', 'done'), wasExcluded: true }, 'add')).toBe('Added; was excluded until now');
    expect(resultWords({ ...lead('a', 'done'), wasMember: true }, 'pin')).toBe('Pinned; was in it before');
    expect(resultWords(lead('a', 'unchanged'), 'remove')).toBe('Out already');
    expect(resultWords({ ...lead('a', 'refused'), detail: 'too large' }, 'add')).toBe('Refused: too large');
  });

  it('is announced by the button', () => {
    expect(actOnLeads('add', 1)).toBe('Add 1 lead');
    expect(actOnLeads('lift', 1_200)).toBe('Let the rules decide about 1,200 leads');
    expect(actOnLeads('exclude', undefined)).toBe('Exclude all that match');
  });

  it('is told of a job while it goes on and after', () => {
    const job = {
      action: 'add',
      state: 'running',
      leads: 1_200,
      of: 3_000,
      done: 40,
      unchanged: 2,
      refused: 0,
    } as const;
    expect(jobWords(job)).toBe('40 added, 2 in it already; 1,200 of 3,000 leads looked at');
    expect(jobWords({ ...job, state: 'queued' })).toBe('About to begin');
    expect(jobWords({ ...job, state: 'done', refused: 1 })).toBe('40 added, 2 in it already, 1 refused');
    expect(jobWords({ ...job, state: 'cancelled' })).toBe('Cancelled; until then 40 added, 2 in it already');
  });
});
