import type { EventsRead } from '../../shared/membership/explanation.ts';
import type { RuleExplanation } from '../api/answers.ts';
import { formatAttribute, formatCount, formatMoment } from '../words/format.ts';

/** Each rule with a mark for whether it holds and what it reads of the lead; groups with what is in them. */
export function RuleExplanations({ rules }: { rules: readonly RuleExplanation[] }) {
  return (
    <ul className="rule-explanations">
      {rules.map((rule, index) => (
        <li key={rule.ruleId ?? index}>
          <span className={`mark ${rule.holds ? 'is-true' : 'is-false'}`}>{rule.holds ? 'Yes' : 'No'}</span>
          <div>
            {rule.rules ? (
              <>
                <p className="muted">{groupWords[rule.match ?? 'all']}</p>
                <RuleExplanations rules={rule.rules} />
              </>
            ) : (
              <>
                <p>{rule.sentence}</p>
                <p className="muted">{valueWords(rule)}</p>
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
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
