import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { keys, useImport } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { PageFrame, PageHeading, usePageTitle } from '../parts/page.tsx';
import { hrefs } from '../parts/route.ts';
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
  usePageTitle(found.data ? `Import ${found.data.fileName}` : 'Import');
  if (found.isPending) return <Loading what="the import" />;
  if (!found.data) {
    const isUnknown = found.error instanceof ApiProblem && found.error.status === 404;
    return (
      <ProblemNotice
        title="The import could not be read"
        error={found.error}
        onRetry={isUnknown ? undefined : () => void found.refetch()}
      >
        <a href={hrefs.imports}>All imports</a>
      </ProblemNotice>
    );
  }
  const job = found.data;
  const { inspection, progress, state } = job;
  const fileAndMapping = (
    <>
      {(inspection || state === 'unreadable') && <ImportFileCard job={job} />}
      {inspection && <MappingCard key={JSON.stringify(inspection)} job={job} inspection={inspection} />}
    </>
  );
  return (
    <PageFrame>
      <ImportHeader job={job} />
      {found.isError && <ProblemNotice title="What you see may be old" error={found.error} />}
      <div className="card-stack">
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
              <details className="settled">
                <summary>File and mapping</summary>
                {fileAndMapping}
              </details>
            )}
      </div>
    </PageFrame>
  );
}

function ImportHeader({ job }: { job: Import }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="page-head">
      <div className="title">
        <p className="crumbs">
          <a href={hrefs.imports}>Imports</a>
        </p>
        <PageHeading step={job.startedAt}>{job.fileName}</PageHeading>
      </div>
      <ImportState state={job.state} />
      {!isImportOver(job) && job.state !== 'cancelling' && (
        <button type="button" onClick={() => setAsking(true)}>
          Cancel import
        </button>
      )}
      {isAsking && <CancelDialog job={job} onClose={() => setAsking(false)} />}
    </div>
  );
}

function CancelDialog({ job: { importId, fileName, startedAt }, onClose }: { job: Import; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.cancelImport(importId),
    onSuccess: (job) => {
      queryClient.setQueryData(keys.import(importId), job);
      onClose();
    },
  });
  return (
    <Dialog title={`Cancel the import of ${fileName}?`} onClose={onClose}>
      <p>{startedAt ? 'Rows that were sent already stay imported.' : 'Nothing of it has been imported yet.'}</p>
      {cancel.isError && <ProblemNotice title="It was not cancelled" error={cancel.error} />}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Go on
        </button>
        <button type="button" className="danger" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel import
        </button>
      </div>
    </Dialog>
  );
}
