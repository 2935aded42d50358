/** Who saved something, as short as people know them: of `arn:aws:sts::1:assumed-role/marketing/ann` that is "ann". */
export function authorWords(author: string): string {
  return author.startsWith('arn:') ? (author.split('/').at(-1) ?? author) : author;
}
