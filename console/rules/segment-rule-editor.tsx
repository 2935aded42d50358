import { NativeSelect, Select } from '@mantine/core';
import type { SegmentRule } from '../../shared/rule/rule.ts';
import { useBuilder, usePart } from './builder-context.ts';
import { useNamedSegments } from './rule-queries.ts';
import classes from './rules.module.css';
import { inPlace, likeTyped } from './suggest-input.tsx';

interface SegmentRuleEditorProps {
  rule: SegmentRule;
  onChange: (rule: SegmentRule) => void;
}

/** Whether the lead is a member of another segment. */
export function SegmentRuleEditor({ rule, onChange }: SegmentRuleEditorProps) {
  const { segments, refusals } = useNamedSegments(useBuilder().segmentId);
  const labelOf = ({ id, name, active }: (typeof segments)[number]) => {
    const refusal = refusals.get(id);
    if (refusal) return `${name} (${refusal})`;
    return active ? name : `${name} (inactive)`;
  };
  const options = segments.map((segment) => ({
    value: segment.id,
    label: labelOf(segment),
    disabled: refusals.has(segment.id) && segment.id !== rule.segmentId,
  }));
  const isListed = rule.segmentId === '' || options.some(({ value }) => value === rule.segmentId);
  return (
    <>
      <NativeSelect
        aria-label="Member or not"
        size="sm"
        data={[
          { value: 'in', label: 'is in' },
          { value: 'not_in', label: 'is not in' },
        ]}
        value={rule.operator}
        onChange={({ currentTarget }) =>
          onChange({ ...rule, operator: currentTarget.value as SegmentRule['operator'] })
        }
      />
      <Select
        {...usePart('segmentId')}
        aria-label="Segment"
        placeholder="Choose a segment"
        size="sm"
        className={classes.grows}
        searchable
        comboboxProps={inPlace}
        filter={likeTyped}
        limit={100}
        nothingFoundMessage="No segment is called that"
        allowDeselect={false}
        data={isListed ? options : [{ value: rule.segmentId, label: rule.segmentId }, ...options]}
        value={rule.segmentId || null}
        onChange={(segmentId) => segmentId && onChange({ ...rule, segmentId })}
      />
    </>
  );
}
