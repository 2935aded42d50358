/** Something of a file that could not be taken as it is. */
export interface ImportProblem {
  /** The same words for all cells with the same problem, without their values. */
  readonly reason: string;
  readonly column?: string | undefined;
  /** What stands there, shortened. */
  readonly value?: string | undefined;
}

/** Problems of one kind. */
export interface ProblemGroup extends ImportProblem {
  readonly count: number;
  /** The first lines that have it; `value` is of the first. */
  readonly lines: readonly number[];
}

const maximumLines = 5;
const maximumGroups = 500;
const maximumValue = 60;

const others = 'other problems';
const keyOf = ({ reason, column }: ImportProblem) => JSON.stringify([reason, column]);

/** Collects problems by reason and column, beside those before, in little memory however many there are. */
export function createProblemGroups(before: readonly ProblemGroup[] = []) {
  const groups = new Map<string, { -readonly [Key in keyof ProblemGroup]: ProblemGroup[Key] }>(
    before.map((group) => [group.reason === others ? '' : keyOf(group), { ...group }]),
  );
  return {
    add(line: number, { reason, column, value }: ImportProblem): void {
      const isMore = groups.size >= maximumGroups;
      const key = keyOf({ reason, ...(column !== undefined && { column }) });
      const known = groups.get(key) ?? (isMore ? groups.get('') : undefined);
      if (known) {
        known.count++;
        if (known.lines.length < maximumLines) known.lines = [...known.lines, line];
        return;
      }
      const told = isMore ? { reason: others } : { reason, ...(column !== undefined && { column }) };
      const shown = value !== undefined && !isMore && { value: [...value].slice(0, maximumValue).join('') };
      groups.set(isMore ? '' : key, { ...told, ...shown, count: 1, lines: [line] });
    },
    /** The most frequent first. */
    list: (): ProblemGroup[] => [...groups.values()].sort((a, b) => b.count - a.count),
  };
}

/** One problem in words: `no date DD/MM/YYYY in "Born" (soon)`. */
export function describeProblem({ reason, column, value }: ImportProblem): string {
  return `${reason}${column === undefined ? '' : ` in "${column}"`}${value === undefined ? '' : ` (${value})`}`;
}

/** A group in one line: `no number 1,234.5; left out in "Paid" (soon): 3 times, lines 4, 9, 12`. */
export function describeGroup(group: ProblemGroup): string {
  const { count, lines } = group;
  const more = count > lines.length ? ', …' : '';
  const where = count === 1 ? `line ${lines[0]}` : `${count} times, lines ${lines.join(', ')}${more}`;
  return `${describeProblem(group)}: ${where}`;
}
