import { type ReactNode, useEffect, useRef } from 'react';

/** The heading of a page. It takes the focus when the page is opened, and again whenever `step` changes. */
export function PageHeading({ children, step }: { children: ReactNode; step?: string | undefined }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step is what it waits for
  useEffect(() => heading.current?.focus({ preventScroll: true }), [step]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
