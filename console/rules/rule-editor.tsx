import { pointerIntersection } from '@dnd-kit/collision';
import { SortableKeyboardPlugin } from '@dnd-kit/dom/sortable';
import { useSortable } from '@dnd-kit/react/sortable';
import { ActionIcon, NativeSelect, Text } from '@mantine/core';
import { useMergedRef } from '@mantine/hooks';
import { IconGripVertical } from '@tabler/icons-react';
import { memo, type ReactNode, useId } from 'react';
import type { GroupRule, LeafRule, LevelRule, Rule } from '../../shared/rule/rule.ts';
import { ruleTypes, withType } from '../drafts/new-rule.ts';
import { withRule } from '../drafts/rule-tree.ts';
import { RuleNotesContext, useBuilder, useRuleNotes } from './builder-context.ts';
import { ComparisonEditor, OperandEditor } from './comparison-editor.tsx';
import { EventRuleEditor } from './event-rule-editor.tsx';
import { FunnelMark } from './funnel-mark.tsx';
import { RuleList } from './rule-list.tsx';
import { RuleMenu } from './rule-menu.tsx';
import { RuleNotesList } from './rule-notes.tsx';
import classes from './rules.module.css';
import { SegmentRuleEditor } from './segment-rule-editor.tsx';
import { useControlsInView } from './use-controls-in-view.ts';

interface RuleEditorProps {
  rule: Rule;
  index: number;
  /** The ids of the groups that it is in, the outermost first, with a space after each. */
  within: string;
}

/** One rule, of whatever type. What is not edited is not drawn again. */
export const RuleEditor = memo(function RuleEditor({ rule, index, within }: RuleEditorProps) {
  return rule.type === 'group' ? (
    <GroupEditor rule={rule} index={index} within={within} />
  ) : (
    <LeafEditor rule={rule} index={index} within={within} />
  );
});

/** Lets a rule be dragged to another place: among its own, and into and out of groups, but not into itself. */
function useDragging({ rule, index, within }: RuleEditorProps) {
  const groups = within.split(' ').slice(0, -1);
  return useSortable({
    id: rule.id!,
    index,
    group: groups.at(-1) ?? 'whole',
    type: 'rule',
    accept: (source) => source.type === 'rule' && ![rule.id, ...groups].includes(String(source.id)),
    collisionPriority: groups.length,
    // It goes where the pointer is, not where most of what is dragged is.
    collisionDetector: pointerIntersection,
    // Rules stay where they are until one is let go: React alone moves what it has drawn.
    plugins: [SortableKeyboardPlugin],
  });
}

function Head({
  handleRef,
  rule,
  children,
}: {
  handleRef: (element: Element | null) => void;
  rule: Rule;
  children: ReactNode;
}) {
  return (
    <div className={classes.head}>
      <ActionIcon
        ref={handleRef}
        data-handle
        className={classes.handle}
        aria-label={`Drag this ${rule.type === 'group' ? 'group' : 'rule'}`}
      >
        <IconGripVertical size={16} aria-hidden="true" />
      </ActionIcon>
      {children}
      <span className={classes.end}>
        <FunnelMark ruleId={rule.id!} />
        <RuleMenu rule={rule} />
      </span>
    </div>
  );
}

const types = Object.entries(ruleTypes).flatMap(([value, label]) => (value === 'group' ? [] : [{ value, label }]));

function LeafEditor({ rule, index, within }: RuleEditorProps & { rule: LeafRule }) {
  const { edit, isLong, sayRule } = useBuilder();
  const { ref, handleRef, isDropTarget, isDragging } = useDragging({ rule, index, within });
  const { notes, leave } = useRuleNotes(rule, useId());
  const view = useControlsInView(isLong);
  // What is marked has to be found by keys.
  const hasControls = view.hasControls || notes.wrong.length > 0;
  const id = rule.id!;
  const change = (changed: Rule) => edit((rules) => withRule(rules, id, () => changed), id);
  return (
    <li
      ref={useMergedRef(ref, view.ref)}
      data-rule={id}
      data-target={(isDropTarget && !isDragging) || undefined}
      tabIndex={-1}
      className={`${classes.rule} ${classes.leaf} ${hasControls ? '' : classes.isText} ${notes.wrong.length > 0 ? classes.isWrong : ''}`}
      style={hasControls ? undefined : { minHeight: view.minHeight }}
      onFocus={view.onFocus}
      onBlur={({ target }) => {
        view.onBlur();
        const part = target.closest<HTMLElement>('[data-part]')?.dataset.part;
        if (part !== undefined) leave(part);
      }}
    >
      <Head handleRef={handleRef} rule={rule}>
        {hasControls ? (
          <NativeSelect
            aria-label="Rule type"
            size="xs"
            className={classes.type}
            data={types}
            value={rule.type}
            onChange={({ currentTarget }) => {
              const type = currentTarget.value as Rule['type'];
              edit((rules) => withRule(rules, id, (before) => withType(before, type)));
            }}
          />
        ) : (
          <span className={classes.typeName}>{ruleTypes[rule.type]}</span>
        )}
      </Head>
      <div className={classes.body}>
        {hasControls ? (
          <RuleNotesContext value={notes}>
            <PartsOfLeaf rule={rule} onChange={change} />
          </RuleNotesContext>
        ) : (
          <Text size="sm">{sayRule(rule)}</Text>
        )}
        <RuleNotesList notes={notes} onTake={(part, instead) => change(withPart(rule, part.split('/'), instead))} />
      </div>
    </li>
  );
}

