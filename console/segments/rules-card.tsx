import { ActionIcon, Alert, Badge, Button, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { leafRules } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import { ApiProblem, isRevisionMoved } from '../api/problem.ts';
import { announce } from '../parts/announcer.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, ProblemNotice } from '../parts/notice.tsx';
import { InWords } from '../rules/in-words.tsx';
import { RuleBuilder } from '../rules/rule-builder.tsx';
import { formatCount } from '../words/format.ts';
import type { RulesPreview } from './rules-preview.ts';
import classes from './rules-tab.module.css';
import type { SegmentDraft } from './segment-draft.ts';

/** The rule builder with "Save Rules". */
export function RulesCard({ draft, preview }: { draft: SegmentDraft; preview: RulesPreview }) {
  const { rules, edit, isDirty, save, isWriting, undo, redo, listProblems } = draft;
  const card = useRef<HTMLElement>(null);
  const [hasTried, setTried] = useState(false);
  const refused = useMemo(() => new Map([...preview.refused, ...draft.refused]), [preview.refused, draft.refused]);
  const isPossible = draft.isComplete && listProblems.length === 0;

  const saveRules = () => {
    if (isWriting) return;
    setTried(true);
    if (isPossible) return save.mutate(rules, { onSuccess: () => setTried(false) });
    // After the fields are marked, so that the first of them can be found.
    requestAnimationFrame(() => card.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const discard = () => {
    setTried(false);
    draft.discard();
    // The button goes with what there was to discard.
    card.current?.focus();
    announce('The changes are discarded');
  };
  const step = (go: (() => void) | undefined, done: string) => {
    if (!go) return;
    go();
    announce(done);
    // A rule that comes into or out of a group is drawn anew, and the focus goes with what it was on.
    setTimeout(() => document.activeElement === document.body && card.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) step(redo, 'Done again');
    else step(undo, 'Undone');
  };

  const count = leafRules(rules.rules).length;
  return (
    <Paper
      component="section"
      withBorder
      p="md"
      aria-label="Rules"
      ref={card}
      tabIndex={-1}
      className={classes.card}
      onKeyDown={onKeyDown}
    >
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <Title order={2}>Rules</Title>
          <Badge variant="default">{formatCount(count)}</Badge>
        </Group>
        <Group gap={4}>
          <Tooltip label="Undo (Ctrl+Z)" withinPortal={false}>
            <ActionIcon
              aria-label="Undo"
              aria-disabled={!undo}
              data-disabled={!undo}
              onClick={() => step(undo, 'Undone')}
            >
              <IconArrowBackUp size={18} aria-hidden="true" />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Redo (Ctrl+Y)" withinPortal={false}>
            <ActionIcon
              aria-label="Redo"
              aria-disabled={!redo}
              data-disabled={!redo}
              onClick={() => step(redo, 'Done again')}
            >
              <IconArrowForwardUp size={18} aria-hidden="true" />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Stack gap="md">
        {draft.restoredAt !== undefined && (
          <Alert color="teal" role="status" title="Your unsaved changes are here again">
            <Text size="sm">
              From <Moment iso={draft.restoredAt} />. Save or discard them below.
            </Text>
          </Alert>
        )}
        {rules.rules.length === 0 && (
          <Empty title="No rules yet">
            <Text size="sm" c="dimmed">
              Only leads that are added manually can be in it. Add a rule to say who belongs here.
            </Text>
          </Empty>
        )}
        <RuleBuilder
          rules={rules}
          onEdit={edit}
          segmentId={draft.segment.id}
          isTried={hasTried}
          refused={refused}
          odd={preview.odd}
          funnel={preview.funnel}
        />
        {listProblems.map((problem) => (
          <Text key={problem} size="sm" c="var(--console-bad)" role="alert">
            {problem}
          </Text>
        ))}
        <section aria-label="In words" className={classes.words}>
          <Text size="xs" fw={600} c="dimmed" mb={4}>
            In words
          </Text>
          <InWordsLater rules={rules} />
        </section>
        {save.error && !isRevisionMoved(save.error) && (
          <ProblemNotice title="The rules were not saved" error={saidOf(save.error, draft.refused.size > 0)} />
        )}
      </Stack>
      {isDirty && (
        <div className={classes.saveBar}>
          <Text size="sm" c={hasTried && !isPossible ? 'var(--console-bad)' : 'dimmed'} role="status">
            {hasTried && !isPossible ? 'Complete the marked rules first' : 'Changes are not saved yet'}
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={discard} aria-disabled={isWriting}>
              Discard
            </Button>
            <Button onClick={saveRules} aria-disabled={draft.isOutdated || isWriting}>
              {save.isPending ? 'Saving …' : 'Save Rules'}
            </Button>
          </Group>
        </div>
      )}
    </Paper>
  );
}

/** Rules in words, said after what is typed is shown. */
function InWordsLater({ rules }: { rules: SegmentRules }) {
  return <InWords rules={useDeferredValue(rules)} />;
}

/** What was refused, in words; where it stands at the rules, no pointers into what was sent. */
function saidOf(error: unknown, isAtRules: boolean): unknown {
  return isAtRules && error instanceof ApiProblem ? 'See what is marked at the rules.' : error;
}
