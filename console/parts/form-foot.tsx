import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './form-foot.module.css';

interface FormFootProps {
  /** Why what was sent is refused. */
  readonly problem?: ReactNode;
  readonly onCancel: () => void;
  /** The button that sends. */
  readonly children: ReactNode;
}

/** The end of a form in a dialog: its buttons, and what went wrong; in view however long the form is. */
export function FormFoot({ problem, onCancel, children }: FormFootProps) {
  return (
    <Stack gap="sm" className={classes.foot}>
      {problem}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        {children}
      </Group>
    </Stack>
  );
}
