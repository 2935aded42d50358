import { Badge, Group, Text } from '@mantine/core';
import type { Explanation } from '../api/answers.ts';
import { Card } from '../parts/card.tsx';
import { Moment } from '../parts/moment.tsx';
import { formatMoment } from '../words/format.ts';
import { causeWords, reasonWords } from '../words/transition-words.ts';

/** Where a lead stands in a segment: in or out, who or what decides that, and how it came to be. */
export function StandingCard({ explanation }: { explanation: Explanation }) {
  const { member, since, byHand, lastTransition } = explanation;
  return (
    <Card title="Standing">
      <Group gap="sm">
        <Badge variant={member ? 'filled' : 'outline'} tt="none" size="lg">
          {member ? 'In the segment' : 'Not in the segment'}
        </Badge>
        {since && <Text c="dimmed">since {formatMoment(since)}</Text>}
      </Group>
      <Text>{verdict(explanation)}</Text>
      {byHand && (
        <Text size="sm" c="dimmed">
          {actWords[byHand.kind]} by {byHand.author} <Moment iso={byHand.at} />
          {byHand.reason !== undefined && `: “${byHand.reason}”`}
        </Text>
      )}
      {lastTransition ? (
        <LastTransition transition={lastTransition} />
      ) : (
        <Text size="sm" c="dimmed">
          It was never in it.
        </Text>
      )}
    </Card>
  );
}

function LastTransition({ transition }: { transition: NonNullable<Explanation['lastTransition']> }) {
  const { type, occurredAt, cause, revision } = transition;
  const what = causeWords(cause);
  const isNamed = cause.kind !== 'segment_saved' && cause.changeId !== undefined;
  return (
    <>
      <Text size="sm" c="dimmed">
        {type === 'entered' ? 'Entered' : 'Left'} {formatMoment(occurredAt)}, at revision {revision} of the segment:{' '}
        {lowerFirst(reasonWords(transition))}.
      </Text>
      {what && (
        <Text size="sm" c="dimmed">
          Set off by {what} of {formatMoment(cause.occurredAt)}
          {isNamed && `, id ${cause.changeId}`}.
        </Text>
      )}
    </>
  );
}

const actWords = {
  added: 'Added manually',
  removed: 'Removed manually',
  pinned: 'Pinned',
  excluded: 'Excluded',
} satisfies Record<NonNullable<Explanation['byHand']>['kind'], string>;

function verdict({ active, member, holds, byHand, rules }: Explanation): string {
  if (!active) return 'The segment is inactive: nobody is evaluated, and its members stay as they were.';
  switch (byHand?.kind) {
    case 'pinned':
      return 'It is pinned: it stays in, whatever the rules say.';
    case 'excluded':
      return 'It is excluded: it stays out, whatever the rules say.';
    case 'added':
      return rules.length === 0
        ? 'It was added manually and stays until it is removed.'
        : 'It was added manually and stays until the rules are evaluated again and do not hold.';
    case 'removed':
      return 'It was removed manually and stays out until the rules are evaluated again and hold.';
    case undefined:
      if (member === holds)
        return member ? 'It is in because the rules hold.' : 'It is out because the rules do not hold.';
      return `The rules say otherwise by now: it ${holds ? 'enters' : 'leaves'} once it has been evaluated.`;
  }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