/** A rule with one of its parts as it was perhaps meant. */
function withPart<T>(rule: T, [key, ...rest]: readonly string[], value: string): T {
  if (key === undefined) return value as T;
  const inner = (rule as Record<string, unknown>)[key];
  const changed = withPart(inner, rest, value);
  if (Array.isArray(rule)) return rule.with(Number(key), changed) as T;
  return { ...rule, [key]: changed };
}

function PartsOfLeaf({ rule, onChange }: { rule: LeafRule; onChange: (rule: LeafRule) => void }) {
  const { vocabulary } = useBuilder();
  switch (rule.type) {
    case 'lead_metadata':
    case 'account_metadata': {
      const of = rule.type === 'lead_metadata' ? 'lead' : 'account';
      return (
        <div className={classes.line}>
          <ComparisonEditor
            comparison={rule}
            fields={vocabulary?.[of].fields ?? []}
            countedIn={of}
            path=""
            onChange={(comparison) => onChange({ ...rule, ...comparison })}
          />
        </div>
      );
    }
    case 'event_metadata':
      return <EventRuleEditor rule={rule} onChange={onChange} />;
    case 'segment':
      return (
        <div className={classes.line}>
          <SegmentRuleEditor rule={rule} onChange={onChange} />
        </div>
      );
    default:
      return (
        <div className={classes.line}>
          <LevelRuleEditor rule={rule} onChange={onChange} />
        </div>
      );
  }
}

const levelNames = { engagement_level: 'engagement', profile_level: 'profile', account_level: 'account' } as const;

function LevelRuleEditor({ rule, onChange }: { rule: LevelRule; onChange: (rule: LevelRule) => void }) {
  const levels = useBuilder().vocabulary?.levels[levelNames[rule.type]] ?? [];
  return (
    <OperandEditor
      operator={rule.operator}
      value={rule.value}
      compared="level"
      known={levels}
      countedAs={undefined}
      path=""
      onChange={(operator, value) => onChange({ ...rule, operator, value })}
    />
  );
}

function GroupEditor({ rule, index, within }: RuleEditorProps & { rule: GroupRule }) {
  const { edit } = useBuilder();
  const { ref, handleRef, isDropTarget, isDragging } = useDragging({ rule, index, within });
  const { notes } = useRuleNotes(rule, useId());
  const id = rule.id!;
  return (
    <li
      ref={ref}
      data-rule={id}
      data-target={(isDropTarget && !isDragging) || undefined}
      className={`${classes.rule} ${classes.group}`}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out like the other rules */}
      <div role="group" aria-label="Group of rules">
        <Head handleRef={handleRef} rule={rule}>
          <NativeSelect
            aria-label="How the rules of this group combine"
            size="xs"
            data={[
              { value: 'all', label: 'All of these hold' },
              { value: 'any', label: 'At least one of these holds' },
              { value: 'none', label: 'None of these holds' },
            ]}
            value={rule.match}
            onChange={({ currentTarget }) => {
              const match = currentTarget.value as GroupRule['match'];
              edit((rules) => withRule(rules, id, (before) => ({ ...before, match }) as Rule));
            }}
          />
        </Head>
        <div className={classes.body}>
          <RuleList rules={rule.rules} match={rule.match} within={`${within}${id} `} />
          <RuleNotesList notes={notes} onTake={() => {}} />
        </div>
      </div>
    </li>
  );
}
