import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ExportFormat, exportFileName, exportFormats } from '../../shared/export/export.ts';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { useExport } from '../api/queries.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';

const formatWords: Readonly<Record<ExportFormat, string>> = { csv: 'CSV', jsonl: 'JSON lines', parquet: 'Parquet' };

/** Exports the members: a few come at once, many as a file that is written meanwhile. */
export function useMembersExport({ id, name }: Pick<SegmentSummary, 'id' | 'name'>) {
  const api = useApi();
  const start = useMutation({
    mutationFn: (format: ExportFormat) => api.exportMembers(id, format),
    onSuccess: (answer, format) => {
      if ('file' in answer) download(answer.file, exportFileName(name, id, format));
    },
  });
  const exportId = start.data && 'exportId' in start.data ? start.data.exportId : undefined;
  return { start, job: useExport(exportId) };
}

export type MembersExport = ReturnType<typeof useMembersExport>;

/** Starts an export in the format that is chosen. */
export function ExportButton({ membersExport: { start, job } }: { membersExport: MembersExport }) {
  const isRunning = start.isPending || job.data?.state === 'queued' || job.data?.state === 'running';
  const [format, setFormat] = useState<ExportFormat>('csv');
  return (
    <>
      <select
        aria-label="Export format"
        value={format}
        disabled={isRunning}
        onChange={({ target }) => setFormat(exportFormats.find((one) => one === target.value) ?? 'csv')}
      >
        {exportFormats.map((one) => (
          <option key={one} value={one}>
            {formatWords[one]}
          </option>
        ))}
      </select>
      <button type="button" className="small" disabled={isRunning} onClick={() => start.mutate(format)}>
        {isRunning ? 'Exporting …' : `Export ${formatWords[format]}`}
      </button>
    </>
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

function download(file: Blob, fileName: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
