import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
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
        <Group gap="xs" mt="xs">
          <NativeSelect
            aria-label="Saved mapping"
            data={[{ value: '', label: 'Choose …' }, ...names]}
            value={chosen}
            onChange={({ target }) => setChosen(target.value)}
          />
          <Button variant="default" disabled={!chosen} loading={use.isPending} onClick={() => use.mutate()}>
            Use
          </Button>
          <Button variant="default" disabled={!chosen} loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Group>
      )}
      <Group gap="xs" mt="xs">
        <TextInput
          aria-label="Name to save this mapping under"
          placeholder="Such as Webinar attendees"
          maxLength={80}
          value={newName}
          onChange={({ target }) => setNewName(target.value)}
        />
        <Button variant="default" disabled={!newName.trim()} loading={save.isPending} onClick={() => save.mutate()}>
          {names.includes(newName.trim()) ? 'Replace' : 'Save this mapping'}
        </Button>
        <Text component="output" size="sm" c="dimmed">
          {save.isSuccess ? `Saved as ${save.data.name}.` : ''}
        </Text>
      </Group>
      {error && <ProblemNotice title="That did not work" error={error} />}
    </details>
  );
}
