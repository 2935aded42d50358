/** The ids in a pasted text, each once: one a line, or with commas, semicolons or spaces between; maybe in quotation marks. */
export function leadIdsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;"]+/).filter((id) => id !== ''))];
}
