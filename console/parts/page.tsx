import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './page.module.css';

interface PageProps {
  /** The heading; of the browser's tab as well, unless `title` says another. */
  readonly heading: ReactNode;
  readonly title?: string | undefined;
  /** What stands above the heading: the way back. */
  readonly above?: ReactNode;
  /** What stands beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its heading, which takes the focus when one comes from another page. */
export function Page({ heading, title, above, actions, children }: PageProps) {
  const name = title ?? (typeof heading === 'string' ? heading : '');
  usePageTitle(name);
  return (
    <PageFrame>
      {above}
      <Group justify="space-between" align="flex-start" gap="sm">
        <PageHeading>{heading}</PageHeading>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      <Stack gap="md">{children}</Stack>
    </PageFrame>
  );
}

/** Where a page stands: its width, and the room around it. */
export function PageFrame({ children }: { children: ReactNode }) {
  return <div className={classes.page}>{children}</div>;
}

/** Names the page in the browser's tab and history. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Lead Segments`;
  }, [title]);
}

let hasShownPage = false;

/** The heading of a page. It takes the focus when one comes from another page, and again whenever `step` changes. */
export function PageHeading({ children, step }: { children: ReactNode; step?: string | undefined }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step is what it waits for
  useEffect(() => {
    // Where the browser has just opened the console it begins at the top, as every page does.
    if (hasShownPage) heading.current?.focus({ preventScroll: true });
    hasShownPage = true;
  }, [step]);
  return (
    <Title order={1} ref={heading} tabIndex={-1} className={classes.heading}>
      {children}
    </Title>
  );
}
