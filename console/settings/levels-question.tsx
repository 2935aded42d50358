import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import type { LevelKind } from '../../shared/rule/levels.ts';
import { fold } from '../../shared/rule/value.ts';
import { TextLink } from '../parts/link.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatLeads } from '../words/format.ts';
import type { LevelChanges } from './level-changes.ts';
import { useLevelUse } from './setting-queries.ts';

interface LevelsQuestionProps {
  readonly kind: LevelKind;
  readonly changes: LevelChanges;
  readonly isOpen: boolean;
  readonly isSaving: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Says what a save of levels does before it is done: who has the names that go, and which segments use them. */
export function LevelsQuestion({ kind, changes, isOpen, isSaving, onClose, onConfirm }: LevelsQuestionProps) {
  const { added, removed, renamed, isReordered } = changes;
  const gone = [...removed, ...renamed.map(({ from }) => from)];
  const use = useLevelUse(kind, gone, isOpen);
  const leadsWith = (level: string) => use.data?.values.find(({ value }) => fold(value) === fold(level))?.leads ?? 0;
  return (
    <Modal opened={isOpen} onClose={onClose} title="Save these levels?" size="lg">
      <Stack gap="sm">
        <List spacing={4}>
          {renamed.map(({ from, to }) => (
            <List.Item key={from}>
              “{from}” becomes “{to}” here, not on leads: {use.data ? whoHas(leadsWith(from), from) : '…'}
            </List.Item>
          ))}
          {removed.map((level) => (
            <List.Item key={level}>
              “{level}” is removed: {use.data ? whoHas(leadsWith(level), level) : '…'}
            </List.Item>
          ))}
          {added.map((level) => (
            <List.Item key={level}>“{level}” is added.</List.Item>
          ))}
          {isReordered && <List.Item>The order changes, and with it who is “at least” or “at most” a level.</List.Item>}
        </List>
        {use.isPending && <Loading what="what uses these levels" lines={2} />}
        {use.isError && <ProblemNotice title="What uses these levels could not be read" error={use.error} />}
        {use.data && use.data.naming.length > 0 && (
          <div>
            <Text>These segments name what goes; their rules stay as they are and no longer know the name:</Text>
            <List>
              {use.data.naming.map(({ id, name }) => (
                <List.Item key={id}>
                  <TextLink to="/segments/$segmentId/rules" params={{ segmentId: id }} target="_blank">
                    {name}
                  </TextLink>
                </List.Item>
              ))}
            </List>
          </div>
        )}
        {use.data && (
          <Text c="dimmed" size="sm">
            {use.data.users === 0
              ? 'No segment has a rule about these levels.'
              : `${use.data.users} ${use.data.users === 1 ? 'segment has rules' : 'segments have rules'} about these levels. Active ones that say “at least” or “at most” are recalculated: leads enter and leave, and that is published to the bus.`}
            {!use.data.isWhole && ' Only the first hundred were looked through for names.'}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button loading={isSaving} onClick={onConfirm}>
            Save Levels
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Fewer than five are never told, nor is whether there are any. */
function whoHas(leads: number, level: string): string {
  if (leads === 0) return `fewer than five leads have “${level}”.`;
  return `${formatLeads(leads)} keep “${level}”, which “at least” and “at most” no longer know, until your scoring sends another.`;
}
