import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';

interface LeaveGuardProps {
  /** Whether something was typed that leaving would lose. */
  readonly isDirty: boolean;
  /** What would be lost, as a sentence: "The rules were changed and are not saved." */
  readonly text: string;
  /** Addresses below which nothing is lost, such as the tabs of the page. */
  readonly within?: string | undefined;
}

/** Asks before a page with unsaved work is left, by a link, by Back or by closing the tab. */
export function LeaveGuard({ isDirty, text, within }: LeaveGuardProps) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ next }) => isDirty && !(within && next.pathname.startsWith(within)),
    enableBeforeUnload: isDirty,
    disabled: !isDirty,
    withResolver: true,
  });
  return (
    // Above whatever dialog is open.
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title="Leave without saving?" zIndex={400}>
      <Text>{text}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => reset?.()} data-autofocus>
          Stay
        </Button>
        <Button color="red" onClick={() => proceed?.()}>
          Leave
        </Button>
      </Group>
    </Modal>
  );
}
