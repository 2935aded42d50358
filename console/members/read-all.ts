/** A list that comes in pages, as react-query keeps it. */
export interface PagedList {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isError: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** Reads a list to its end; `page` reads what comes after a cursor. */
export async function readAll<Row>(
  page: (cursor: string | undefined) => Promise<{ rows: readonly Row[]; cursor: string | undefined }>,
): Promise<Row[]> {
  const all: Row[] = [];
  let cursor: string | undefined;
  do {
    const { rows, cursor: next } = await page(cursor);
    all.push(...rows);
    cursor = next;
  } while (cursor);
  return all;
}
