import { useIntersection } from '@mantine/hooks';
import { useCallback, useState } from 'react';

/** With more rules than this, only those in view have their controls: some 140 elements a rule, redrawn with each key. */
export const longList = 30;

/** So far out of view a rule gets its controls, so that they are there when it is scrolled or tabbed to. */
const margin = { rootMargin: '300px 0px' };

/**
 * Whether a rule has its controls now. In a long list the others are text: those that are far out of view, and do not have
 * the focus. Where one was is kept free, so that nothing moves while one scrolls.
 */
export function useControlsInView(isLong: boolean) {
  const { ref: observe, entry } = useIntersection<HTMLElement>(margin);
  const [isEntered, setEntered] = useState(false);
  const ref = useCallback((element: HTMLElement | null) => observe(isLong ? element : null), [observe, isLong]);
  return {
    ref,
    hasControls: !isLong || isEntered || (entry?.isIntersecting ?? false),
    minHeight: isLong ? entry?.boundingClientRect.height : undefined,
    onFocus: () => setEntered(true),
    onBlur: () => setEntered(false),
  };
}
