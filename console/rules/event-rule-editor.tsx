import { ActionIcon, Button, NativeSelect, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { ruleLimits } from '../../shared/rule/operand.ts';
import type { EventRule, FieldComparison } from '../../shared/rule/rule.ts';
import { useBuilder, usePart } from './builder-context.ts';
import { ComparisonEditor } from './comparison-editor.tsx';
import { CountInput } from './count-input.tsx';
import { EventTimes } from './event-times.tsx';
import classes from './rules.module.css';
import { SuggestInput } from './suggest-input.tsx';

interface EventRuleEditorProps {
  rule: EventRule;
  onChange: (rule: EventRule) => void;
}

const usualDays = 30;

/** Which event, how often, in which time, and what must hold on that one event. */
export function EventRuleEditor({ rule, onChange }: EventRuleEditorProps) {
  const { eventType, withinDays } = rule;
  const events = useBuilder().vocabulary?.events ?? [];
  const fields = events.find((event) => event.eventType === eventType)?.fields ?? [];
  const conditions = conditionsOf(rule);
  const change = (changed: readonly FieldComparison[]) => onChange(withConditions(rule, changed));
  return (
    <div className={classes.lines}>
      <div className={classes.line}>
        <SuggestInput
          {...usePart('eventType')}
          aria-label="Event"
          placeholder="Event"
          className={classes.field}
          value={eventType}
          suggestions={events.map((event) => ({ value: event.eventType }))}
          onChange={(changed) => onChange({ ...rule, eventType: changed })}
        />
        <EventTimes rule={rule} onChange={onChange} />
        <NativeSelect
          aria-label="In which time"
          size="sm"
          value={withinDays === undefined ? 'ever' : 'days'}
          data={[
            { value: 'ever', label: 'at any time' },
            { value: 'days', label: 'in the last' },
          ]}
          onChange={({ currentTarget }) =>
            onChange({ ...rule, withinDays: currentTarget.value === 'ever' ? undefined : usualDays })
          }
        />
        {withinDays !== undefined && (
          <>
            <CountInput
              label="Days"
              part="withinDays"
              value={withinDays}
              max={ruleLimits.days}
              onChange={(days) => onChange({ ...rule, withinDays: days })}
            />
            <Text span size="sm">
              days
            </Text>
          </>
        )}
      </div>
      {conditions.map((condition, index) => (
        // Conditions have no ids of their own: their place is what tells them apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className={classes.line} key={index}>
          <Text span size="sm" c="dimmed">
            {index === 0 ? 'where' : 'and'}
          </Text>
          <ComparisonEditor
            comparison={condition}
            fields={fields}
            path={pathOf(rule, index)}
            onChange={(changed) => change(conditions.with(index, changed))}
          />
          <ActionIcon aria-label="Remove condition" onClick={() => change(conditions.toSpliced(index, 1))}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        className={classes.condition}
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={() => change([...conditions, { field: '', operator: 'equals' }])}
      >
        {conditions.length === 0 ? 'where a detail of the event …' : 'and another detail …'}
      </Button>
    </div>
  );
}

/** What must hold on one event: the rule's own comparison, if it has one, and those in `and`. */
function conditionsOf({ field, operator, value, and = [] }: EventRule): readonly FieldComparison[] {
  return field === undefined ? and : [{ field, operator, value }, ...and];
}

function withConditions(rule: EventRule, conditions: readonly FieldComparison[]): EventRule {
  const { id, type, eventType, times, withinDays } = rule;
  const kept = { id, type, eventType, withinDays };
  const [first, ...and] = conditions;
  // "Never" is said in another way with and without details.
  const isNever = times?.atMost === 0 || (rule.field === undefined && rule.operator === 'not_exists');
  if (!first) return isNever ? { ...kept, operator: 'not_exists' } : { ...kept, times, operator: 'exists' };
  return { ...kept, ...first, times: isNever ? { atMost: 0 } : times, ...(and.length > 0 && { and }) };
}

function pathOf({ field }: EventRule, index: number): string {
  const inAnd = field === undefined ? index : index - 1;
  return inAnd < 0 ? '' : `and/${inAnd}/`;
}
