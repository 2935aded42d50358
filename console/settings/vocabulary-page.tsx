import { Stack, Text } from '@mantine/core';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { DisplayCard } from './display-card.tsx';
import { FieldsCard } from './fields-card.tsx';
import { useStoredVocabulary } from './setting-queries.ts';

/** What rules can be made of, what is offered of it, and by what people know a lead. */
export function VocabularyPage() {
  const stored = useStoredVocabulary();
  return (
    <Page heading="Vocabulary">
      <Text c="dimmed" maw={720}>
        Fields, events and values come from the changes that other systems send. What has not been seen for 90 days goes
        by itself.
      </Text>
      {stored.isPending && <Loading what="the vocabulary" />}
      {stored.isError && (
        <ProblemNotice
          title="The vocabulary could not be read"
          error={stored.error}
          onRetry={() => void stored.refetch()}
        />
      )}
      {stored.data && (
        <Stack gap="md">
          <DisplayCard stored={stored.data} />
          <FieldsCard stored={stored.data} />
        </Stack>
      )}
    </Page>
  );
}
