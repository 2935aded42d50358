import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { LevelKind } from '../../shared/rule/levels.ts';
import { maximumLevels } from '../../shared/vocabulary/levels.ts';
import { announce } from '../parts/announcer.tsx';
import { Card } from '../parts/card.tsx';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { isChanged, type LevelRow, levelChanges, levelProblems } from './level-changes.ts';
import classes from './levels-card.module.css';
import { LevelsQuestion } from './levels-question.tsx';
import { type StoredVocabulary, settingProblem, useSettingSave } from './setting-queries.ts';

const titles: Readonly<Record<LevelKind, string>> = {
  engagement: 'Engagement Levels',
  profile: 'Profile Levels',
  account: 'Account Levels',
};

/** A button that does nothing now and yet keeps the focus, which a disabled one loses. */
const off = { 'data-disabled': true, 'aria-disabled': true } as const;

const rowsOf = (names: readonly string[]): LevelRow[] =>
  names.map((name) => ({ key: `stored ${name}`, name, stored: name }));

/** The levels of one kind, lowest first: to name, order, add and remove. */
export function LevelsCard({ kind, stored }: { kind: LevelKind; stored: StoredVocabulary }) {
  const names = stored.vocabulary.levels[kind];
  const [rows, setRows] = useState<readonly LevelRow[]>(() => rowsOf(names));
  const [isAsking, setAsking] = useState(false);
  const [hasTried, setTried] = useState(false);
  const added = useRef(0);
  const list = useRef<HTMLOListElement>(null);
  const save = useSettingSave((api, levels: readonly string[]) =>
    api.call('PUT /vocabulary/levels/{kind}', {
      parts: { kind },
      body: { levels: [...levels] },
      revision: stored.revision,
    }),
  );
  const changes = levelChanges(names, rows);
  const problems = levelProblems(rows);
  const isDirty = isChanged(changes);

  const move = (index: number, by: -1 | 1) => {
    const row = rows[index]!;
    setRows(rows.toSpliced(index, 1).toSpliced(index + by, 0, row));
    announce(`${row.name} is level ${index + by + 1} of ${rows.length}`);
  };
  const add = () => {
    added.current++;
    setRows([...rows, { key: `added ${added.current}`, name: '', stored: undefined }]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus());
  };
  const remove = (index: number) => {
    setRows(rows.toSpliced(index, 1));
    announce(`${rows[index]!.name || 'The new level'} is removed`);
    list.current?.querySelectorAll('input')[Math.max(0, index - 1)]?.focus();
  };
  const store = () =>
    save.mutate(
      rows.map(({ name }) => name.trim()),
      {
        onSuccess: () => {
          const now = rows.map(({ name }) => name.trim());
          setRows(rowsOf(now));
          setTried(false);
          setAsking(false);
          notifications.show({ message: `The ${titles[kind].toLowerCase()} are saved.` });
        },
        onError: () => setAsking(false),
      },
    );

  const ask = () => {
    setTried(true);
    if (problems.size === 0) setAsking(true);
  };
  const discard = () => {
    setRows(rowsOf(names));
    setTried(false);
  };

  return (
    <Card title={titles[kind]}>
      <LeaveGuard isDirty={isDirty} text={`The ${titles[kind].toLowerCase()} were changed and are not saved.`} />
      <ol className={classes.levels} ref={list}>
        {rows.map((row, index) => (
          <li key={row.key}>
            <Text c="dimmed" size="sm" w={72}>
              {index === 0 ? 'lowest' : index === rows.length - 1 ? 'highest' : ''}
            </Text>
            <TextInput
              className={classes.name}
              aria-label={`Level ${index + 1}`}
              error={hasTried && problems.get(index)}
              maxLength={200}
              value={row.name}
              onChange={({ target }) => setRows(rows.with(index, { ...row, name: target.value }))}
            />
            <ActionIcon
              size="lg"
              aria-label={`Move ${row.name} up`}
              {...(index === 0 ? off : { onClick: () => move(index, -1) })}
            >
              <IconArrowUp size={18} aria-hidden="true" />
            </ActionIcon>
            <ActionIcon
              size="lg"
              aria-label={`Move ${row.name} down`}
              {...(index === rows.length - 1 ? off : { onClick: () => move(index, 1) })}
            >
              <IconArrowDown size={18} aria-hidden="true" />
            </ActionIcon>
            <ActionIcon
              size="lg"
              aria-label={`Remove ${row.name || 'the new level'}`}
              {...(rows.length === 1 ? off : { onClick: () => remove(index) })}
            >
              <IconTrash size={18} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ol>
      {save.isError && <ProblemNotice title="The levels were not saved" error={settingProblem(save.error)} />}
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          disabled={rows.length >= maximumLevels}
          onClick={add}
        >
          Add level
        </Button>
        <Button {...(isDirty ? { onClick: ask } : off)}>Save Levels</Button>
        <Button variant="default" {...(isDirty ? { onClick: discard } : off)}>
          Discard
        </Button>
      </Group>
      <LevelsQuestion
        kind={kind}
        changes={changes}
        isOpen={isAsking}
        isSaving={save.isPending}
        onClose={() => setAsking(false)}
        onConfirm={store}
      />
    </Card>
  );
}
