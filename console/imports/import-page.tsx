import { Button, Group, Stack } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { keys, useImport } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page, PageFrame, PageHeading, usePageTitle } from '../parts/page.tsx';
import { ImportFileCard } from './import-file-card.tsx';
import { ImportProgress } from './import-progress.tsx';
import { ImportResult } from './import-result.tsx';
import { ImportState, isImportOver } from './import-state.tsx';
import { ImportTargetState } from './import-target.tsx';
import { ImportUpload } from './import-upload.tsx';
import { MappingCard } from './mapping-card.tsx';

/** One import: what is in its file, what becomes of it, how far it is and what came out. */
export function ImportPage() {
  const { importId } = useParams({ from: '/imports/$importId' });
  const found = useImport(importId);
  if (!found.data) {
    const isUnknown = found.error instanceof ApiProblem && found.error.status === 404;
    return (
      <Page heading="Import" above={<TextLink to="/imports">Imports</TextLink>}>
        {found.isPending ? (
          <Loading what="the import" />
        ) : (
          <ProblemNotice
            title="The import could not be read"
            error={found.error}
            onRetry={isUnknown ? undefined : () => void found.refetch()}
          />
        )}
      </Page>
    );
  }
  const job = found.data;
  return (
    <PageFrame>
      <ImportHeader job={job} />
      {found.isError && <ProblemNotice title="What you see may be old" error={found.error} />}
      <ImportDetails key={importId} job={job} />
    </PageFrame>
  );
}

function ImportDetails({ job }: { job: Import }) {
  const { importId, inspection, progress, state } = job;
  const fileAndMapping = (
    <>
      {(inspection || state === 'unreadable') && <ImportFileCard job={job} />}
      {inspection && <MappingCard key={JSON.stringify(inspection)} job={job} inspection={inspection} />}
    </>
  );
  return (
    <Stack gap="md">
      {state === 'failed' && (
        <ProblemNotice title="The import failed" error={job.reason ?? 'It went wrong three times.'} />
      )}
      {state === 'unreadable' && (
        <ProblemNotice title="The file cannot be read" error={job.reason ?? 'It is no CSV or Excel file.'} />
      )}
      {state === 'ready' && job.reason && <ProblemNotice title="The dry run did not work" error={job.reason} />}
      {state === 'cancelled' && !progress && <Empty title="It was cancelled before anything was imported" />}
      {state === 'inspecting' && <Loading what="what is in the file" />}
      {progress && <ImportProgress job={job} progress={progress} />}
      {job.segment && <ImportTargetState target={job.segment} />}
      {job.result && <ImportResult job={job} result={job.result} />}
      {(state === 'awaiting_upload' || state === 'unreadable') && <ImportUpload importId={importId} />}
      {job.startedAt === undefined && !isImportOver(job)
        ? fileAndMapping
        : inspection && (
            <Card title="File and mapping">
              <details>
                <summary>How the file was read</summary>
                <Stack mt="sm">{fileAndMapping}</Stack>
              </details>
            </Card>
          )}
    </Stack>
  );
}

function ImportHeader({ job }: { job: Import }) {
  usePageTitle(`Import ${job.fileName}`);
  const ask = useCancelQuestion(job);
  return (
    <>
      <TextLink to="/imports">Imports</TextLink>
      <Group justify="space-between" gap="sm">
        <PageHeading step={job.startedAt}>{job.fileName}</PageHeading>
        <Group gap="xs">
          <ImportState state={job.state} />
          {!isImportOver(job) && job.state !== 'cancelling' && (
            <Button variant="default" onClick={ask}>
              Cancel import
            </Button>
          )}
        </Group>
      </Group>
    </>
  );
}

function useCancelQuestion({ importId, fileName, startedAt }: Import): () => void {
  const api = useApi();
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.cancelImport(importId),
    onSuccess: (job) => queryClient.setQueryData(keys.import(importId), job),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'It was not cancelled', message }),
  });
  return () =>
    modals.openConfirmModal({
      title: `Cancel the import of ${fileName}?`,
      children: startedAt ? 'Rows that were sent already stay imported.' : 'Nothing of it has been imported yet.',
      labels: { confirm: 'Cancel import', cancel: 'Go on' },
      confirmProps: { color: 'red' },
      onConfirm: () => cancel.mutate(),
    });
}
