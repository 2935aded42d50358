import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';
import { areComplete, problemsOfList } from '../drafts/part-problems.ts';
import { withIds } from '../drafts/rule-tree.ts';
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
  const [draft, setDraft] = useState(() => draftOf(search, address));
  // Somebody went back, or followed a link: what is edited is what the address says by now.
  const current = draft.address === address ? draft : draftOf(search, address);
  if (current !== draft) setDraft(current);

  const write = useDebouncedCallback((text: string, { match, rules }: SegmentRules) => {
    const q = text.trim();
    const next: LeadsSearch = { ...(q && { q }), ...(rules.length > 0 && { match, rules: withoutIds(rules) }) };
    setDraft((now) => ({ ...now, address: JSON.stringify(next) }));
    void navigate({ to: '/leads', search: next, replace: true });
  }, typingPauseMs);

  const filter: LeadFilter = { q: search.q ?? '', match: search.match ?? 'all', rules: search.rules ?? [] };
  const change = (edited: Partial<Omit<EditedFilter, 'address'>>) => {
    const next = { ...current, ...edited };
    setDraft(next);
    // Rules that are not complete yet do not keep a text from being searched for.
    write(next.text, isUsable(next.rules) ? next : filter);
  };
  return {
    text: current.text,
    match: current.match,
    rules: current.rules,
    /** Whether the rules are counted in: nothing is missing. */
    isComplete: isUsable(current.rules),
    /** What is listed. */
    filter,
    setText: (text: string) => change({ text }),
    edit: (rules: SegmentRules) => change(rules),
  };
}

/** A filter as it is typed, and the address that it was read from or written to. */
interface EditedFilter extends SegmentRules {
  readonly address: string;
  readonly text: string;
}

function draftOf({ q = '', match = 'all', rules = [] }: LeadsSearch, address: string): EditedFilter {
  return { address, text: q, match, rules: withIds(rules) };
}

const isUsable = (rules: readonly Rule[]) => areComplete(rules) && problemsOfList(rules).length === 0;
