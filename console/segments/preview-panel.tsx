import { Alert, Button, Group, Loader, Paper, Progress, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { memo, useState } from 'react';
import type { PreviewAnswer, PreviewMoves } from '../api/answers.ts';
import { isFilling } from '../api/live.ts';
import { TextLink } from '../parts/link.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { PreviewFunnel } from '../rules/preview-funnel.tsx';
import { formatAttribute, formatCount, formatLeads } from '../words/format.ts';
import type { RulesPreview } from './rules-preview.ts';
import classes from './rules-tab.module.css';
import type { SegmentDraft } from './segment-draft.ts';
import { ShareBar, SizeBadge, sizeSentence } from './size-advice.tsx';

/** Who would match the rules as edited, and what saving them would change. */
export function PreviewPanel({ draft, preview }: { draft: SegmentDraft; preview: RulesPreview }) {
  const { isComplete, isBehind, isCounting, answer, error, countAgain } = preview;
  // Saved already, and on its way: nobody enters or leaves by saving it once more.
  const isUnderWay = !draft.isDirty && draft.segment.active && isFilling(draft.segment);
  return (
    <Paper component="section" withBorder p="md" aria-label="Preview" aria-busy={isBehind}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>Preview</Title>
        <Group gap="xs">
          {/* Not while one types: what moves would hold up what is typed. */}
          {isCounting && <Loader size="xs" role="img" aria-label="Counting" />}
          <Button
            size="compact-sm"
            variant="default"
            aria-disabled={!isComplete}
            onClick={() => isComplete && countAgain()}
          >
            Preview
          </Button>
        </Group>
      </Group>
      {!isComplete && (
        <Alert color="gray" p="xs" mb="xs">
          Complete the rules to see who matches{answer ? '. Until then you see who matched before this edit.' : '.'}
        </Alert>
      )}
      {error && <ProblemNotice title="No preview" error={error} onRetry={countAgain} />}
      {answer && !error && (
        <PreviewFigures
          answer={answer}
          funnel={preview.funnel}
          toldRules={preview.toldRules}
          isUnderWay={isUnderWay}
          hasRules={draft.rules.rules.length > 0}
        />
      )}
    </Paper>
  );
}

interface PreviewFiguresProps extends Pick<RulesPreview, 'funnel' | 'toldRules'> {
  answer: PreviewAnswer;
  isUnderWay: boolean;
  hasRules: boolean;
}

/** What was counted; not drawn again while one types. */
const PreviewFigures = memo(function PreviewFigures(props: PreviewFiguresProps) {
  const { answer, funnel, toldRules, isUnderWay, hasRules } = props;
  const { exact, leads, share, size, entering, leaving } = answer;
  const lists = [
    { name: 'Matching', moves: answer },
    ...(entering && !isUnderWay ? [{ name: 'Entering', moves: entering }] : []),
    ...(leaving && !isUnderWay ? [{ name: 'Leaving', moves: leaving }] : []),
  ];
  const [shown, setShown] = useState('Matching');
  const list = lists.find(({ name }) => name === shown) ?? lists[0]!;
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Text span className={classes.total} data-testid="preview-total">
          {totalOf(answer)}
        </Text>
        {exact && <SizeBadge size={size} />}
      </Group>
      <ShareBar share={share} size={size} />
      {exact ? (
        <Text size="sm" c="dimmed">
          of {formatLeads(leads)}. {hasRules ? sizeSentence(size) : 'There are no rules, so nobody matches.'}
        </Text>
      ) : (
        <CountingProgress preview={answer} />
      )}
      {funnel && <PreviewFunnel rules={toldRules.rules} leads={leads} funnel={funnel} />}
      {isUnderWay && (
        <Text size="sm" c="dimmed">
          Members are being brought up to date with these rules.
        </Text>
      )}
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Which leads to show"
        value={list.name}
        onChange={setShown}
        data={lists.map(({ name, moves }) => ({
          value: name,
          label: `${name} ${exact ? '' : '~'}${formatCount(moves.total)}`,
        }))}
      />
      <Sample name={list.name} moves={list.moves} />
    </Stack>
  );
});

