import { Checkbox, Table } from '@mantine/core';
import { useState } from 'react';
import type { SegmentRules } from '../api/answers.ts';

/** Leads that something is to be done about: some that were chosen one by one, or all of a list. */
export interface ChosenLeads {
  /** How many they are; undefined where that is not known before all are read. */
  readonly count: number | undefined;
  /** Their ids, read if need be. */
  readonly leadIds: (signal?: AbortSignal) => Promise<readonly string[]>;
  /** Rules that hold for just these leads, where there are such rules: for many leads a job goes by them. */
  readonly rules?: SegmentRules | undefined;
}

/** Which rows of a list are chosen: some of those shown, or all of the list, also what is not shown. */
export type Selection = ReturnType<typeof useSelection>;

/** Keeps which leads of a list are chosen; `list` names the list: another one begins with none. */
export function useSelection(list: string, shown: readonly string[]) {
  const [state, setState] = useState({ list, ids: new Set<string>(), isAll: false });
  const { ids, isAll } = state.list === list ? state : { ids: new Set<string>(), isAll: false };
  const set = (chosen: Iterable<string>, all = false) => setState({ list, ids: new Set(chosen), isAll: all });
  const areShownChosen = isAll || (shown.length > 0 && shown.every((leadId) => ids.has(leadId)));
  return {
    leadIds: [...ids],
    isAll,
    isEmpty: !isAll && ids.size === 0,
    areShownChosen,
    has: (leadId: string) => isAll || ids.has(leadId),
    toggle: (leadId: string) => {
      // Of all, but for one: those that are shown, since what is not cannot be told one by one.
      const before = isAll ? new Set(shown) : ids;
      set(before.has(leadId) ? [...before].filter((one) => one !== leadId) : [...before, leadId]);
    },
    toggleShown: () => set(areShownChosen ? [] : [...ids, ...shown]),
    chooseAll: () => set(shown, true),
    clear: () => set([]),
  };
}

/** The head of a column of `SelectCell`s: selects all rows that are shown, or none. */
export function SelectHead({ selection }: { selection: Selection }) {
  return (
    <Table.Th w={40}>
      <Checkbox
        aria-label="Select all that are shown"
        checked={selection.areShownChosen}
        indeterminate={!selection.areShownChosen && !selection.isEmpty}
        onChange={selection.toggleShown}
      />
    </Table.Th>
  );
}

/** How a row looks that is selected, beside its mark. */
export const chosenRow = { bg: 'var(--mantine-primary-color-light)' } as const;

/** Selects a row. */
export function SelectCell({ selection, leadId, name }: { selection: Selection; leadId: string; name: string }) {
  return (
    <Table.Td>
      <Checkbox
        aria-label={`Select ${name}`}
        checked={selection.has(leadId)}
        onChange={() => selection.toggle(leadId)}
      />
    </Table.Td>
  );
}
