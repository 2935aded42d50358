import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import type { Explanation } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { actsFor, type Standing } from '../members/manual-acts.ts';
import { ManualChangeDialog } from '../members/manual-change-dialog.tsx';
import { Card } from '../parts/card.tsx';
import { ButtonLink, TextLink } from '../parts/link.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { useExplanation, useNames } from './lead-queries.ts';
import { RuleExplanations } from './rule-explanations.tsx';
import { StandingCard } from './standing-card.tsx';

/** Why a lead is in a segment, or is not: what decided, and each rule with what it reads of the lead. */
export function ExplanationPage() {
  const { leadId, segmentId } = useParams({ from: '/leads/$leadId/segments/$segmentId' });
  const explanation = useExplanation(leadId, segmentId);
  const { lead, segment } = useNames(leadId, segmentId);
  const [isChanging, changing] = useDisclosure();
  const { data, error } = explanation;
  const isUnknown = error instanceof ApiProblem && error.status === 404;
  return (
    <Page
      heading={data ? `Why ${lead} is ${data.member ? '' : 'not '}in “${segment}”` : `${lead} in “${segment}”`}
      title={`${lead} in ${segment}`}
      above={
        <TextLink to="/leads/$leadId" params={{ leadId }}>
          {lead}
        </TextLink>
      }
      actions={
        <>
          <ButtonLink variant="default" to="/segments/$segmentId" params={{ segmentId }}>
            Open the segment
          </ButtonLink>
          {data?.active && <Button onClick={changing.open}>Change manually</Button>}
        </>
      }
    >
      {error && (
        <ProblemNotice
          title={data ? 'What you see may be old' : 'There is no explanation'}
          error={error}
          onRetry={isUnknown ? undefined : () => void explanation.refetch()}
        />
      )}
      {explanation.isPending && <Loading what="the explanation" />}
      {data && (
        <>
          <ManualChangeDialog
            opened={isChanging}
            title={`Change ${lead} in “${segment}”`}
            leads={{ count: 1, leadIds: async () => [leadId] }}
            acts={actsFor[standingOf(data)]}
            segment={{ id: segmentId, name: segment }}
            onClose={changing.close}
          />
          <StandingCard explanation={data} />
          <Card title={`The rules ${data.holds ? 'hold' : 'do not hold'}`}>
            {data.rules.length > 1 && (
              <Text size="sm" c="dimmed">
                {data.match === 'all' ? 'All of them have to hold.' : 'Any of them is enough.'}
              </Text>
            )}
            {data.rules.length === 0 ? (
              <Text c="dimmed">The segment has no rules: only leads that were added manually are in it.</Text>
            ) : (
              <RuleExplanations rules={data.rules} />
            )}
          </Card>
        </>
      )}
    </Page>
  );
}

function standingOf({ member, source, byHand }: Explanation): Standing {
  if (byHand?.kind === 'excluded') return 'excluded';
  return member ? (source ?? 'rules') : 'out';
}
