import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import type { Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import { areComplete, problemsOfList } from '../drafts/part-problems.ts';
import { withIds } from '../drafts/rule-tree.ts';
import { useDebouncedAddress } from '../parts/debounced-address.ts';
import type { LeadFilter } from './lead-queries.ts';
import { type LeadsSearch, withoutIds } from './leads-search.ts';

const typingPauseMs = 400;

/** The filter of the list of leads while it is edited. */
export type FilterDraft = ReturnType<typeof useFilterDraft>;

/** What the address says is listed; what is edited goes there when typing pauses and the rules are complete. */
export function useFilterDraft() {
  const search = useSearch({ from: '/leads' });
  const navigate = useNavigate();
  const address = JSON.stringify(search);
  const [draft, setDraft] = useState(() => draftOf(search));
  const [seen, setSeen] = useState(address);
  const [written, setWritten] = useState(address);
  if (address !== seen) {
    setSeen(address);
    // Somebody went back, or followed a link: what is edited is what the address says by now.
    if (address !== written) setDraft(draftOf(search));
    setWritten(address);
  }

  const write = useDebouncedAddress((text: string, { match, rules }: SegmentRules) => {
    const q = text.trim();
    const next: LeadsSearch = { ...(q && { q }), ...(rules.length > 0 && { match, rules: withoutIds(rules) }) };
    setWritten(JSON.stringify(next));
    void navigate({ to: '/leads', search: next, replace: true });
  }, typingPauseMs);

  const filter: LeadFilter = { q: search.q ?? '', match: search.match ?? 'all', rules: search.rules ?? [] };
  const apply = (next: EditedFilter) => {
    latest.current = { draft: next, apply };
    setDraft(next);
    // Rules that are not complete yet do not keep a text from being searched for.
    write(next.text, isUsable(next.rules) ? next : filter);
  };
  const latest = useRef({ draft, apply });
  latest.current = { draft, apply };
  const edit = useCallback((change: (before: SegmentRules) => SegmentRules) => {
    const { draft: before, apply: applyLatest } = latest.current;
    applyLatest({ ...before, ...change(before) });
  }, []);
  return {
    text: draft.text,
    match: draft.match,
    rules: draft.rules,
    /** What is listed. */
    filter,
    setText: (text: string) => apply({ ...draft, text }),
    /** The same function each time. */
    edit,
  };
}

/** A filter as it is typed. */
interface EditedFilter extends SegmentRules {
  readonly text: string;
}

function draftOf({ q = '', match = 'all', rules = [] }: LeadsSearch): EditedFilter {
  return { text: q, match, rules: withIds(rules) };
}

/** Whether the rules can be counted in: nothing is missing. */
const isUsable = (rules: readonly Rule[]) => areComplete(rules) && problemsOfList(rules).length === 0;
