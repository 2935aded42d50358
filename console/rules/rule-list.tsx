import { useRef, useState } from 'react';
import { ruleLimits } from '../../shared/rule/operand.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { newRule } from './new-rule.ts';
import { RuleEditor } from './rule-editor.tsx';

interface RuleListProps {
  rules: readonly Rule[];
  /** Where the list is in the body that is saved. */
  pointer: string;
  /** How many groups it is in. */
  depth: number;
  /** The segment being edited, which its own rules cannot name. */
  segmentId: string;
  onChange: (rules: readonly Rule[]) => void;
}

/** Rules one below the other, to edit, remove and add. */
export function RuleList({ rules, pointer, depth, segmentId, onChange }: RuleListProps) {
  const [addedId, setAddedId] = useState<string>();
  const addButton = useRef<HTMLButtonElement>(null);
  const add = (type: Rule['type']) => {
    const rule = newRule(type);
    setAddedId(rule.id);
    onChange([...rules, rule]);
  };
  const remove = (index: number) => {
    addButton.current?.focus();
    onChange(rules.toSpliced(index, 1));
  };
  return (
    <>
      <ol className="rule-list">
        {rules.map((rule, index) => (
          <li key={rule.id ?? index} ref={rule.id !== undefined && rule.id === addedId ? focusFirstField : undefined}>
            <RuleEditor
              rule={rule}
              pointer={`${pointer}/${index}`}
              depth={depth}
              segmentId={segmentId}
              onChange={(edited) => onChange(rules.with(index, edited))}
              onRemove={() => remove(index)}
            />
          </li>
        ))}
      </ol>
      <div className="rule-add">
        <button type="button" className="small" ref={addButton} onClick={() => add('lead_metadata')}>
          + Add rule
        </button>
        {depth < ruleLimits.depth && (
          <button type="button" className="small" onClick={() => add('group')}>
            + Add group
          </button>
        )}
      </div>
    </>
  );
}

function focusFirstField(rule: HTMLElement | null): void {
  rule?.querySelector<HTMLElement>('input')?.focus();
}
