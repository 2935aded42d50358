import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { SegmentChange, SegmentRules, SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem, isRevisionMoved } from '../api/problem.ts';
import { keys } from '../api/queries.ts';
import { edited, redone, startHistory, undone } from '../drafts/edit-history.ts';
import { type KeptDraft, keepDraft, readDraft } from '../drafts/kept-draft.ts';
import { areComplete, byRule, problemsOfList } from '../drafts/part-problems.ts';
import { putOnTop } from '../drafts/rule-merge.ts';
import { withIds } from '../drafts/rule-tree.ts';
import { useSavedToast } from '../drafts/saved-toast.tsx';
import type { EditRules } from '../rules/rule-builder.tsx';
import { useImpactQuestion } from '../saving/save-impact.tsx';

const rulesOf = ({ match, rules }: SegmentRules): SegmentRules => ({ match, rules: withIds(rules) });
const isSame = (a: SegmentRules, b: SegmentRules) => {
  return a.match === b.match && (a.rules === b.rules || JSON.stringify(a.rules) === JSON.stringify(b.rules));
};
const keepAfterMs = 300;

/** A segment that is being edited, and what can be done with it. */
export type SegmentDraft = ReturnType<typeof useSegmentDraft>;

/** What was edited in this browser before and is not saved, as if it had just been. */
function startOf(latest: SegmentWithRules, kept: KeptDraft | undefined) {
  const stored = rulesOf(latest);
  if (!kept || kept.revision > latest.revision || isSame(kept.mine, stored)) {
    return { base: latest, history: startHistory(stored), restoredAt: undefined };
  }
  const base = { ...latest, ...kept.base, revision: kept.revision };
  const history = edited(startHistory(rulesOf(kept.base)), rulesOf(kept.mine), undefined, 0);
  return { base, history, restoredAt: kept.at };
}

/**
 * The segment as stored beside its rules as edited. As long as nothing is edited it follows what others save; after
 * that, every write is made for the revision that the edit started on, so that nobody's work is overwritten unseen. What
 * is edited is kept in this browser until it is saved or discarded.
 */
