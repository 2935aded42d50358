import type { GroupRule, LevelRule, Rule } from '../../shared/rule/rule.ts';
import { useVocabulary } from '../api/queries.ts';
import { ComparisonEditor, OperandEditor } from './comparison-editor.tsx';
import { EventRuleEditor } from './event-rule-editor.tsx';
import { newRule, ruleTypes } from './new-rule.ts';
import { RuleList } from './rule-list.tsx';
import { ProblemsAt, useProblemState } from './rule-problems.tsx';
import { SegmentRuleEditor } from './segment-rule-editor.tsx';

interface RuleEditorProps {
  rule: Rule;
  pointer: string;
  depth: number;
  segmentId: string;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}

/** One rule, of whatever type. */
export function RuleEditor(props: RuleEditorProps) {
  const { rule, pointer, onChange, onRemove } = props;
  const state = useProblemState(pointer);
  if (rule.type === 'group') return <GroupEditor {...props} rule={rule} />;
  return (
    <div className={`rule ${state ? `is-${state}` : ''}`}>
      <div className="rule-line">
        <div className="rule-row">
          <select
            className="rule-type"
            aria-label="What the rule looks at"
            value={rule.type}
            onChange={(event) => onChange(newRule(event.target.value as Rule['type'], rule.id))}
          >
            {Object.entries(ruleTypes).map(([type, label]) =>
              type === 'group' ? null : (
                <option key={type} value={type}>
                  {label}
                </option>
              ),
            )}
          </select>
          <LeafEditor {...props} />
        </div>
        <button type="button" className="remove" aria-label="Remove rule" title="Remove rule" onClick={onRemove}>
          ×
        </button>
      </div>
      <ProblemsAt pointer={pointer} />
    </div>
  );
}

function LeafEditor({ rule, pointer, segmentId, onChange }: RuleEditorProps) {
  const vocabulary = useVocabulary().data;
  switch (rule.type) {
    case 'lead_metadata':
    case 'account_metadata': {
      const fields = (rule.type === 'lead_metadata' ? vocabulary?.lead : vocabulary?.account)?.fields ?? [];
      return (
        <ComparisonEditor
          comparison={rule}
          fields={fields}
          pointer={pointer}
          onChange={(comparison) => onChange({ ...rule, ...comparison })}
        />
      );
    }
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return <LevelRuleEditor rule={rule} pointer={pointer} onChange={onChange} />;
    case 'event_metadata':
      return <EventRuleEditor rule={rule} pointer={pointer} onChange={onChange} />;
    case 'segment':
      return <SegmentRuleEditor rule={rule} pointer={pointer} segmentId={segmentId} onChange={onChange} />;
    case 'group':
      throw new Error('A group is not a leaf');
  }
}

interface LevelRuleEditorProps {
  rule: LevelRule;
  pointer: string;
  onChange: (rule: LevelRule) => void;
}

const levelNames = { engagement_level: 'engagement', profile_level: 'profile', account_level: 'account' } as const;

function LevelRuleEditor({ rule, pointer, onChange }: LevelRuleEditorProps) {
  const levels = useVocabulary().data?.levels[levelNames[rule.type]] ?? [];
  return (
    <OperandEditor
      operator={rule.operator}
      value={rule.value}
      isOnLevel
      kinds={[]}
      suggestions={levels}
      pointer={pointer}
      onChange={(operator, value) => onChange({ ...rule, operator, value })}
    />
  );
}

function GroupEditor({ rule, pointer, depth, segmentId, onChange, onRemove }: RuleEditorProps & { rule: GroupRule }) {
  return (
    <fieldset className="group">
      <legend>
        <select
          aria-label="How the rules of this group combine"
          value={rule.match}
          onChange={(event) => onChange({ ...rule, match: event.target.value as GroupRule['match'] })}
        >
          <option value="all">All of these hold</option>
          <option value="any">At least one of these holds</option>
          <option value="none">None of these holds</option>
        </select>
        <button type="button" className="remove" aria-label="Remove group" title="Remove group" onClick={onRemove}>
          ×
        </button>
      </legend>
      <RuleList
        rules={rule.rules}
        pointer={`${pointer}/rules`}
        depth={depth + 1}
        segmentId={segmentId}
        // An empty group says nothing: it goes with its last rule.
        onChange={(rules) => (rules.length > 0 ? onChange({ ...rule, rules }) : onRemove())}
      />
      <ProblemsAt pointer={pointer} only={['rules', 'match', 'id', 'type']} />
    </fieldset>
  );
}
