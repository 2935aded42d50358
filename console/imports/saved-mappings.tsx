import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { useApi } from '../api/api.ts';
import { keys, useSavedMappings } from '../api/queries.ts';
import { ProblemNotice } from '../parts/notice.tsx';

interface SavedMappingsProps {
  mapping: ImportMapping;
  onChoose: (mapping: ImportMapping) => void;
}

/** Takes a mapping that was saved for files of this kind, or saves this one under a name. */
export function SavedMappings({ mapping, onChoose }: SavedMappingsProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const saved = useSavedMappings();
  const names = saved.data?.mappings.map((one) => one.name) ?? [];
  const [chosen, setChosen] = useState('');
  const [newName, setNewName] = useState('');
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.savedMappings });
  const use = useMutation({
    mutationFn: () => api.savedMapping(chosen),
    onSuccess: ({ mapping }) => onChoose(mapping),
  });
  const save = useMutation({ mutationFn: () => api.saveMapping(newName.trim(), mapping), onSuccess: refresh });
  const remove = useMutation({
    mutationFn: () => api.deleteMapping(chosen),
    onSuccess: () => {
      setChosen('');
      return refresh();
    },
  });
  const error = saved.error ?? use.error ?? save.error ?? remove.error;
  return (
    <details>
      <summary>Saved mappings</summary>
      {names.length > 0 && (
        <div className="saved-mappings">
          <select aria-label="Saved mapping" value={chosen} onChange={({ target }) => setChosen(target.value)}>
            <option value="">Choose …</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <button type="button" disabled={!chosen || use.isPending} onClick={() => use.mutate()}>
            Use
          </button>
          <button
            type="button"
            className="danger"
            disabled={!chosen || remove.isPending}
            onClick={() => remove.mutate()}
          >
            Delete
          </button>
        </div>
      )}
      <div className="saved-mappings">
        <input
          aria-label="Name to save this mapping under"
          placeholder="Such as Webinar attendees"
          maxLength={80}
          value={newName}
          onChange={({ target }) => setNewName(target.value)}
        />
        <button type="button" disabled={!newName.trim() || save.isPending} onClick={() => save.mutate()}>
          {names.includes(newName.trim()) ? 'Replace' : 'Save this mapping'}
        </button>
        <output className="muted">{save.isSuccess ? `Saved as ${save.data.name}.` : ''}</output>
      </div>
      {error && <ProblemNotice title="That did not work" error={error} />}
    </details>
  );
}
