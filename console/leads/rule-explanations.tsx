import { Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { EventsRead } from '../../shared/membership/explanation.ts';
import type { RuleExplanation } from '../api/answers.ts';
import { formatAttribute, formatCount, formatMoment } from '../words/format.ts';
import classes from './rule-explanations.module.css';
import { ruleVerdict } from './rule-verdict.ts';

interface RuleExplanationsProps {
  readonly rules: readonly RuleExplanation[];
  /** Whether a rule that holds here is a reason to be out: they are within a "none of these" group. */
  readonly isReasonToBeOut?: boolean;
}

/** Each rule with whether it holds, what that means and what it reads of the lead; groups with what is in them. */
export function RuleExplanations({ rules, isReasonToBeOut = false }: RuleExplanationsProps) {
  return (
    <ul className={classes.rules}>
      {rules.map((rule, index) => (
        <li key={rule.ruleId ?? index} className={classes.rule}>
          <Verdict holds={rule.holds} isReasonToBeOut={isReasonToBeOut} />
          <div className={classes.words}>
            {rule.rules ? (
              <>
                <Text fw={500}>{groupWords[rule.match ?? 'all']}</Text>
                <RuleExplanations rules={rule.rules} isReasonToBeOut={isReasonToBeOut !== (rule.match === 'none')} />
              </>
            ) : (
              <>
                <Text>{rule.sentence}</Text>
                <Text size="sm" c="dimmed">
                  {valueWords(rule)}
                  {isReasonToBeOut && rule.holds && ': a reason to be out'}
                </Text>
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ holds, isReasonToBeOut }: { holds: boolean; isReasonToBeOut: boolean }) {
  const { words, isGood } = ruleVerdict(holds, isReasonToBeOut);
  const Icon = isGood ? IconCheck : IconX;
  return (
    <span className={classes.verdict} data-good={isGood}>
      <Icon size={14} stroke={2.5} aria-hidden="true" />
      {words}
    </span>
  );
}

const groupWords = {
  all: 'All of these have to hold:',
  any: 'At least one of these has to hold:',
  none: 'None of these may hold:',
};

/** What the rule reads of the lead. */
function valueWords({ type, value }: RuleExplanation): string {
  const whose = type === 'account_metadata' || type === 'account_level' ? 'Its account has' : 'The lead has';
  if (value === undefined) return `${whose} none`;
  if (type === 'event_metadata') return eventsWords(value as EventsRead);
  if (type === 'segment') return (value as { member: boolean }).member ? 'The lead is in it' : 'The lead is not in it';
  return `${whose}: ${formatAttribute(value)}`;
}

function eventsWords({ count, orMore, from, newest }: EventsRead): string {
  const since = `since ${formatMoment(from)}`;
  if (count === 0) return `The lead never did it ${since}`;
  const times = `${formatCount(count)}${orMore ? ' or more' : ''} ${count === 1 && !orMore ? 'time' : 'times'}`;
  const moments = newest.map(({ occurredAt }) => formatMoment(occurredAt)).join(', ');
  return `The lead did it ${times} ${since}; ${newest.length === count ? 'on' : 'last on'} ${moments}`;
}
