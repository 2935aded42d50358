import { Button, CopyButton, Grid, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconUsersPlus } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { Lead } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { AddToSegmentDialog } from '../members/add-to-segment-dialog.tsx';
import { announce } from '../parts/announcer.tsx';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { leadNames } from '../words/lead-name.ts';
import { AttributeList, Attributes } from './attributes.tsx';
import { DeleteLeadButton } from './delete-lead-button.tsx';
import { EventsCard } from './events-card.tsx';
import { useLead, useLeadSegments } from './lead-queries.ts';
import { LeadSegmentsCard } from './lead-segments-card.tsx';
import { TimelineCard } from './timeline-card.tsx';

/** A lead: who it is, what is known of it, the segments it is in, and what it did. */
export function LeadPage() {
  const { leadId } = useParams({ from: '/leads/$leadId' });
  const lead = useLead(leadId);
  const name = leadNames(lead.data ?? { leadId }).name;
  return (
    <Page
      heading={name}
      above={<TextLink to="/leads">Leads</TextLink>}
      actions={lead.data && <LeadActions key={leadId} lead={lead.data} />}
    >
      {lead.isPending && <Loading what="the lead" />}
      {lead.isError && <LeadProblem lead={lead} leadId={leadId} />}
      {lead.data && <LeadDetails key={leadId} lead={lead.data} />}
    </Page>
  );
}

function LeadProblem({ lead: { data, error, refetch }, leadId }: { lead: ReturnType<typeof useLead>; leadId: string }) {
  if (error instanceof ApiProblem && error.status === 404) {
    return (
      <Empty title={`There is no lead ${leadId}`}>
        <Text>Ids are exact, also in upper and lower case. A lead exists once its first change has come in.</Text>
      </Empty>
    );
  }
  const title = data ? 'What you see may be old' : 'The lead could not be read';
  return <ProblemNotice title={title} error={error} onRetry={() => void refetch()} />;
}

function LeadActions({ lead }: { lead: Lead }) {
  const [isAdding, adding] = useDisclosure();
  const { leadId } = lead;
  const isIn = useLeadSegments(leadId).data?.segments ?? [];
  return (
    <>
      <Button leftSection={<IconUsersPlus size={16} aria-hidden="true" />} onClick={adding.open}>
        Add to Segment
      </Button>
      <DeleteLeadButton lead={lead} />
      <AddToSegmentDialog
        opened={isAdding}
        leads={{ count: 1, leadIds: async () => [leadId] }}
        who={`${leadNames(lead).name}, into a segment that it is not in.`}
        except={isIn.map(({ id }) => id)}
        onClose={adding.close}
      />
    </>
  );
}

/** Since when a level is known. */
const asOf = (iso: string | undefined) =>
  iso && (
    <>
      as of <Moment iso={iso} />
    </>
  );

function LeadDetails({ lead }: { lead: Lead }) {
  const { leadId, email, displayName, attributes, engagementLevel, profileLevel, account, updatedAt } = lead;
  return (
    <>
      <Group gap="sm">
        {email && displayName && <Text c="dimmed">{email}</Text>}
        <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          Id {leadId}
        </Text>
        <CopyButton value={leadId}>
          {({ copied, copy }) => (
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconCopy size={14} aria-hidden="true" />}
              onClick={() => {
                copy();
                announce('Id copied');
              }}
            >
              {copied ? 'Copied' : 'Copy id'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <LeadSegmentsCard leadId={leadId} />
            <EventsCard leadId={leadId} />
            <TimelineCard leadId={leadId} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <Card title="Levels">
              <AttributeList
                entries={[
                  ['Engagement Level', engagementLevel, asOf(lead.engagementLevelAsOf)],
                  ['Profile Level', profileLevel, asOf(lead.profileLevelAsOf)],
                  ['Account Level', account?.accountLevel],
                ]}
              />
            </Card>
            <Card title="Attributes">
              <Attributes attributes={attributes} />
              <Text size="sm" c="dimmed">
                Last change <Moment iso={updatedAt} />
              </Text>
            </Card>
            <Card title="Account">
              {account ? (
                <>
                  <AttributeList entries={[['Id', account.accountId]]} />
                  <Attributes attributes={account.attributes} />
                </>
              ) : (
                <Text size="sm" c="dimmed">
                  This lead belongs to no account.
                </Text>
              )}
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
