import { Stack, Text } from '@mantine/core';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { LevelsCard } from './levels-card.tsx';
import { useStoredVocabulary } from './setting-queries.ts';

/** Names and order of the levels of each kind. */
export function LevelsPage() {
  const stored = useStoredVocabulary();
  return (
    <Page heading="Levels">
      <Text c="dimmed" maw={720}>
        Leads and accounts come with levels that your scoring gives them. Here is which levels there are, from lowest to
        highest: rules such as “at least Hot” go by this order.
      </Text>
      {stored.isPending && <Loading what="levels" />}
      {stored.isError && (
        <ProblemNotice
          title="The levels could not be read"
          error={stored.error}
          onRetry={() => void stored.refetch()}
        />
      )}
      {stored.data && (
        <Stack gap="md">
          {(['engagement', 'profile', 'account'] as const).map((kind) => (
            <LevelsCard key={kind} kind={kind} stored={stored.data} />
          ))}
        </Stack>
      )}
    </Page>
  );
}
