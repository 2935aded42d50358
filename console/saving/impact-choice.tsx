import { Button, Collapse, Group, List, NumberInput, Stack, Text, UnstyledButton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { DryRunAnswer } from '../api/answers.ts';
import { keepThreshold, type Moves, movesOf, readThreshold } from '../drafts/impact-threshold.ts';
import { formatCount, formatLeads } from '../words/format.ts';

/** What somebody answered: `silently` publishes no entries and exits. */
export type Choice = 'save' | 'silently' | 'cancel';

/** What the question says of a write beside its effect. */
export interface ImpactToShow {
  readonly confirmLabel: string;
  /** How many members the segment has now. */
  readonly members: number;
  /** The write publishes no entries and exits, so "without notifying" is not offered. */
  readonly isSilent?: boolean;
  /** What else is to be known before. */
  readonly note?: ReactNode;
}

interface ImpactChoiceProps {
  question: ImpactToShow;
  found: DryRunAnswer;
  onChoose: (choice: Choice) => void;
}

/** What a write would do, and what to do about it. */
export function ImpactChoice({ question, found, onChoose }: ImpactChoiceProps) {
  const { members, confirmLabel, isSilent = false, note } = question;
  const isMoving = found.effects.some(({ entering, leaving }) => entering + leaving > 0);
  const takesAway = found.effects.some(({ leaving }) => leaving > 0) || !found.segment;
  return (
    <Stack>
      <SaveImpact found={found} members={members} isSilent={isSilent} />
      {note}
      <Threshold />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" data-autofocus onClick={() => onChoose('cancel')}>
          Cancel
        </Button>
        {isMoving && !isSilent && (
          <Button variant="default" onClick={() => onChoose('silently')}>
            Save without notifying
          </Button>
        )}
        <Button color={takesAway ? 'red' : 'teal'} onClick={() => onChoose('save')}>
          {confirmLabel}
        </Button>
      </Group>
    </Stack>
  );
}

interface SaveImpactProps {
  found: DryRunAnswer;
  members: number;
  isSilent?: boolean;
}

/** What a write would do: who enters and leaves, here and where this segment is used, and who hears of it. */
function SaveImpact({ found, members, isSilent = false }: SaveImpactProps) {
  const { own, others, otherNames } = movesOf(found);
  if (!found.recalculates) {
    return found.segment ? <Text>Nobody enters or leaves.</Text> : null;
  }
  const isNobody = [own, others].every(({ entering, leaving }) => entering + leaving === 0);
  const atLeast = found.exact ? '' : 'At least ';
  return (
    <Stack gap="xs" data-testid="impact">
      <Text size="lg" fw={600}>
        {atLeast}
        <MovesText moves={own} />
      </Text>
      <Text c="dimmed">of {members === 1 ? '1 member' : `${formatCount(members)} members`} now</Text>
      {otherNames.length > 0 && (
        <div>
          <Text>
            {otherNames.length === 1 ? '1 segment uses' : `${formatCount(otherNames.length)} segments use`} this one;{' '}
            {atLeast.toLowerCase()}
            <MovesText moves={others} /> there:
          </Text>
          <List size="sm">
            {otherNames.slice(0, 8).map((name) => (
              <List.Item key={name}>{name}</List.Item>
            ))}
            {otherNames.length > 8 && <List.Item>{formatCount(otherNames.length - 8)} more</List.Item>}
          </List>
        </div>
      )}
      {!found.exact && (
        <Text c="var(--console-warn)">
          Only {formatLeads(found.leads)} could be counted in time: more may enter and leave.
        </Text>
      )}
      {!isNobody && !isSilent && <Text c="dimmed">Entries and exits are published to the event bus.</Text>}
    </Stack>
  );
}

/** "+12 enter, −321 leave". */
export function MovesText({ moves: { entering, leaving } }: { moves: Moves }) {
  if (entering + leaving === 0) return <>nobody enters or leaves</>;
  return (
    <>
      <Text span inherit c={entering > 0 ? 'var(--console-good)' : 'dimmed'}>
        +{formatCount(entering)} enter
      </Text>
      ,{' '}
      <Text span inherit c={leaving > 0 ? 'var(--console-bad)' : 'dimmed'}>
        −{formatCount(leaving)} leave
      </Text>
    </>
  );
}

function Threshold() {
  const [isOpen, setOpen] = useState(false);
  const [threshold, setThreshold] = useState(readThreshold);
  const change = (changed: Partial<typeof threshold>) => {
    const kept = { ...threshold, ...changed };
    setThreshold(kept);
    keepThreshold(kept);
  };
  const numbers = { min: 1, allowDecimal: false, allowNegative: false, size: 'xs', w: 110 } as const;
  return (
    <div>
      <UnstyledButton fz="sm" td="underline" c="dimmed" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        When to ask
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Group gap="sm" mt="xs">
          <NumberInput
            {...numbers}
            label="Leads"
            value={threshold.leads}
            onChange={(value) => typeof value === 'number' && change({ leads: value })}
          />
          <NumberInput
            {...numbers}
            label="% of members"
            max={100}
            value={threshold.percent}
            onChange={(value) => typeof value === 'number' && change({ percent: value })}
          />
        </Group>
        <Text size="sm" c="dimmed" mt={4}>
          You are asked when at least so many would enter and leave; one of the two is enough.
        </Text>
      </Collapse>
    </div>
  );
}