export function useSegmentDraft(latest: SegmentWithRules) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { id } = latest;
  const [start] = useState(() => startOf(latest, readDraft(id)));
  const [base, setBase] = useState(start.base);
  const [history, setHistory] = useState(start.history);
  const [restoredAt, setRestoredAt] = useState(start.restoredAt);
  const [wasRefused, setRefused] = useState(false);
  const question = useImpactQuestion();

  const rules = history.present;
  const storedRules = useMemo(() => rulesOf(base), [base]);
  const isDirty = useMemo(() => !isSame(rules, storedRules), [rules, storedRules]);
  const isNewer = latest.revision > base.revision;
  if (isNewer && !isDirty) {
    setBase(latest);
    setHistory(startHistory(rulesOf(latest)));
  } else if (isNewer && isSame(rulesOf(latest), storedRules)) {
    // Its name or state was changed, which mine has nothing against.
    setBase(latest);
  }

  const keep = useRef(() => {});
  keep.current = () => {
    const { revision } = base;
    keepDraft(id, isDirty ? { revision, base: storedRules, mine: rules, at: new Date().toISOString() } : undefined);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a while after each of these, what is edited is kept
  useEffect(() => {
    const timer = setTimeout(() => keep.current(), keepAfterMs);
    return () => clearTimeout(timer);
  }, [base, rules, isDirty]);
  useEffect(() => {
    const keepNow = () => keep.current();
    window.addEventListener('pagehide', keepNow);
    return () => {
      window.removeEventListener('pagehide', keepNow);
      keepNow();
    };
  }, []);

  const setRules = useCallback((next: SegmentRules) => {
    setHistory((before) => edited(before, next, undefined, Date.now()));
  }, []);
  const stored = (saved: SegmentWithRules) => {
    setBase(saved);
    setRefused(false);
    queryClient.setQueryData(keys.segment(id), saved);
    void queryClient.invalidateQueries({ queryKey: keys.segments });
    void queryClient.invalidateQueries({ queryKey: keys.members(id) });
  };
  const onError = (error: Error) => {
    if (!isRevisionMoved(error)) return;
    setRefused(true);
    void queryClient.invalidateQueries({ queryKey: keys.segment(id) });
  };
  const restoreTo = (revision: number, from: number, notify: boolean) =>
    api.call('POST /segments/{segmentId}/revisions/{revision}/restore', {
      parts: { segmentId: id, revision: String(revision) },
      query: { notify: String(notify) },
      revision: from,
    });
  const toast = useSavedToast((saved, before) =>
    restoreTo(before, saved.revision, true).then((restored) => {
      stored(restored);
      setRules(rulesOf(restored));
    }),
  );

  const save = useMutation({
    mutationFn: (sent: SegmentRules) => {
      const request = { parts: { segmentId: id }, body: sent, revision: base.revision };
      return question.ask({
        title: 'Save these rules?',
        confirmLabel: 'Save Rules',
        members: latest.memberCount,
        dryRun: () => api.tryOut('PUT /segments/{segmentId}/rules', request),
        save: ({ notify }) =>
          api.call('PUT /segments/{segmentId}/rules', { ...request, query: { notify: String(notify) } }),
      });
    },
    onSuccess: (saved, sent) => {
      if (!saved) return;
      const before = base.revision;
      stored(saved);
      setRestoredAt(undefined);
      // What was edited while the save was under way is kept.
      setHistory((now) => (isSame(now.present, sent) ? { ...now, present: rulesOf(saved) } : now));
      toast(saved, before);
    },
    onError,
  });
  const change = useMutation({
    mutationFn: (fields: SegmentChange) => api.changeSegment(id, base.revision, fields),
    onSuccess: stored,
    onError,
  });
  const restore = useMutation({
    mutationFn: (revision: number) => restoreTo(revision, base.revision, true),
    onSuccess: (saved) => {
      stored(saved);
      setHistory(startHistory(rulesOf(saved)));
    },
    onError,
  });

  const { reset, isIdle } = save;
  const edit = useCallback<EditRules>(
    (changeRules, about) => {
      // Only then: it draws the page once more, before what is typed.
      if (!isIdle) reset();
      setHistory((before) => edited(before, changeRules(before.present), about, Date.now()));
    },
    [reset, isIdle],
  );
  const refused = useMemo(() => {
    return byRule(save.variables?.rules ?? [], save.error instanceof ApiProblem ? save.error.errors : []);
  }, [save.error, save.variables]);

  return {
    /** As stored, with the newest figures. */
    segment: latest.revision >= base.revision ? latest : base,
    /** The rules that the edit started from. */
    base: storedRules,
    /** As edited. */
    rules,
    edit,
    undo: history.past.length > 0 ? () => setHistory(undone) : undefined,
    redo: history.future.length > 0 ? () => setHistory(redone) : undefined,
    isDirty,
    /** When the edit was made (ISO), if this is one of an earlier visit. */
    restoredAt: isDirty ? restoredAt : undefined,
    /** Somebody else has saved other rules since the edit started. */
    isOutdated: isDirty && (isNewer || wasRefused),
    isComplete: useMemo(() => areComplete(rules.rules), [rules]),
    /** What is wrong with the list as a whole. */
    listProblems: useMemo(() => problemsOfList(rules.rules), [rules]),
    /** What the API refused at the last save, by rule id. */
    refused,
    save,
    change,
    restore,
    /** What was saved elsewhere on this page for this segment. */
    stored,
    /** One write at a time: the next one needs the revision that this one makes. */
    isWriting: save.isPending || change.isPending || restore.isPending,
    discard: () => {
      reset();
      setRestoredAt(undefined);
      setRules(storedRules);
    },
    takeTheirs: () => {
      reset();
      setBase(latest);
      setRefused(false);
      setRules(rulesOf(latest));
    },
    putMineOnTop: () => {
      reset();
      setBase(latest);
      setRefused(false);
      setRules(putOnTop(storedRules, rulesOf(latest), rules));
    },
  };
}
