import { ruleLimits } from '../../shared/rule/operand.ts';
import type { EventRule, FieldComparison } from '../../shared/rule/rule.ts';
import { useVocabulary } from '../api/queries.ts';
import { ComboBox } from '../parts/combo-box.tsx';
import { NumberInput } from '../parts/number-input.tsx';
import { ComparisonEditor } from './comparison-editor.tsx';
import { EventTimes } from './event-times.tsx';
import { useProblemState } from './rule-problems.tsx';

interface EventRuleEditorProps {
  rule: EventRule;
  pointer: string;
  onChange: (rule: EventRule) => void;
}

const usualDays = 30;

/** Which event, how often, in which time, and what must hold on that one event. */
export function EventRuleEditor({ rule, pointer, onChange }: EventRuleEditorProps) {
  const { eventType, withinDays } = rule;
  const events = useVocabulary().data?.events ?? [];
  const fields = events.find((event) => event.eventType === eventType)?.fields ?? [];
  const typeState = useProblemState(`${pointer}/eventType`);
  const windowState = useProblemState(`${pointer}/withinDays`);
  const conditions = conditionsOf(rule);
  const change = (changed: readonly FieldComparison[]) => onChange(withConditions(rule, changed));
  return (
    <div className="event-rule">
      <div className="rule-row">
        <ComboBox
          label="Event"
          placeholder="Event"
          value={eventType}
          options={events.map((event) => ({ value: event.eventType }))}
          isInvalid={typeState !== undefined}
          onChange={(changed) => onChange({ ...rule, eventType: changed })}
        />
        <EventTimes rule={rule} pointer={pointer} onChange={onChange} />
        <select
          aria-label="In which time"
          value={withinDays === undefined ? 'ever' : 'days'}
          onChange={(event) => onChange({ ...rule, withinDays: event.target.value === 'ever' ? undefined : usualDays })}
        >
          <option value="ever">at any time</option>
          <option value="days">in the last</option>
        </select>
        {withinDays !== undefined && (
          <>
            <NumberInput
              label="Days"
              value={withinDays}
              isWhole
              isRequired
              isInvalid={windowState !== undefined}
              onChange={(days) => onChange({ ...rule, withinDays: Math.min(Number(days), ruleLimits.days) })}
            />
            <span className="after-value">days</span>
          </>
        )}
      </div>
      {conditions.map((condition, index) => (
        // Conditions have no ids of their own: their place is what tells them apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className="rule-line" key={index}>
          <div className="rule-row">
            <span className="condition-word">{index === 0 ? 'where' : 'and'}</span>
            <ComparisonEditor
              comparison={condition}
              fields={fields}
              pointer={conditionPointer(rule, pointer, index)}
              onChange={(changed) => change(conditions.with(index, changed))}
            />
          </div>
          <button
            type="button"
            className="remove"
            aria-label="Remove condition"
            title="Remove condition"
            onClick={() => change(conditions.toSpliced(index, 1))}
          >
            ×
          </button>
        </div>
      ))}
      <button
        type="button"
        className="small link"
        onClick={() => change([...conditions, { field: '', operator: 'equals' }])}
      >
        {conditions.length === 0 ? '+ where a detail of the event …' : '+ and another detail …'}
      </button>
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

function conditionPointer({ field }: EventRule, pointer: string, index: number): string {
  const inAnd = field === undefined ? index : index - 1;
  return inAnd < 0 ? pointer : `${pointer}/and/${inAnd}`;
}
