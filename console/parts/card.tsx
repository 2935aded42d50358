import { Group, Paper, Stack, Title } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

interface CardProps {
  /** The heading, by which a screen reader finds the card. */
  readonly title: string;
  /** What stands beside the heading. */
  readonly actions?: ReactNode;
  /** Something in the card is being read or counted. */
  readonly isBusy?: boolean;
  readonly headingRef?: Ref<HTMLHeadingElement> | undefined;
  readonly children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Card({ title, actions, isBusy, headingRef, children }: CardProps) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title} aria-busy={isBusy || undefined}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} ref={headingRef} tabIndex={headingRef ? -1 : undefined}>
            {title}
          </Title>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
