import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FieldError } from '../../shared/problem/problem.ts';
import type { SegmentChange, SegmentRules, SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem, isRevisionMoved } from '../api/problem.ts';
import { keys } from '../api/queries.ts';
import { draftProblems } from '../rules/draft-problems.ts';

const rulesOf = ({ match, rules }: SegmentRules): SegmentRules => ({ match, rules });
const isSame = (a: SegmentRules, b: SegmentRules) => JSON.stringify(rulesOf(a)) === JSON.stringify(rulesOf(b));

/** A segment that is being edited, and what can be done with it. */
export type SegmentDraft = ReturnType<typeof useSegmentDraft>;

/**
 * The segment as stored beside its rules as edited. As long as nothing is edited it follows what others save; after
 * that, every write is made for the revision that the edit started on, so that nobody's work is overwritten unseen.
 */
export function useSegmentDraft(latest: SegmentWithRules) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [base, setBase] = useState(latest);
  const [rules, setRules] = useState(rulesOf(latest));
  const [wasRefused, setRefused] = useState(false);

  const isDirty = !isSame(rules, base);
  const isNewer = latest.revision > base.revision;
  if (isNewer && !isDirty) {
    setBase(latest);
    setRules(rulesOf(latest));
  }
  const { id } = base;

  const store = (saved: SegmentWithRules) => {
    setBase(saved);
    setRefused(false);
    queryClient.setQueryData(keys.segment(id), saved);
    void queryClient.invalidateQueries({ queryKey: keys.segments });
    void queryClient.invalidateQueries({ queryKey: keys.members(id) });
  };
  const onError = (error: Error) => {
    if (isRevisionMoved(error)) setRefused(true);
  };

  const save = useMutation({
    mutationFn: (sent: SegmentRules) => api.saveRules(id, base.revision, sent),
    onSuccess: (saved, sent) => {
      store(saved);
      // What was edited while the save was under way is kept.
      setRules((now) => (isSame(now, sent) ? rulesOf(saved) : now));
    },
    onError,
  });
  const change = useMutation({
    mutationFn: (fields: SegmentChange) => api.changeSegment(id, base.revision, fields),
    onSuccess: store,
    onError,
  });

  const restore = useMutation({
    mutationFn: (revision: number) => api.restore(id, revision, base.revision),
    onSuccess: (saved) => {
      store(saved);
      setRules(rulesOf(saved));
    },
    onError,
  });

  const localProblems = draftProblems(rules.rules);
  const refusedRules: readonly FieldError[] = save.error instanceof ApiProblem ? save.error.errors : [];

  const edit = (edited: SegmentRules) => {
    save.reset();
    setRules(edited);
  };

  return {
    /** As stored, with the newest figures. */
    segment: latest.revision >= base.revision ? latest : base,
    /** As edited. */
    rules,
    edit,
    isDirty,
    /** Somebody else has saved since the edit started. */
    isOutdated: (isNewer && isDirty) || wasRefused,
    /** What keeps these rules from being previewed or saved. */
    localProblems,
    refusedRules,
    save,
    change,
    restore,
    /** One write at a time: the next one needs the revision that this one makes. */
    isWriting: save.isPending || change.isPending || restore.isPending,
    discard: () => edit(rulesOf(base)),
    reload: async () => {
      const stored = await api.segment(id);
      save.reset();
      change.reset();
      setRules(rulesOf(stored));
      store(stored);
    },
  };
}
