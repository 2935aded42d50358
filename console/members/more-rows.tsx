import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import type { PagedList } from './read-all.ts';

const wantedRows = 20;
const mostCalls = 10;

interface MoreRowsProps {
  readonly list: PagedList;
  /** How many rows are shown, and how many pages of the API they came in. */
  readonly shown: number;
  readonly pages: number;
  /** How much is shown, if that is to be said. */
  readonly children?: ReactNode;
}

/** What follows a list that comes in pages; where pages come short, as in searches, it reads on by itself. */
export function MoreRows({ list, shown, pages, children }: MoreRowsProps) {
  const { hasNextPage, isFetching, isFetchingNextPage, isError, fetchNextPage } = list;
  const isShort = hasNextPage && shown < wantedRows && pages < mostCalls;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage();
  }, [isShort, isFetching, isError, fetchNextPage]);
  if (!hasNextPage && !children) return null;
  return (
    <Group justify="space-between" px="md" py="sm" gap="sm">
      <Text size="sm" c="dimmed">
        {isShort ? 'Searching …' : children}
      </Text>
      {hasNextPage && !isShort && (
        <Button
          variant="default"
          size="xs"
          loading={isFetchingNextPage}
          onClick={() => {
            if (!isFetchingNextPage) void fetchNextPage();
          }}
        >
          {shown < wantedRows ? 'Search on' : 'Show more'}
        </Button>
      )}
    </Group>
  );
}
