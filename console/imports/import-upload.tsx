import { Progress, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatShare } from '../words/format.ts';
import classes from './import-upload.module.css';

interface ImportUploadProps {
  /** The import that is still to get its file; without it a new one is begun. */
  importId?: string;
  /** Called once the file is there and is being looked at. */
  onUploaded?: (importId: string) => void;
}

/** Takes a file that is dropped or chosen, uploads it and has it looked at. */
export function ImportUpload({ importId, onUploaded }: ImportUploadProps) {
  const [isOver, setOver] = useState(false);
  const { upload, share } = useUpload(importId);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !upload.isPending) upload.mutate(file, { onSuccess: ({ importId }) => onUploaded?.(importId) });
  };
  return (
    <Card title="Import a file">
      <LeaveGuard isDirty={upload.isPending} text="The file is still being uploaded; leaving stops it." />
      {upload.isPending ? (
        <Stack gap="xs">
          <Progress value={share * 100} aria-label={`Uploading ${upload.variables.name}`} />
          <Text size="sm">
            {share < 1 ? `Uploading ${upload.variables.name}, ${formatShare(share)}` : 'Looking at the file …'}
          </Text>
        </Stack>
      ) : (
        // The file can be chosen by keyboard as well: dropping it is a shortcut.
        <label
          className={classes.drop}
          data-over={isOver || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            take(event.dataTransfer.files);
          }}
        >
          <VisuallyHidden>
            <input
              type="file"
              accept=".csv,.tsv,.txt,.xlsx"
              onChange={({ target }) => {
                take(target.files);
                target.value = '';
              }}
            />
          </VisuallyHidden>
          <IconFileUpload size={32} stroke={1.4} aria-hidden="true" />
          <Text fw={600}>Choose a file</Text>
          <Text size="sm" c="dimmed">
            or drop it here: CSV or Excel (.xlsx), as it was exported
          </Text>
        </label>
      )}
      {upload.isError && <ProblemNotice title="The file was not uploaded" error={upload.error} />}
    </Card>
  );
}

function useUpload(importId: string | undefined) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [share, setShare] = useState(0);
  const upload = useMutation({
    mutationFn: async (file: File): Promise<Import> => {
      setShare(0);
      const job = importId === undefined ? await api.createImport(file.name) : await api.import(importId);
      if (!job.upload) throw new Error('This import does not wait for a file any more.');
      await putFile(job.upload, file, setShare);
      return api.inspectImport(job.importId, {});
    },
    onSuccess: (job) => queryClient.setQueryData(keys.import(job.importId), job),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.imports }),
  });
  return { upload, share };
}

/** Puts a file at an address; tells which share is there. `fetch` tells nothing on the way. */
function putFile(
  { method, url }: NonNullable<Import['upload']>,
  file: File,
  onShare: (share: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 1);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(`The store of files answers ${request.status}.`));
    };
    request.onerror = () => reject(new Error('The connection to the store of files was lost.'));
    request.send(file);
  });
}
