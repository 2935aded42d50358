import type { ReactNode } from 'react';

interface MoreProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  /** How much is shown, if that is to be said. */
  children?: ReactNode;
}

/** What follows a list that comes in pages: how much is shown, and the way to the rest. */
export function More({ list: { hasNextPage, isFetchingNextPage, fetchNextPage }, children }: MoreProps) {
  if (!hasNextPage && !children) return null;
  return (
    <div className="more">
      {children && <span className="muted">{children}</span>}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </button>
      )}
    </div>
  );
}
