/** What can stand between the elements of a list in one cell; `json`: the cell is a JSON array of texts. */
export const listSeparators = [';', ',', '|', ' ::: ', '\n', 'json'] as const;

/** What stands between the elements of a list in one cell. */
export type ListSeparator = (typeof listSeparators)[number];

/** The elements of a list in a cell, trimmed, without quotes around them, each once. Undefined for JSON that is no list of texts. */
export function readList(text: string, separator: ListSeparator): string[] | undefined {
  if (separator === 'json') return readJsonList(text);
  const elements = text.split(separator === '\n' ? /\r\n|\n|\r/ : separator.trim()).map((part) => {
    const plain = part.trim();
    return /^".*"$/s.test(plain) && plain.length > 1 ? plain.slice(1, -1).trim() : plain;
  });
  return [...new Set(elements.filter((element) => element !== ''))];
}

function readJsonList(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((element) => typeof element === 'string') ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
