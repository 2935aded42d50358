import { NativeSelect, Text } from '@mantine/core';
import { useState } from 'react';
import { ruleLimits } from '../../shared/rule/operand.ts';
import type { EventRule } from '../../shared/rule/rule.ts';
import { CountInput } from './count-input.tsx';

type Times = NonNullable<EventRule['times']>;

const choices = {
  once: 'at least once',
  atLeast: 'at least',
  atMost: 'at most',
  exactly: 'exactly',
  between: 'between',
  never: 'never',
} as const;
type Choice = keyof typeof choices;

const usual: Record<Exclude<Choice, 'never'>, Times | undefined> = {
  once: undefined,
  atLeast: { atLeast: 2 },
  atMost: { atMost: 2 },
  exactly: { atLeast: 1, atMost: 1 },
  between: { atLeast: 1, atMost: 3 },
};

interface EventTimesProps {
  rule: EventRule;
  onChange: (rule: EventRule) => void;
}

/** How often the event must have happened. */
export function EventTimes({ rule, onChange }: EventTimesProps) {
  const { atLeast, atMost } = rule.times ?? {};
  // While one types, "between 2 and 3" may pass through "between 2 and 2", which is said as "exactly 2".
  const [isRange, setRange] = useState(false);
  const read = choiceOf(rule);
  const choice = isRange && read === 'exactly' ? 'between' : read;
  const input = (label: string, value: number | undefined, times: (count: number) => Times) => (
    <CountInput
      label={label}
      part="times"
      value={value}
      max={ruleLimits.times}
      onChange={(count) => onChange({ ...rule, times: times(count) })}
    />
  );
  return (
    <>
      <NativeSelect
        aria-label="How often"
        size="sm"
        value={choice}
        data={Object.entries(choices).map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value as Choice;
          setRange(chosen === 'between');
          onChange(withChoice(rule, chosen));
        }}
      />
      {choice === 'atLeast' && input('Times at least', atLeast, (n) => ({ atLeast: n }))}
      {choice === 'atMost' && input('Times at most', atMost, (n) => ({ atMost: n }))}
      {choice === 'exactly' && input('Times', atLeast, (n) => ({ atLeast: n, atMost: n }))}
      {choice === 'between' && (
        <>
          {input('Times at least', atLeast, (n) => ({ atLeast: n, atMost }))}
          <Text span size="sm">
            and
          </Text>
          {input('Times at most', atMost, (n) => ({ atLeast, atMost: n }))}
        </>
      )}
      {choice !== 'once' && choice !== 'never' && (
        <Text span size="sm">
          times
        </Text>
      )}
    </>
  );
}

function choiceOf({ field, operator, times }: EventRule): Choice {
  if (field === undefined && operator === 'not_exists') return 'never';
  if (!times) return 'once';
  const { atLeast, atMost } = times;
  if (atMost === undefined) return 'atLeast';
  if (atMost === 0 && !atLeast) return 'never';
  if (atLeast === undefined) return 'atMost';
  return atLeast === atMost ? 'exactly' : 'between';
}

/** Without a detail of the event, "never" is an operator; with one, a count of none. */
function withChoice(rule: EventRule, choice: Choice): EventRule {
  const hasDetails = rule.field !== undefined || rule.and !== undefined;
  if (choice === 'never') {
    return hasDetails ? { ...rule, times: { atMost: 0 } } : { ...rule, operator: 'not_exists', times: undefined };
  }
  const operator = rule.field === undefined ? 'exists' : rule.operator;
  return { ...rule, operator, times: usual[choice] };
}
