import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RowProps } from './segment-parts.tsx';

/** A list of segments, as far as it has been read. */
export interface ListProps {
  readonly rows: readonly RowProps[];
  /** How many there are in all. */
  readonly total: number;
  readonly selected: ReadonlySet<string>;
  /** Reads on. */
  readonly onEnd: () => void;
}

const readAheadRows = 15;

/**
 * Which rows of a list are in view, with the pixels `before` and `after` them; it scrolls with the page, and reads on
 * before its end is reached. `container` is what the rows stand in, `measure` the `ref` of each.
 */
export function useVirtualList<Container extends HTMLElement>({ rows, onEnd }: ListProps, estimatedHeight: number) {
  const container = useRef<Container>(null);
  const [top, setTop] = useState(0);
  // After each drawing: a notice or more filters above move the list.
  useLayoutEffect(() => {
    if (container.current) setTop(Math.round(container.current.getBoundingClientRect().top + window.scrollY));
  });
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => estimatedHeight,
    getItemKey: (index) => rows[index]?.segment.id ?? index,
    overscan: 8,
    scrollMargin: top,
    useFlushSync: false,
  });
  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1);
  const isNearEnd = last !== undefined && last.index >= rows.length - readAheadRows;
  useEffect(() => {
    if (isNearEnd) onEnd();
  }, [isNearEnd, onEnd]);
  return {
    container,
    before: Math.max(0, (shown[0]?.start ?? top) - top),
    after: Math.max(0, virtualizer.getTotalSize() - ((last?.end ?? top) - top)),
    items: shown.flatMap(({ index }) => {
      const row = rows[index];
      return row ? [{ index, row }] : [];
    }),
    measure: virtualizer.measureElement,
  };
}
