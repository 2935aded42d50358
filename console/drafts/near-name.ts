import { fold } from '../../shared/rule/value.ts';

/** The known name that somebody may have meant; undefined where none is near, or the text is one already. */
export function nearName(text: string, names: readonly string[]): string | undefined {
  const folded = fold(text);
  if (folded.length < 3) return undefined;
  const most = folded.length < 6 ? 1 : 2;
  let [nearest, least]: [string | undefined, number] = [undefined, most + 1];
  for (const name of names) {
    const other = fold(name);
    if (other === folded) return undefined;
    if (Math.abs(other.length - folded.length) >= least) continue;
    const distance = editsBetween(folded, other);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** How many letters must be added, taken away, exchanged or swapped with the next one. */
function editsBetween(a: string, b: string): number {
  let [beforeLast, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(last![j]! + 1, row[j - 1]! + 1, last![j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast![j - 2]! + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last![b.length]!;
}
