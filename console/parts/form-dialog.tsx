import { Button, Group, Modal, type ModalProps, Stack, Text } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { LeaveGuard } from './leave-guard.tsx';

interface FormDialogProps {
  readonly isOpen: boolean;
  readonly title: ReactNode;
  /** Whether something was typed in it that closing would lose. */
  readonly isDirty: boolean;
  /** Closes it, whatever was typed. */
  readonly onClose: () => void;
  /** What is in it; `close` asks first where something was typed. */
  readonly children: (close: () => void) => ReactNode;
  readonly size?: ModalProps['size'];
}

/** A dialog to type in: it asks in its own place before it is closed, or the page is left, and what was typed is lost. */
export function FormDialog({ isOpen, title, isDirty, onClose, children, size }: FormDialogProps) {
  const [isAsking, setAsking] = useState(false);
  const content = useRef<HTMLDivElement>(null);
  const typedLast = useRef<Element>(null);
  const close = () => {
    // Escape is for the dialog above this one, where there is one.
    const { activeElement } = document;
    if (document.querySelectorAll('[role="dialog"]').length > 1 && !content.current?.contains(activeElement)) return;
    if (isAsking) return keep();
    if (!isDirty) return onClose();
    typedLast.current = activeElement;
    setAsking(true);
  };
  const keep = () => {
    setAsking(false);
    const field = typedLast.current;
    // Only once it is shown again can it take the focus.
    setTimeout(() => field instanceof HTMLElement && field.focus());
  };
  const discard = () => {
    setAsking(false);
    onClose();
  };
  return (
    <>
      <LeaveGuard isDirty={isOpen && isDirty} text="What you typed in the dialog is not saved." />
      <Modal opened={isOpen} onClose={close} title={title} closeOnClickOutside={false} {...(size && { size })}>
        <div ref={content}>
          <div hidden={isAsking}>{children(close)}</div>
          {isAsking && <DiscardQuestion onKeep={keep} onDiscard={discard} />}
        </div>
      </Modal>
    </>
  );
}

function DiscardQuestion({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  return (
    <Stack role="alertdialog" aria-label="Discard what you typed?">
      <Text>Discard what you typed?</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onKeep} ref={(button) => button?.focus()}>
          Keep editing
        </Button>
        <Button color="red" onClick={onDiscard}>
          Discard
        </Button>
      </Group>
    </Stack>
  );
}
