import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportMapping } from '../shared/import/mapping.ts';
import { useApi } from './api.ts';
import type { Import, Inspection } from './api-answers.ts';
import { ApiProblem } from './api-problem.ts';
import { emptyMapping, missingIn } from './import-mapping.ts';
import { keys } from './queries.ts';
import { useLeaveQuestion } from './route.ts';

/** The mapping as it is edited, which no poll changes, and what is done with it. */
export type MappingDraft = ReturnType<typeof useMappingDraft>;

/** A draft of what the columns become: what was said last, or what fits by their looks. */
export function useMappingDraft(job: Import, inspection: Inspection) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [edited, setEdited] = useState<ImportMapping>();
  const mapping = edited ?? job.mapping ?? inspection.suggestedMapping ?? emptyMapping;
  const isEditable = job.state === 'ready';
  useLeaveQuestion(
    isEditable && edited ? 'The mapping has changes that are not saved. Leave and lose them?' : undefined,
  );

  /** Saves the mapping, then has something done with it. */
  const act = useMutation({
    mutationFn: async (next: (importId: string) => Promise<Import>) => {
      await api.mapImport(job.importId, mapping);
      setEdited(undefined);
      return next(job.importId);
    },
    onSuccess: (answer) => queryClient.setQueryData(keys.import(job.importId), answer),
  });
  const edit = (next: ImportMapping) => {
    setEdited(next);
    if (act.isError) act.reset();
  };
  return {
    mapping,
    edit,
    isEditable,
    missing: missingIn(mapping),
    refused: act.error instanceof ApiProblem ? act.error.errors : [],
    error: act.error,
    isWriting: act.isPending,
    start: () => act.mutate(api.startImport),
  };
}
