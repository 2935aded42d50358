import { Button, Group, List, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Revision, SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys, useRevisions } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { useImpactQuestion } from '../saving/save-impact.tsx';
import { authorWords } from '../words/author.ts';
import { RevisionDiff } from './revision-diff.tsx';
import { tellProblem } from './segment-acts.tsx';
import { useSegmentOfPage } from './segment-context.ts';
import { refreshSegment } from './segment-queries.ts';

/** What each save changed, by whom, and the way back. */
export function HistoryTab() {
  const { segment, isDirty } = useSegmentOfPage();
  const revisions = useRevisions(segment);
  const restore = useRestore(segment);
  const known = revisions.data?.pages.flatMap((page) => page.revisions) ?? [];
  return (
    <Stack component="section" aria-label="Revisions" gap="sm">
      {revisions.isPending && <Loading what="revisions" />}
      {revisions.isError && !revisions.data && (
        <ProblemNotice
          title="The revisions could not be read"
          error={revisions.error}
          onRetry={() => void revisions.refetch()}
        />
      )}
      {isDirty && known.length > 1 && (
        <Text size="sm">
          The rules have changes that are not saved: save or discard them before you restore a revision.
        </Text>
      )}
      {known.map((revision) => (
        <RevisionItem
          key={revision.revision}
          revision={revision}
          segment={segment}
          onRestore={isDirty ? undefined : () => void restore(revision)}
        />
      ))}
      {revisions.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={revisions.isFetchingNextPage}
            onClick={() => void revisions.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface RevisionItemProps {
  readonly revision: Revision;
  readonly segment: SegmentWithRules;
  /** None where it cannot be restored now. */
  readonly onRestore: (() => void) | undefined;
}

function RevisionItem({ revision, segment, onRestore }: RevisionItemProps) {
  const [isCompared, setCompared] = useState(false);
  const { revision: number, savedAt, author, changes } = revision;
  const isNow = number === segment.revision;
  return (
    <Paper component="article" aria-label={`Revision ${number}`} withBorder p="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Text fw={600}>
            Revision {number}
            {isNow && ', as it is now'}
          </Text>
          <Text size="sm" c="dimmed">
            <Moment iso={savedAt} />
            {author && ` by ${authorWords(author)}`}
          </Text>
        </div>
        {!isNow && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              aria-expanded={isCompared}
              aria-label={`Compare with now: revision ${number}`}
              onClick={() => setCompared(!isCompared)}
            >
              Compare with now
            </Button>
            {onRestore && (
              <Button size="xs" variant="default" aria-label={`Restore revision ${number}`} onClick={onRestore}>
                Restore
              </Button>
            )}
          </Group>
        )}
      </Group>
      <List size="sm" mt={6} style={{ overflowWrap: 'anywhere' }}>
        {changes.map((change) => (
          <List.Item key={change}>{change}</List.Item>
        ))}
      </List>
      {isCompared && !isNow && (
        <RevisionDiff before={revision} after={segment} names={[`Revision ${number}`, 'As it is now']} />
      )}
    </Paper>
  );
}

/** Goes back to a revision, after a question that tells who would enter and leave. */
function useRestore({ id, revision: from, memberCount }: SegmentWithRules) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { ask } = useImpactQuestion();
  return async (revision: Revision) => {
    const { revision: number } = revision;
    const route = 'POST /segments/{segmentId}/revisions/{revision}/restore';
    const request = { parts: { segmentId: id, revision: String(number) }, revision: from };
    try {
      const found = await api.tryOut(route, request);
      const saved = await ask({
        title: `Restore revision ${number}?`,
        confirmLabel: 'Restore',
        members: memberCount,
        dryRun: () => Promise.resolve(found),
        save: ({ notify }) => api.call(route, { ...request, query: { notify: String(notify) } }),
        always: true,
        note: <Changes sentences={found.changes} />,
      });
      if (!saved) return;
      queryClient.setQueryData(keys.segment(id), saved);
      refreshSegment(queryClient, id);
      announce(`Revision ${number} is restored.`);
    } catch (error) {
      tellProblem(`Revision ${number} was not restored`, error);
    }
  };
}

function Changes({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return <Text size="sm">It says the same as now.</Text>;
  return (
    <List size="sm" style={{ overflowWrap: 'anywhere' }}>
      {sentences.map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  );
}
