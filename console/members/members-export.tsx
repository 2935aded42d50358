import { Alert, Anchor, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ExportFormat, exportFormats } from '../../shared/export/export.ts';
import { exportFileName } from '../../shared/export/export-file-name.ts';
import type { AnswerTo, SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { announce } from '../parts/announcer.tsx';
import { download } from '../parts/download.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';

const formatWords: Readonly<Record<ExportFormat, string>> = { csv: 'CSV', jsonl: 'JSON lines', parquet: 'Parquet' };
const writingMs = 2_000;

/** Exports the members: a few come at once, many as a file that is written meanwhile. */
export function useMembersExport({ id, name }: Pick<SegmentSummary, 'id' | 'name'>) {
  const api = useApi();
  const start = useMutation({
    mutationFn: async (format: ExportFormat): Promise<AnswerTo<'GET /segments/{segmentId}/export'> | undefined> => {
      const answer = await api.ask('GET /segments/{segmentId}/export', { parts: { segmentId: id }, query: { format } });
      if (answer.status === 202) return (await answer.json()) as AnswerTo<'GET /segments/{segmentId}/export'>;
      download(await answer.blob(), exportFileName(name, id, format));
      announce('Exported');
      return undefined;
    },
  });
  const exportId = start.data?.exportId;
  const job = useQuery({
    queryKey: ['export', exportId],
    queryFn: ({ signal }) => api.call('GET /exports/{exportId}', { parts: { exportId: exportId! }, signal }),
    enabled: exportId !== undefined,
    refetchInterval: ({ state: { data } }) => (data?.state === 'done' || data?.state === 'failed' ? false : writingMs),
  });
  return { start, job };
}

type MembersExport = ReturnType<typeof useMembersExport>;

/** Starts an export in the format that is chosen. */
export function ExportMenu({ membersExport: { start, job } }: { membersExport: MembersExport }) {
  const isRunning = start.isPending || job.data?.state === 'queued' || job.data?.state === 'running';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          loading={isRunning}
          leftSection={<IconDownload size={16} aria-hidden="true" />}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {exportFormats.map((format) => (
          <Menu.Item
            key={format}
            onClick={() => {
              if (!isRunning) start.mutate(format);
            }}
          >
            Export {formatWords[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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
    <Alert role="status" title="Export">
      {state === 'done' && url ? (
        <Anchor href={url} download>
          Download {formatLeads(rows)}
        </Anchor>
      ) : (
        `They are many: a file is being written, ${formatCount(rows)} so far.`
      )}
    </Alert>
  );
}
