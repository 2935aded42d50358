import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type { Import, ImportTarget, Inspection } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { keys } from '../api/queries.ts';
import { emptyMapping, missingIn } from './import-mapping.ts';

/** The mapping as it is edited, which no poll changes, and what is done with it. */
export type MappingDraft = ReturnType<typeof useMappingDraft>;

/** A draft of what the columns become: what was said last, or what fits by their looks. */
export function useMappingDraft(job: Import, inspection: Inspection) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [edited, setEdited] = useState<ImportMapping>();
  const mapping = edited ?? job.mapping ?? inspection.suggestedMapping ?? emptyMapping;
  const isEditable = job.state === 'ready';

  const keep = (answer: Import) => queryClient.setQueryData(keys.import(job.importId), answer);
  /** Saves the mapping, then has something done with it. */
  const act = useMutation({
    mutationFn: async ({ next }: { name: 'try' | 'start'; next: (importId: string) => Promise<Import> }) => {
      // A mapping that is saved again loses its dry run.
      if (edited || !job.mapping) {
        keep(await api.mapImport(job.importId, mapping));
        setEdited(undefined);
      }
      keep(await next(job.importId));
    },
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
    isEdited: edited !== undefined,
    /** What is being asked for. */
    acting: act.isPending ? act.variables.name : undefined,
    tryIt: () => act.mutate({ name: 'try', next: api.tryImport }),
    /** `target`: the segment that all leads are added to. */
    start: (target: ImportTarget | undefined) =>
      act.mutate({ name: 'start', next: (importId) => api.startImport(importId, target) }),
  };
}
