import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatShare } from '../words/format.ts';

interface ImportUploadProps {
  /** The import that waits for a file; without one, each file begins an import of its own. */
  importId?: string;
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
    <section className="card" aria-label="Import a file">
      <LeaveGuard isDirty={upload.isPending} text="The file is still being uploaded; leaving stops it." />
      <h2>Import a file</h2>
      {upload.isPending ? (
        <p className="uploading">
          <progress value={share} max={1} aria-label={`Uploading ${upload.variables.name}`} />
          <span className="figure">
            {share < 1 ? `Uploading ${upload.variables.name}, ${formatShare(share)}` : 'Looking at the file …'}
          </span>
        </p>
      ) : (
        // The file can be chosen by keyboard as well: dropping it is a shortcut.
        <label
          className={`drop ${isOver ? 'is-over' : ''}`}
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
          <input
            type="file"
            className="visually-hidden"
            accept=".csv,.tsv,.txt,.xlsx"
            onChange={({ target }) => {
              take(target.files);
              target.value = '';
            }}
          />
          <strong>Choose a file</strong>
          <span className="muted">or drop it here: CSV or Excel (.xlsx), as it was exported</span>
        </label>
      )}
      {upload.isError && <ProblemNotice title="The file was not uploaded" error={upload.error} />}
    </section>
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
