import type { Rule } from '../../shared/rule/rule.ts';
import { leafRules } from '../../shared/rule/rule.ts';
import { fold } from '../../shared/rule/value.ts';

/** A level as it is edited: its name now, and the one it is stored under, if it is. */
export interface LevelRow {
  readonly key: string;
  readonly name: string;
  readonly stored: string | undefined;
}

/** What a save of levels would change. */
export interface LevelChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly renamed: ReadonlyArray<{ readonly from: string; readonly to: string }>;
  /** Whether levels that stay have changed places. */
  readonly isReordered: boolean;
}

/** Compares levels, lowest first, with how they are edited. */
export function levelChanges(stored: readonly string[], rows: readonly LevelRow[]): LevelChanges {
  const kept = rows.flatMap((row) => row.stored ?? []);
  return {
    added: rows.filter((row) => row.stored === undefined).map(({ name }) => name),
    removed: stored.filter((name) => !kept.includes(name)),
    renamed: rows.flatMap(({ name, stored: from }) =>
      from !== undefined && from !== name ? [{ from, to: name }] : [],
    ),
    isReordered: stored.filter((name) => kept.includes(name)).join('\n') !== kept.join('\n'),
  };
}

/** Whether a save would change anything. */
export function isChanged({ added, removed, renamed, isReordered }: LevelChanges): boolean {
  return added.length + removed.length + renamed.length > 0 || isReordered;
}

/** What keeps names from being levels, by the row's place. */
export function levelProblems(rows: readonly LevelRow[]): ReadonlyMap<number, string> {
  const problems = new Map<number, string>();
  for (const [index, { name }] of rows.entries()) {
    if (fold(name) === '') problems.set(index, 'Enter a name.');
    else if (rows.slice(0, index).some((row) => fold(row.name) === fold(name))) {
      problems.set(index, 'Another level has this name.');
    }
  }
  return problems;
}

/** Whether one of the rules compares with one of these levels. */
export function namesLevel(rules: readonly Rule[], type: Rule['type'], names: readonly string[]): boolean {
  const wanted = new Set(names.map(fold));
  return leafRules(rules).some((rule) => {
    if (rule.type !== type || !('value' in rule)) return false;
    return [rule.value].flat().some((value) => typeof value === 'string' && wanted.has(fold(value)));
  });
}
