import { DragDropProvider } from '@dnd-kit/react';
import { NativeSelect, Text } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { leafRules, type Match, type Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import { useVocabulary } from '../api/queries.ts';
import type { ToldProblem } from '../drafts/part-problems.ts';
import { placeOf, withRuleAdded, withRuleDropped } from '../drafts/rule-tree.ts';
import { announce } from '../parts/announcer.tsx';
import { AddRulePalette } from './add-rule-palette.tsx';
import { type Builder, BuilderContext, useAfterPress } from './builder-context.ts';
import { type Funnel, FunnelContext } from './funnel-mark.tsx';
import { RuleList } from './rule-list.tsx';
import { useRuleWords } from './rule-queries.ts';
import classes from './rules.module.css';
import { longList } from './use-controls-in-view.ts';

/** Edits rules. `about`: what is typed about the same may be undone together. React's `setState` is one. */
export type EditRules = (change: (before: SegmentRules) => SegmentRules, about?: string) => void;

interface RuleBuilderProps {
  /** Every rule has an id. */
  rules: SegmentRules;
  /** The same function each time, so that rules that are not edited are not drawn again. */
  onEdit: EditRules;
  /** How the sentence begins that says how the rules combine. */
  whatFor?: string;
  /** The segment whose rules these are, which they cannot name. */
  segmentId?: string | undefined;
  /** Whether to show everything that is missing, since somebody tried to save. */
  isTried?: boolean;
  refused?: ReadonlyMap<string, readonly ToldProblem[]>;
  odd?: ReadonlyMap<string, readonly ToldProblem[]>;
  funnel?: Funnel | undefined;
}

/** So long a rule that is let go moves to its place. */
const dropMs = 300;

const nothing: ReadonlyMap<string, readonly ToldProblem[]> = new Map();

/** Rules to edit, group, reorder, add and remove: those of a segment, or of any other filter. */
export function RuleBuilder(props: RuleBuilderProps) {
  const {
    rules,
    onEdit,
    whatFor = 'A lead is in when',
    segmentId,
    isTried = false,
    refused = nothing,
    odd = nothing,
    funnel,
  } = props;
  const vocabulary = useVocabulary().data;
  const [palette, setPalette] = useState<{ groupId: string | undefined; isOpen: boolean }>();
  const [addedId, setAddedId] = useState<string>();
  const [droppedId, setDroppedId] = useState<string>();
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(rules);
  latest.current = rules;

  const edit = useCallback<Builder['edit']>(
    (change, about) => {
      onEdit((before) => {
        const changed = change(before.rules);
        return changed === before.rules ? before : { ...before, rules: changed };
      }, about);
    },
    [onEdit],
  );
  const afterPress = useAfterPress();
  const isLong = leafRules(rules.rules).length > longList;
  const sayRule = useRuleWords();
  const builder = useMemo<Builder>(
    () => ({
      edit,
      peek: () => latest.current.rules,
      afterPress,
      openPalette: (groupId) => setPalette({ groupId, isOpen: true }),
      ...{ vocabulary, segmentId, isLong, sayRule, isTried, refused, odd },
    }),
    [edit, afterPress, vocabulary, segmentId, isLong, sayRule, isTried, refused, odd],
  );
  const groupId = palette?.groupId;
  const add = useCallback(
    (rule: Rule) => {
      edit((before) => withRuleAdded(before, groupId, rule));
      setAddedId(leafRules([rule])[0]?.id);
      announce('The rule is added');
    },
    [edit, groupId],
  );
  const closePalette = useCallback(() => setPalette((before) => before && { ...before, isOpen: false }), []);
  useEffect(() => {
    if (addedId === undefined) return;
    setAddedId(undefined);
    // After the palette has let go of the focus. A rule out of view has its controls once it has the focus.
    setTimeout(() => {
      const rule = place.current?.querySelector<HTMLElement>(`[data-rule="${addedId}"]`);
      rule?.focus();
      setTimeout(() => firstControl(rule)?.focus());
    }, 20);
  }, [addedId]);

  useEffect(() => {
    if (droppedId === undefined) return;
    // What is pressed to drag does not get the focus, with which the move can be taken back by keys.
    const timer = setTimeout(() => {
      setDroppedId(undefined);
      place.current?.querySelector<HTMLElement>(`[data-rule="${droppedId}"] [data-handle]`)?.focus();
    }, dropMs);
    return () => clearTimeout(timer);
  }, [droppedId]);

  return (
    <div ref={place} className={classes.lines}>
      {rules.rules.length > 1 && (
        <div className={classes.line}>
          <Text span size="sm">
            {whatFor}
          </Text>
          <NativeSelect
            aria-label="How the rules combine"
            size="xs"
            data={[
              { value: 'all', label: 'all of these hold' },
              { value: 'any', label: 'at least one of these holds' },
            ]}
            value={rules.match}
            onChange={({ currentTarget }) => {
              const match = currentTarget.value as Match;
              onEdit((before) => ({ ...before, match }));
            }}
          />
        </div>
      )}
      <BuilderContext value={builder}>
        <FunnelContext value={funnel}>
          <DragDropProvider
            onDragEnd={({ canceled, operation: { source, target, position } }) => {
              if (canceled || !source || !target) return;
              const isBelow = position.current.y > (target.shape?.center.y ?? 0);
              edit((before) => withRuleDropped(before, String(source.id), String(target.id), isBelow));
              announce('Moved');
              setDroppedId(String(source.id));
            }}
          >
            <RuleList rules={rules.rules} match={rules.match} within="" />
          </DragDropProvider>
        </FunnelContext>
      </BuilderContext>
      <AddRulePalette
        isOpen={palette?.isOpen ?? false}
        vocabulary={vocabulary}
        segmentId={segmentId}
        depth={groupId === undefined ? 0 : depthOf(rules.rules, groupId)}
        onClose={closePalette}
        onAdd={add}
      />
    </div>
  );
}

/** In how many groups a rule of that group is. */
function depthOf(rules: readonly Rule[], groupId: string): number {
  const parent = placeOf(rules, groupId)?.parent;
  return parent?.id === undefined ? 1 : 1 + depthOf(rules, parent.id);
}

/** What is to be filled in first: what is empty, else what comes first after the type. */
function firstControl(rule: Element | null | undefined): HTMLElement | undefined {
  const controls = [...(rule?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-part]') ?? [])];
  return controls.find(({ value }) => value === '') ?? controls[0];
}
