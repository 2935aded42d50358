import { Badge, Button, Group, Paper, Table, Text } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { SegmentRules } from '../api/answers.ts';
import { differences } from '../drafts/rule-merge.ts';
import classes from './conflict-panel.module.css';
import { useSegmentNames } from './rule-queries.ts';

interface ConflictPanelProps {
  /** The rules that both were edited from. */
  base: SegmentRules;
  theirs: SegmentRules;
  mine: SegmentRules;
  /** Who saved theirs, if that is known. */
  author: string | undefined;
  onTakeTheirs: () => void;
  onPutMineOnTop: () => void;
}

/** What somebody else saved beside what I changed since, rule by rule, and the two ways on. Nothing is lost by either. */
export function ConflictPanel({ base, theirs, mine, author, onTakeTheirs, onPutMineOnTop }: ConflictPanelProps) {
  const nameOf = useSegmentNames();
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.scrollIntoView({ block: 'nearest' }), []);
  const changed = differences(base, theirs, mine, nameOf);
  return (
    <Paper ref={panel} role="alert" withBorder p="md" className={classes.panel}>
      <Group gap="xs" mb={4}>
        <IconArrowsSplit2 size={18} aria-hidden="true" />
        <Text fw={600}>{author ?? 'Somebody else'} changed this segment meanwhile</Text>
      </Group>
      <Text size="sm" c="dimmed">
        Nothing of yours is lost. Choose how to go on; Undo takes you back.
      </Text>
      <Table.ScrollContainer minWidth={300} type="native" tabIndex={0} aria-label="What both changed" role="region">
        <Table verticalSpacing={6} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Before</Table.Th>
              <Table.Th>Theirs</Table.Th>
              <Table.Th>Mine</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changed.map(({ id, before, theirs: they, mine: i }) => (
              <Table.Tr key={id}>
                <Table.Td>{before ?? <Missing />}</Table.Td>
                <Table.Td>
                  <Side text={they} before={before} />
                </Table.Td>
                <Table.Td>
                  <Side text={i} before={before} />
                  {they !== before && i !== before && they !== i && (
                    <Badge variant="default" size="sm" tt="none" className={classes.both}>
                      both changed it
                    </Badge>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group mt="sm" gap="sm">
        <Button variant="default" onClick={onTakeTheirs}>
          Take theirs
        </Button>
        <Button onClick={onPutMineOnTop}>Put mine on top</Button>
      </Group>
    </Paper>
  );
}

function Missing() {
  return (
    <Text span size="sm" c="dimmed">
      not there
    </Text>
  );
}

function Side({ text, before }: { text: string | undefined; before: string | undefined }) {
  if (text === before) {
    return (
      <Text span size="sm" c="dimmed">
        as before
      </Text>
    );
  }
  if (text === undefined) {
    return (
      <Text span size="sm" fw={600}>
        removed
      </Text>
    );
  }
  return (
    <Text span size="sm" fw={600}>
      {text}
    </Text>
  );
}