/** Whether the total may still be anything. */
function isOpen({ exact, low = 0, high = 0, leads }: PreviewAnswer): boolean {
  return !exact && low === 0 && high >= leads;
}

/** How many match, as far as that is known. */
export function totalOf(answer: PreviewAnswer): string {
  return isOpen(answer) ? '…' : `${answer.exact ? '' : 'about '}${formatCount(answer.total)}`;
}

/** Between what the total lies, and how far counting is. */
function CountingProgress({ preview }: { preview: PreviewAnswer }) {
  const { low = 0, high = 0, leads, progress } = preview;
  return (
    <>
      <Text size="sm" c="dimmed" data-testid="preview-interval">
        {isOpen(preview)
          ? `Too little of ${formatLeads(leads)} is counted to say anything yet.`
          : `Between ${formatCount(low)} and ${formatCount(high)} of ${formatLeads(leads)}, with 95 % confidence.`}
      </Text>
      {progress && (
        <div>
          <Progress.Root>
            <Progress.Section value={(100 * progress.done) / Math.max(1, progress.of)} aria-label="Counting the rest" />
          </Progress.Root>
          <Text size="xs" c="dimmed" mt={4}>
            Counting the rest: {formatCount(progress.done)} of {formatCount(progress.of)} parts
          </Text>
        </div>
      )}
    </>
  );
}

const nobody: Readonly<Record<string, string>> = {
  Matching: 'No lead matches.',
  Entering: 'Saving lets nobody in.',
  Leaving: 'Saving takes nobody out.',
};

const Sample = memo(function Sample({ name, moves }: { name: string; moves: PreviewMoves }) {
  if (moves.sample.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {moves.total + (moves.high ?? 0) > 0 ? 'None found so far.' : nobody[name]}
      </Text>
    );
  }
  return (
    <div>
      <ul className={classes.sample} aria-label={`${name}: some leads`}>
        {moves.sample.map((lead) => (
          <SampleLead key={lead.leadId} lead={lead} />
        ))}
      </ul>
      {moves.total > moves.sample.length && (
        <Text size="xs" c="dimmed" mt="xs">
          {moves.sample.length} of {moves.high === undefined ? '' : 'about '}
          {formatCount(moves.total)} shown
        </Text>
      )}
    </div>
  );
});

function SampleLead({ lead }: { lead: PreviewMoves['sample'][number] }) {
  const { leadId, displayName, email } = lead;
  const name = displayName ?? email ?? leadId;
  const known = [email, leadId].filter((text) => text !== undefined && text !== name);
  return (
    <li>
      <Text span size="sm" fw={500}>
        <TextLink to="/leads/$leadId" params={{ leadId }}>
          {name}
        </TextLink>
      </Text>
      {known[0] !== undefined && (
        <Text span size="xs" c="dimmed">
          {' '}
          {known[0]}
        </Text>
      )}
      <Text size="xs">
        {detailsOf(lead).map(([label, value], index) => (
          <span key={label}>
            {index > 0 && ' · '}
            <Text span inherit c="dimmed">
              {label}
            </Text>{' '}
            {value}
          </span>
        ))}
      </Text>
    </li>
  );
}

/** What the rules read of a lead, each with what it is called. */
function detailsOf({ attributes, engagementLevel, profileLevel, account }: PreviewMoves['sample'][number]) {
  const details: [label: string, value: string | undefined][] = [
    ...Object.entries(attributes).map(([name, value]) => [name, formatAttribute(value)] as [string, string]),
    ['Engagement Level', engagementLevel],
    ['Profile Level', profileLevel],
    ...Object.entries(account?.attributes ?? {}).map(
      ([name, value]) => [`account ${name}`, formatAttribute(value)] as [string, string],
    ),
    ['Account Level', account?.accountLevel],
  ];
  return details.filter(([, value]) => value !== undefined);
}
