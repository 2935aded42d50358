import { useMutation } from '@tanstack/react-query';
import { exportFileName } from '../shared/export/export.ts';
import { useApi } from './api.ts';
import type { SegmentSummary } from './api-answers.ts';
import { formatCount, formatLeads } from './format.ts';
import { ProblemNotice } from './notice.tsx';
import { useExport } from './queries.ts';

/** Exports the members as CSV: a few come at once, many as a file that is written meanwhile. */
export function useMembersExport({ id, name }: Pick<SegmentSummary, 'id' | 'name'>) {
  const api = useApi();
  const start = useMutation({
    mutationFn: () => api.exportMembers(id),
    onSuccess: (answer) => {
      if ('csv' in answer) download(answer.csv, exportFileName(name, id));
    },
  });
  const exportId = start.data && 'exportId' in start.data ? start.data.exportId : undefined;
  return { start, job: useExport(exportId) };
}

export type MembersExport = ReturnType<typeof useMembersExport>;

/** Starts an export. */
export function ExportButton({ membersExport: { start, job } }: { membersExport: MembersExport }) {
  const isRunning = start.isPending || job.data?.state === 'queued' || job.data?.state === 'running';
  return (
    <button type="button" className="small" disabled={isRunning} onClick={() => start.mutate()}>
      {isRunning ? 'Exporting …' : 'Export CSV'}
    </button>
  );
}

/** How far an export to a file is, and the file. */
export function ExportState({ membersExport: { start, job } }: { membersExport: MembersExport }) {
  const error = start.error ?? job.error;
  if (error) return <ProblemNotice title="The members were not exported" error={error} />;
  if (!job.data) return null;
  const { state, rows, reason, url } = job.data;
  if (state === 'failed') {
    return <ProblemNotice title="The members were not exported" error={reason ?? 'The export failed.'} />;
  }
  return (
    <output className="export-state">
      {state === 'done' && url ? (
        <a href={url} download>
          Download {formatLeads(rows)}
        </a>
      ) : (
        `They are many: a file is being written, ${formatCount(rows)} so far.`
      )}
    </output>
  );
}

function download(csv: Blob, fileName: string): void {
  const url = URL.createObjectURL(csv);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
