import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { TextLink } from '../parts/link.tsx';
import { Empty, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';

/** What an address leads to that names no page. */
export function UnknownPage() {
  return (
    <Page heading="There is no such page">
      <Empty title="The address may be mistyped, or from an older version of the console.">
        <TextLink to="/segments">All segments</TextLink>
      </Empty>
    </Page>
  );
}

/** What is shown in place of a page that could not be loaded or drawn. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <Page heading="This page does not work">
      <ProblemNotice title="Something went wrong in the console" error={error} onRetry={reset}>
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          Reload the console
        </Button>
      </ProblemNotice>
    </Page>
  );
}
