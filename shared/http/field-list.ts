/**
 * The names in a list with commas between, as one row of CSV: a name that has a comma, or begins with a quotation mark, is
 * between quotation marks, each of its own doubled. Empty ones are left out; undefined where the quotation marks do not fit.
 */
export function namesInList(list: string): string[] | undefined {
  const names: string[] = [];
  const entry = /(?:"((?:[^"]|"")*)"|([^",][^,]*)|)(,|$)/suy;
  for (;;) {
    const found = entry.exec(list);
    if (!found) return undefined;
    const [, quoted, plain, end] = found;
    const name = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    if (name !== undefined && name !== '') names.push(name);
    if (end === '') return names;
  }
}
