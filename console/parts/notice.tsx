import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** What is shown while something is read for the first time: so many grey lines, and a word for who hears the page. */
export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are all alike
        <Skeleton key={line} height={22} width={line === lines - 1 ? '60%' : '100%'} />
      ))}
    </Stack>
  );
}

/** What is shown where there is nothing, and what can be done about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      {children}
    </Stack>
  );
}

interface ProblemNoticeProps {
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

/** What went wrong, in the words of whoever refused it, and what can be done. */
export function ProblemNotice({ title, error, onRetry, children }: ProblemNoticeProps) {
  return (
    <Alert color="red" title={title} icon={<IconAlertTriangle aria-hidden="true" />} role="alert">
      <Group justify="space-between" gap="sm">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {error instanceof Error ? error.message : String(error)}
        </Text>
        <Group gap="xs">
          {children}
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
        </Group>
      </Group>
    </Alert>
  );
}
